"""Bad input to the API: 4xx that names the field and what would be right, nothing written, never a 500."""

from __future__ import annotations

import json
import time
import uuid

import pytest
from django.db import models
from rest_framework import serializers

from plm.api.serializers import LinkField
from plm.kinds import all_kinds, kind_named
from plm.models import Counter
from tests.bad_input import KINDS, collection, lawful_body, one_of_each_kind, refusal, send
from tests.make import make_idea, make_item
from tests.permissions import digest


@pytest.fixture(autouse=True)
def _unthrottled(settings):
    settings.API_RATE_PER_MINUTE = 1_000_000


@pytest.fixture
def records(world):
    return one_of_each_kind(world)


@pytest.fixture
def client(world, api):
    return api(world.alice, world.acme)


def rows(kind):
    return list(kind.model.objects.order_by("pk").values())


def refused_everywhere(client, kind, records, changes, *statuses):
    """A create and a change with these values are both refused, and neither wrote anything."""
    record = records[kind.name]
    before, kept = digest(), rows(kind)
    made = send(client, "POST", collection(kind), {**lawful_body(kind.name, records), **changes})
    changed = send(
        client, "PATCH", f"{collection(kind)}{record.reference}/", changes, **{"If-Match": '"1"'}
    )
    problems = refusal(made, *statuses), refusal(changed, *statuses)
    assert digest() == before
    assert rows(kind) == kept
    return problems


@pytest.mark.parametrize("name", KINDS)
def test_texts_that_no_database_keeps_are_refused(name, client, records):
    kind = kind_named(name)
    record = records[name]
    for bad in (rb"\u0000", rb"\ud800", b"\x00", b"\xff\xfe"):
        for field in (b"title", b"description"):
            before = digest()
            body = b'{"product": "ATL", "%s": "a%sb"}' % (field, bad)
            refusal(send(client, "POST", collection(kind), body), 400, 422)
            url = f"{collection(kind)}{record.reference}/"
            refusal(send(client, "PATCH", url, body, **{"If-Match": '"1"'}), 400, 422)
            assert digest() == before


@pytest.mark.parametrize("name", KINDS)
def test_odd_but_lawful_letters_are_kept_as_they_are(name, client, records):
    kind = kind_named(name)
    title = "é\u202eabc 👩‍👩‍👧 " + "e" + "\u0301" * 200 if name != "spec" else "Lawful"
    changed = send(
        client, "PATCH", f"{collection(kind)}{records[name].reference}/", {"title": title}, **{"If-Match": '"1"'}
    )  # fmt: skip
    assert changed.status_code == 200, changed.content
    assert changed.json()["title"] == title


@pytest.mark.once  # refused before a database hears of it
@pytest.mark.parametrize("name", KINDS)
def test_wrong_shapes_of_every_field_are_refused(name, client, records):
    """Each field that can be written, given an object, a list, a number where text belongs, and far too much."""
    kind = kind_named(name)
    fields = kind.serializer(context={"actor": None, "workspace_id": 0}).fields
    for field_name, field in fields.items():
        if field.read_only:
            continue
        for bad in _wrong_for(field):
            try:
                problems = refused_everywhere(client, kind, records, {field_name: bad}, 422, 400)
            except AssertionError as error:
                raise AssertionError(f"{name}.{field_name} = {str(bad)[:60]!r}") from error
            for found in problems:
                assert any(key.split(".")[0] == field_name for key in found["errors"]), found


WRONG = (
    (serializers.ListField, ["text", {"a": 1}, [{"a": 1}], [["a"]], ["x" * 5000], ["a"] * 5000]),
    (serializers.DictField, ["text", ["a"], {"no such field": 1}]),
    (
        LinkField,
        [{"a": 1}, ["ATL-1"], "", "../", "0", "-1", "%00", "ROC-1", str(uuid.uuid4()), 2**63, True, "x" * 100_000],
    ),
    (serializers.BooleanField, ["maybe", {"a": 1}, ["true"], 7]),
    (
        (serializers.DateField, serializers.DateTimeField),
        ["2027-02-29", "tomorrow", {"a": 1}, 5, "9999-99-99", "03/04/2026", ["2027-01-01"]],
    ),
    (
        serializers.FloatField,
        ["NaN", "Infinity", "-Infinity", "1e400", "1_000", "\u0663", "abc", {"a": 1}, [1]],
    ),
    (
        (serializers.IntegerField, serializers.DecimalField),
        ["NaN", "Infinity", "1e400", 2**63, -(2**63), 10**30, "1_000", "\u0663", "abc", {"a": 1}, [1]],
    ),
    (serializers.ChoiceField, ["nonsense", {"a": 1}, ["a"], 2**63]),
    (serializers.Field, [{"a": 1}, ["a"], "x" * 1_000_000]),
)  # fmt: skip


