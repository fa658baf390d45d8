"""Numbers are written with the digits 0 to 9; what Python would read besides is refused, never read as another figure."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from analytics.forms import ReadingsForm
from analytics.models import Reading
from backlog.models import BacklogItem
from plm.forms import DecimalField, FloatField, IntegerField
from plm.importing.opening import import_open
from plm.kinds import kind_named
from plm.models import ImportRow
from plm.numerals import is_plain, whole_number
from plm.runner import run_due_jobs
from plm.services.fields import custom_field_create
from plm.services.imports import import_ask
from tests.backlog.test_priority_services import use_rice
from tests.bad_input import refusal, send
from tests.make import make_idea, make_item, make_metric, make_objective, make_sprint
from tests.permissions import digest

FULL_WIDTH, ARABIC, MATHEMATICAL = "\uff11\uff12", "\u0663", "\U0001d7d9"
ODD = ("1_000", FULL_WIDTH, ARABIC, MATHEMATICAL, f"1{ARABIC}")
PLAIN_WORDS = "digits 0 to 9"


@pytest.fixture
def browser(world, sign_in):
    return sign_in(world.alice)


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize(
    "field", [IntegerField(), FloatField(), DecimalField()], ids=lambda f: type(f).__name__
)
def test_a_form_field_refuses_what_is_no_plain_number(field, text):
    with pytest.raises(ValidationError) as refused:
        field.clean(text)
    assert PLAIN_WORDS in refused.value.messages[0]


@pytest.mark.parametrize("text", ["12", "-3", "+4", " 5 ", "12.5", ".5", "7.", "1e3", "2E-2"])
def test_what_people_and_programs_write_stays_a_number(text):
    assert is_plain(text)
    assert FloatField().clean(text) == float(text)


@pytest.mark.parametrize("text", ODD)
def test_pages_name_the_field_and_write_nothing(text, world, browser):
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas)
    make_sprint(alice, world.atlas)
    metric = make_metric(alice, world.atlas)
    make_item(alice, world.atlas)
    for url, given in (
        (f"/acme/ATL/{kind_named('item').path}/new", {"title": "t", "type": "feature", "priority": "0", "estimate": text}),
        (f"/acme/ATL/{kind_named('key_result').path}/new", {"title": "t", "objective": goal.reference, "start": text, "target": "2"}),
        ("/acme/ATL/delivery/board/limits", {"in_progress": text}),
        (f"{metric.get_absolute_url()}/readings", {"at": "2026-03-01", "value": text}),
    ):  # fmt: skip
        before = digest()
        answer = browser.post(url, given)
        assert answer.status_code == 422, url
        assert PLAIN_WORDS in answer.content.decode(), url
        assert digest() == before


@pytest.mark.parametrize("text", ODD)
def test_pasted_readings_name_the_line(text, world):
    form = ReadingsForm({"text": f"2026-03-01,5\n2026-03-02,{text}"}, product=world.atlas)
    assert not form.is_valid()
    assert form.errors["text"] == [f"Line 2: {text!r} is no number."]
    assert Reading.objects.count() == 0


@pytest.mark.parametrize("text", ODD)
def test_an_import_refuses_the_row_and_names_the_column(text, world):
    rows = f"id,title,estimate\n1,Good,3\n2,Odd,{text}\n"
    alice = world.actor("alice")
    batch = import_open(
        actor=alice, product=world.atlas, kind=kind_named("item"), data=rows.encode(), name="a.csv"
    )
    import_ask(actor=alice, batch=batch, trial=False)
    run_due_jobs()
    refused = ImportRow.objects.get(batch=batch, outcome="refused")
    assert [problem["column"] for problem in refused.problems] == ["estimate"]
    assert [item.title for item in BacklogItem.objects.all()] == ["Good"]


@pytest.mark.parametrize("text", ODD)
def test_the_api_refuses_it_as_a_value_of_every_sort(text, world, api):
    alice = world.actor("alice")
    custom_field_create(actor=alice, product=world.atlas, kind="idea", label="Seats", type="number")
    client = api(world.alice, world.acme)
    custom = send(
        client,
        "POST",
        "/api/v1/ideas/",
        {"product": "ATL", "title": "t", "custom": {"seats": text}},
    )
    assert "custom.seats" in refusal(custom, 422)["errors"]
    estimate = send(
        client, "POST", "/api/v1/items/", {"product": "ATL", "title": "t", "estimate": text}
    )
    assert "estimate" in refusal(estimate, 422)["errors"]


def test_a_comma_is_for_thousands_and_never_dropped_from_a_decimal(world, browser):
    make_item(world.actor("alice"), world.atlas)
    use_rice(world)
    kept = browser.post("/acme/ATL-1/assess", {"reach": "1,000"}, headers={"HX-Request": "true"})
    assert kept.status_code == 200
    for text in ("12,5", "1,00", *ODD):
        answer = browser.post("/acme/ATL-1/assess", {"reach": text}, headers={"HX-Request": "true"})
        assert answer.status_code == 422, text


@pytest.mark.parametrize("digit", ["\u0661", "\uff11", "\U0001d7d9"])
def test_a_reference_in_other_digits_names_no_record(digit, world, browser, api):
    make_idea(world.actor("alice"), world.atlas)
    assert whole_number(digit) is None
    assert browser.get(f"/acme/ATL-{digit}").status_code == 404
    client = api(world.alice, world.acme)
    assert client.get("/api/v1/ideas/ATL-1/").status_code == 200
    refusal(client.get(f"/api/v1/ideas/ATL-{digit}/"), 404)
    refusal(client.get(f"/api/v1/records/ATL-{digit}/history/"), 404)