def _wrong_for(field):
    return next(values for sort, values in WRONG if isinstance(field, sort))


@pytest.mark.parametrize("name", KINDS)
def test_numbers_that_are_none_are_refused_before_any_field_sees_them(name, client, records):
    kind = kind_named(name)
    for bad in (b"NaN", b"Infinity", b"-Infinity", b"1e400", b"-", b"0x10", b"01"):
        before = digest()
        body = b'{"product": "ATL", "title": "x", "estimate": %s, "target": %s}' % (bad, bad)
        refusal(send(client, "POST", collection(kind), body), 400)
        assert digest() == before


def test_a_period_that_ends_before_it_starts_is_refused(client, records):
    pairs = {
        "sprint": ("starts_on", "ends_on"),
        "objective": ("starts_on", "ends_on"),
        "release": ("starts_on", "due_on"),
    }
    for name, (start, end) in pairs.items():
        kind = kind_named(name)
        writable = kind.serializer(context={}).fields
        if start not in writable or end not in writable:
            continue
        changes = {start: "2027-03-01", end: "2027-02-01"}
        for found in refused_everywhere(client, kind, records, changes, 422):
            assert {start, end} & set(found["errors"]), found


@pytest.mark.parametrize("name", KINDS)
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_break_no_page(name, day, client, records, world, sign_in):
    """Either refused as a value, or kept; lists, pages and the roadmap still answer."""
    kind = kind_named(name)
    fields = kind.serializer(context={}).fields
    dates = [
        n for n, f in fields.items() if isinstance(f, serializers.DateField) and not f.read_only
    ]
    if not dates:
        return
    url = f"{collection(kind)}{records[name].reference}/"
    answer = send(client, "PATCH", url, dict.fromkeys(dates, day), **{"If-Match": '"1"'})
    assert answer.status_code in {200, 400, 422}, answer.content
    browser = sign_in(world.alice)
    for page in (records[name].get_absolute_url(), f"/acme/ATL/{kind.path}/", "/acme/ATL/roadmap/", "/acme/ATL/roadmap/timeline"):  # fmt: skip
        assert browser.get(page, follow=True).status_code < 500, page


def test_bodies_that_are_no_objects_are_refused(client, records):
    for kind in all_kinds():
        url = f"{collection(kind)}{records[kind.name].reference}/"
        for bad in (
            b"",
            b"[]",
            b"null",
            b"1",
            b'"x"',
            b"{",
            b"[" * 100_000,
            b'{"a":' * 100_000,
            b"{}" * 2,
        ):
            before = digest()
            refusal(send(client, "POST", collection(kind), bad), 400, 422)
            if bad:  # No body at all changes nothing, and says so.
                refusal(send(client, "PATCH", url, bad, **{"If-Match": '"1"'}), 400, 422)
            refusal(send(client, "POST", f"{collection(kind)}bulk/", bad), 400, 422)
            assert digest() == before


def test_deep_nesting_is_refused_wherever_it_sits(client, records):
    for depth in (200, 900, 1020):
        for inner in (b'"x"', rb'"\u0000"'):
            deep = b"[" * depth + inner + b"]" * depth
            for body in (
                b'{"product": "ATL", "title": "x", "custom": {"a": %s}}' % deep,
                b'{"product": "ATL", "title": %s}' % deep,
                b'{"product": "ATL", "events": %s}' % deep,
            ):
                before = digest()
                refusal(send(client, "POST", "/api/v1/ideas/", body), 400, 422)
                assert digest() == before
                answer = send(client, "POST", "/api/v1/events/", body)
                assert answer.status_code in {400, 422} or answer.json()["accepted"] == 0


def test_very_many_keys_are_refused_quickly_and_briefly(client):
    body = json.dumps({"product": "ATL", "title": "x", **{f"k{n}": 1 for n in range(400_000)}})
    started = time.perf_counter()
    for url in ("/api/v1/ideas/", "/api/v1/events/"):
        answer = send(client, "POST", url, body.encode())
        refusal(answer, 400, 413, 422)
        assert len(answer.content) < 50_000
    assert time.perf_counter() - started < 5


@pytest.mark.parametrize("headers", [{}, {"Idempotency-Key": "big"}])
def test_a_body_above_the_limit_is_413(client, headers):
    body = b'{"product": "ATL", "title": "' + b"x" * (6 * 1024 * 1024) + b'"}'
    before = digest()
    refusal(send(client, "POST", "/api/v1/ideas/", body, **headers), 413)
    assert digest() == before


def test_ids_that_are_none_answer_like_ids_that_are_missing(client, records, world):
    theirs = make_idea(world.actor("mallory"), world.rocket)
    missing = None
    for given in (str(uuid.uuid4()), theirs.reference, str(theirs.uuid), "0", "-1", "ATL-0", "ATL-99999", "null", "ATL-999999999999"):  # fmt: skip
        answer = client.get(f"/api/v1/ideas/{given}/")
        body = {k: v for k, v in refusal(answer, 404).items() if k != "request_id"}
        missing = missing or body
        assert body == missing, given
    for given in (
        "..%2f",
        "%00",
        "[1]",
        "a" * 5000,
        "ATL-1%0d%0aX: y",
        "%ED%A0%80",
        "%f0%9f%92%a9",
    ):
        for url in (f"/api/v1/ideas/{given}/", f"/api/v1/records/{given}/history/", f"/api/v1/jobs/{given}/"):  # fmt: skip
            refusal(client.get(url), 400, 404)


@pytest.mark.parametrize("name", KINDS)
def test_lists_take_only_the_questions_they_know(name, client, records):
    kind = kind_named(name)
    url = collection(kind)
    for query in (
        "page_size=999999999", "size=999999999", "size=0", "size=-1", "size=%D9%A3", "size=1e3", "cursor=garbage",
        "offset=-1", "order=owner__password", "order_by=owner__password", "order=--title", "order=", "fields=*",
        "fields=", "fields=owner__password", "fields=password", "expand=owner", "group_by=secret", "owner__email=a",
        "owner=%27", "team=0", "updated_after=yesterday", "state=nonsense", "archived[]=1", "product__workspace=1",
        "created_by__password__startswith=a", "title__regex=(a%2B)%2B%24", "%00=1", "q=%00",
    ):  # fmt: skip
        answer = client.get(f"{url}?{query}")
        if query in {"order=", "fields="}:
            assert answer.status_code in {200, 400}
            continue
        refusal(answer, 400)
    for edge in ("0001-01-01T00:00:00%2B14:00", "9999-12-31T23:59:59-14:00", "2026-03-08T02:30"):
        assert client.get(f"{url}?updated_after={edge}").status_code in {200, 400}


def test_a_cursor_is_good_for_its_own_list_only(client, records, world):
    for n in range(3):
        make_idea(world.actor("alice"), world.atlas, f"Idea {n}")
        make_item(world.actor("alice"), world.atlas, f"Item {n}")
    query = "order=title&size=1"
    cursor = client.get(f"/api/v1/ideas/?{query}").json()["next"].partition("cursor=")[2]
    cursor = cursor.partition("&")[0]
    assert client.get(f"/api/v1/ideas/?{query}&cursor={cursor}").status_code == 200
    for other in (
        "items/?order=title&size=1",
        "ideas/?order=-title",
        "ideas/?order=title&q=a",
    ):
        found = refusal(client.get(f"/api/v1/{other}&cursor={cursor}"), 400)
        assert "cursor" in found["errors"]
    for broken in (cursor[:-1], cursor + "A", cursor.upper(), "%22", "a:b"):
        refusal(client.get(f"/api/v1/ideas/?{query}&cursor={broken}"), 400)
    kept = client.get("/api/v1/records/ATL-2/history/?size=1")
    assert kept.status_code == 200


@pytest.mark.parametrize("name", KINDS)
def test_columns_that_are_not_the_callers_to_set_are_refused_and_stay(name, client, records, world):
    """Mass assignment: every column of the model and the names everybody tries."""
    kind = kind_named(name)
    fields = kind.serializer(context={}).fields
    writable = {n for n, f in fields.items() if not f.read_only} | {"product", "reason"}
    columns = {f.attname for f in kind.model._meta.concrete_fields}
    tried = columns | {
        f.name for f in kind.model._meta.get_fields() if not isinstance(f, models.Manager)
    }
    tried |= {
        "workspace", "workspace_id", "role", "score", "votes_count", "vote_count", "created_by", "is_staff",
        "is_superuser", "is_admin", "rate_limit", "owner_id", "user", "user_id", "id", "pk", "uuid", "number",
        "reference", "kind", "version", "created_at", "updated_at", "archived_at", "rank", "status", "permissions",
        "__class__", "_state", "objects", "password",
    }  # fmt: skip
    for field in sorted(tried - writable):
        for value in (1, "2020-01-01T00:00:00Z"):
            for found in refused_everywhere(client, kind, records, {field: value}, 422):
                assert list(found["errors"]) == [field], (field, found)


def test_null_for_what_is_required_changes_nothing(client, records):
    for kind in all_kinds():
        fields = kind.serializer(context={}).fields
        for name, field in fields.items():
            if not field.read_only and not field.allow_null:
                for found in refused_everywhere(client, kind, records, {name: None}, 422):
                    assert name in found["errors"]


def test_words_a_search_could_trip_over_find_literally_or_nothing(client, world, sign_in):
    make_idea(world.actor("alice"), world.atlas, "Discount of 100% for a_b and C:\\x")
    browser = sign_in(world.alice)
    nasty = [
        "%", "_", "\\", "'", '"', "a:*&!(", "(a+)+$", "the", "مرحبا", "x" * 10_000, "a " * 5_000, "' OR 1=1 --",
        "NEAR(a b)", "a* OR b", "{{7*7}}", "%s%n", "$(id)", "😀", "\u202e", "-", "ATL-", "ATL-999999999999", "^", "a^2", "\u017f",
    ]  # fmt: skip
    for text in nasty:
        started = time.perf_counter()
        for url in ("/api/v1/search/", "/api/v1/ideas/"):
            assert client.get(url, {"q": text}).status_code == 200, text
        for url in ("/acme/search", "/acme/palette", "/acme/ATL/ideas/"):
            assert browser.get(url, {"q": text}).status_code == 200, (url, text)
        assert time.perf_counter() - started < 2.5, text[:20]
    for text, hits in (("%", 1), ("_", 1), ("\\", 1), ("'", 0), (".*", 0)):
        assert len(client.get("/api/v1/ideas/", {"q": text}).json()["results"]) == hits, text


def test_an_item_never_stands_below_itself(client, world):
    actor = world.actor("alice")
    epic = make_item(actor, world.atlas, "Epic", type="epic")
    feature = make_item(actor, world.atlas, "Feature", type="feature", parent=epic)
    story = make_item(actor, world.atlas, "Story", type="story", parent=feature)
    before = digest()
    for child, parent in (
        (epic, epic),
        (epic, feature),
        (feature, story),
        (feature, feature),
        (epic, story),
    ):
        answer = send(client, "PATCH", f"/api/v1/items/{child.reference}/", {"parent": parent.reference}, **{"If-Match": '"1"'})  # fmt: skip
        assert "parent" in refusal(answer, 422)["errors"]
    assert digest() == before


def test_bad_rows_of_a_bulk_write_take_no_good_one_along(client):
    rows_ = [
        {"product": "ATL", "title": "Good"}, None, [], "x", {"product": "ATL", "title": "y" * 300},
        {"reference": "ATL-999", "version": 1}, {"reference": None, "product": "ATL", "title": "Second"},
        {"reference": "ATL-1", "version": 2**70}, {"reference": "ATL-1", "version": True, "title": "Third"},
        {"reference": ["ATL-1"], "version": 1}, {"reference": "ATL-1", "version": 7}, {"product": {"a": 1}, "title": "x"},
    ]  # fmt: skip
    answer = send(client, "POST", "/api/v1/ideas/bulk/", {"items": rows_})
    assert answer.status_code == 200, answer.content
    found = [row["status"] for row in answer.json()["rows"]]
    assert found[0] == "created"
    assert found.count("created") == 2
    assert Counter.objects.get(product__key="ATL").last == 2
