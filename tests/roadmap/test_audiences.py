"""What each audience sees of one roadmap: its fields, items, colours, and dates as exact as they may be."""

from __future__ import annotations

import json
import re
from datetime import date

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from plm.errors import Conflict, Invalid, Stale
from plm.models import Event, Tag, Tagging, Team
from plm.selectors import secret_hash
from roadmap.grains import coarser, when_said, whole
from roadmap.models import Share, ShareViewer
from roadmap.selectors.shared import shared_view
from roadmap.services.placements import placement_set
from roadmap.services.shares import share_create, share_revoke, share_update
from tests.make import make_item, make_objective, make_placement, make_release
from tests.words import says

YEAR = timezone.localdate().year
EARLY = {"starts_on": date(YEAR, 5, 3), "ends_on": date(YEAR, 5, 9)}
LATE = {"starts_on": date(YEAR, 4, 20), "ends_on": date(YEAR, 6, 28)}


@pytest.mark.parametrize(
    ("grain", "widened", "words"),
    [
        ("day", (date(2026, 5, 3), date(2026, 5, 9)), "3 May to 9 May 2026"),
        ("month", (date(2026, 5, 1), date(2026, 5, 31)), "May 2026"),
        ("quarter", (date(2026, 4, 1), date(2026, 6, 30)), "Q2 2026"),
        ("half", (date(2026, 1, 1), date(2026, 6, 30)), "H1 2026"),
    ],
)
def test_a_stretch_is_widened_to_whole_periods(grain, widened, words):
    assert whole(grain, date(2026, 5, 3), date(2026, 5, 9)) == widened
    assert when_said(grain, *widened) == words
    assert whole(grain, *widened) == widened


def test_stretches_over_several_periods_and_years_have_words_too():
    assert when_said("quarter", date(2026, 4, 1), date(2026, 9, 30)) == "Q2 to Q3 2026"
    assert when_said("quarter", date(2026, 10, 1), date(2027, 3, 31)) == "Q4 2026 to Q1 2027"
    assert when_said("half", date(2026, 7, 1), date(2027, 6, 30)) == "H2 2026 to H1 2027"
    assert when_said("day", date(2026, 12, 30), date(2027, 1, 2)) == "30 Dec 2026 to 2 Jan 2027"
    assert when_said("day", date(2026, 5, 3), date(2026, 5, 3)) == "3 May 2026"
    assert when_said("day", None, None) == ""


def test_an_item_planned_to_a_quarter_is_told_as_one_even_where_days_are(world):
    alice = world.actor("alice")
    item = make_item(alice, world.atlas, "Deposits")
    make_placement(
        alice, item, starts_on=date(YEAR, 5, 3), ends_on=date(YEAR, 5, 9), grain="quarter"
    )
    share, _ = share_create(actor=alice, product=world.atlas, name="Partners")
    assert [shown.when for shown in shared_view(share).items] == [f"Q2 {YEAR}"]
    assert (coarser("day", "half"), coarser("quarter", "month")) == ("half", "quarter")


@pytest.fixture
def two(world):
    """Two items whose exact order differs from that of their names."""
    alice = world.actor("alice")
    goal = make_objective(alice, world.atlas)
    release = make_release(alice, world.atlas, release_on=date(YEAR, 6, 1))
    first = make_item(alice, world.atlas, "Zebra crossing")
    make_placement(alice, first, objective=goal, release=release, commitment="committed", **LATE)
    second = make_item(alice, world.atlas, "Apple picking")
    make_placement(alice, second, bucket="now", **EARLY)
    return first, second, goal, release


def shared(world, **settings):
    share, secret = share_create(
        actor=world.actor("alice"), product=world.atlas, name="Partners", **settings
    )
    page = Client().get(f"/share/{secret}/?year={YEAR}&span=52")
    assert page.status_code == 200
    return share, page.content.decode()


def test_coarse_dates_leave_no_trace_of_the_days_in_order_places_or_words(world, two):
    share, page = shared(world, grain="quarter", lanes="none")
    assert [item.title for item in shared_view(share).items] == ["Apple picking", "Zebra crossing"]
    places = re.findall(r'class="rb h-\w+ (c\d+ s\d+)', page)
    assert len(places) == 2
    assert len(set(places)) == 1
    assert f"Q2 {YEAR}" in page
    for exact in ("3 May", "9 May", "20 Apr", "28 Jun", "1 Jun"):
        assert exact not in page, exact


def test_what_a_share_does_not_show_is_not_in_its_rows(world, two):
    item, _, goal, release = two
    item.progress_done, item.progress_total = 4, 8
    type(item).objects.filter(pk=item.pk).update(progress_done=4, progress_total=8)
    share, page = shared(world, show=["dates"], lanes="none", colours="none")
    for hidden in (goal.title, release.title, "In progress", "Planned", "50%", "Shipped"):
        assert hidden not in page, hidden
    assert {row.phase for row in shared_view(share).items} == {""}
    assert {row.hue for row in shared_view(share).items} == {"teal"}
    board, page = shared_board(world)
    assert goal.title not in page
    assert not says(page.partition("<main")[2], str(YEAR))
    assert shared_view(board).releases == []


def shared_board(world):
    share, secret = share_create(
        actor=world.actor("alice"), product=world.atlas, name="Board", view="board", show=[], colours="none"
    )  # fmt: skip
    return share, Client().get(f"/share/{secret}/").content.decode()


def test_filters_let_through_what_is_in_all_of_them(world, two):
    item, other, goal, release = two
    alice = world.actor("alice")
    tag = Tag.objects.create(workspace=world.acme, product=world.atlas, name="public")
    Tagging.objects.create(workspace=world.acme, record_id=other.pk, tag=tag)
    team = Team.objects.create(workspace=world.acme, name="Payments")
    type(item).objects.filter(pk=item.pk).update(team=team)
    wanted = {
        "goals": ([goal.reference], "Zebra crossing"),
        "releases": ([release.reference], "Zebra crossing"),
        "tags": (["public"], "Apple picking"),
        "teams": ([str(team.uuid)], "Zebra crossing"),
        "commitments": (["committed"], "Zebra crossing"),
    }
    for name, (values, title) in wanted.items():
        share, _ = share_create(actor=alice, product=world.atlas, name=name, filters={name: values})
        assert [row.title for row in shared_view(share).items] == [title], name
    none, _ = share_create(
        actor=alice, product=world.atlas, name="none", filters={"tags": ["public"], "goals": [goal.reference]}
    )  # fmt: skip
    assert shared_view(none).items == []
    # A release of which nothing is shown is not shown either.
    tagged, _ = share_create(
        actor=alice, product=world.atlas, name="tagged", filters={"tags": ["public"]}
    )
    assert shared_view(tagged).releases == []


@pytest.mark.parametrize(
    ("given", "field"),
    [
        ({"show": ["goal"]}, "show"),
        ({"show": ["dates"]}, "lanes"),
        ({"show": ["dates"], "lanes": "none"}, "colours"),
        ({"show": ["dates", "goal"], "colours": "state"}, "colours"),
        ({"show": ["dates", "salary"]}, "show"),
        ({"grain": "week"}, "grain"),
        ({"filters": {"owners": ["x"]}}, "filters"),
        ({"filters": {"goals": ["ATL-999"]}}, "goals"),
        ({"filters": {"teams": ["nobody"]}}, "teams"),
        ({"allowed_origins": ["http://example.com/x"]}, "allowed_origins"),
        ({"allowed_origins": ["https://example.com"], "password": "open sesame"}, "allowed_origins"),
        ({"allowed_origins": ["https://example.com"], "by_mail": True}, "allowed_origins"),
        ({"published": True, "password": "open sesame"}, "published"),
        ({"password": "short"}, "password"),
        ({"colour": "red"}, "colour"),
    ],
)  # fmt: skip
def test_settings_that_do_not_go_together_are_refused_and_nothing_is_written(world, given, field):
    with pytest.raises(Invalid) as refused:
        share_create(actor=world.actor("alice"), product=world.atlas, name="X", **given)
    assert field in refused.value.fields
    assert not Share.objects.exists()


def test_view_as_is_the_very_page_and_is_not_noted(world, two, sign_in):
    share, secret = share_create(actor=world.actor("alice"), product=world.atlas, name="Partners")
    url = f"/acme/ATL/roadmap/shares/{share.uuid}/view"
    before = Event.objects.count()
    seen = sign_in(world.alice).get(url)
    assert seen.status_code == 200
    share.refresh_from_db()
    assert share.last_viewed_at is None
    assert Event.objects.count() == before
    theirs = Client().get(f"/share/{secret}/")

    def main(answer):
        return re.search(r"<main.*</main>", answer.content.decode(), re.DOTALL).group(0)

    assert main(seen) == main(theirs)
    assert sign_in(world.carol).get(url).status_code == 403
    assert sign_in(world.mallory).get(url).status_code == 404


def test_a_share_is_changed_under_its_link_and_a_stale_change_is_compared(world, two, sign_in):
    share, secret = share_create(actor=world.actor("alice"), product=world.atlas, name="Partners")
    url = f"/acme/ATL/roadmap/shares/{share.uuid}"
    client = sign_in(world.alice)
    assert "View as this audience" in client.get(url).content.decode()
    form = {
        "name": "Partners", "view": "timeline", "lanes": "none", "grain": "half", "colours": "none", "show": ["dates"],
        "version": "1", "days": "",
    }  # fmt: skip
    assert client.post(url, form).status_code == 302
    assert f"H1 {YEAR}" in Client().get(f"/share/{secret}/?year={YEAR}&span=52").content.decode()  # fmt: skip
    stale = client.post(url, {**form, "grain": "month"})
    assert stale.status_code == 409 or "saved" in stale.content.decode().lower()
    share.refresh_from_db()
    assert (share.grain, share.version) == ("half", 2)
    wrong = client.post(url, {**form, "version": "2", "colours": "goal"})
    assert wrong.status_code == 422
    assert "Show goals as well" in wrong.content.decode()
    with pytest.raises(Stale):
        share_update(actor=world.actor("alice"), share=share, version=1, settings={})
    assert sign_in(world.bob).post(url, form).status_code == 403


def test_one_share_of_a_product_is_on_the_portal(world, two):
    alice = world.actor("alice")
    share_create(actor=alice, product=world.atlas, name="First", published=True)
    with pytest.raises(Conflict) as refused:
        share_create(actor=alice, product=world.atlas, name="Second", published=True)
    assert "First" in refused.value.fields["published"]


def test_a_share_is_made_read_and_changed_over_the_api(world, two, api):
    client = api(world.alice, world.acme)
    goal = two[2]
    body = {
        "product": "ATL", "name": "Partners", "grain": "quarter", "show": ["dates", "goal"],
        "filters": {"goals": [goal.reference]}, "password": "open sesame",
    }  # fmt: skip
    made = client.post("/api/v1/shares/", json.dumps(body), content_type="application/json")
    assert made.status_code == 201, made.content
    told = made.json()
    assert told["filters"] == {"goals": [goal.reference]}
    assert told["has_password"] is True
    assert "open sesame" not in made.content.decode()
    url = f"/api/v1/shares/{told['id']}/"
    read = client.get(url)
    assert read["ETag"] == '"1"'
    kind = {"content_type": "application/json"}
    assert client.patch(url, "{}", **kind).status_code == 428
    changed = client.patch(url, '{"password": "", "grain": "half"}', headers={"If-Match": '"1"'}, **kind)  # fmt: skip
    assert changed.status_code == 200, changed.content
    assert (changed.json()["has_password"], changed.json()["grain"]) == (False, "half")
    stale = client.patch(url, '{"grain": "day"}', headers={"If-Match": '"1"'}, **kind)
    assert stale.status_code == 412
    wrong = client.patch(url, '{"show": ["dates"]}', headers={"If-Match": '"2"'}, **kind)
    assert wrong.status_code == 422
    assert api(world.bob, world.acme).get(url).status_code == 404
    assert api(world.mallory, world.rival).get(url).status_code == 404


def test_what_is_kept_for_the_next_reader_has_nothing_of_this_one_and_ends_with_any_change(
    world, two, django_assert_max_num_queries, sign_in
):
    share, secret = share_create(
        actor=world.actor("alice"), product=world.atlas, name="Partners", by_mail=True
    )
    tokens = [f"{letter}" * 43 for letter in "ab"]
    for token in tokens:
        ShareViewer.objects.create(
            workspace=world.acme, share=share, email=f"{token[0]}@x.example", token_hash=secret_hash(token)
        )  # fmt: skip
    first = sign_in(world.alice).get(f"/share/{tokens[0]}/")
    second = Client()
    with django_assert_max_num_queries(8):
        answer = second.get(f"/share/{tokens[1]}/")
    assert answer.content == first.content
    assert tokens[0] not in answer.content.decode()
    assert "alice" not in answer.content.decode().lower()
    assert not answer.cookies
    assert "Cookie" not in answer.get("Vary", "")
    placement_set(actor=world.actor("alice"), item=two[0], values={"public_title": "New words"})
    assert "New words" in second.get(f"/share/{tokens[1]}/").content.decode()
    share_revoke(actor=world.actor("alice"), share=share)
    assert second.get(f"/share/{tokens[1]}/").status_code == 404


def test_the_next_look_at_an_open_link_is_one_statement_and_as_safe(
    world, two, django_assert_num_queries
):
    alice = world.actor("alice")
    share, secret = share_create(actor=alice, product=world.atlas, name="Partners")
    url = f"/share/{secret}/"
    first = Client().get(url)
    with django_assert_num_queries(1):
        again = Client().get(url)
    assert again.content == first.content
    once = {"X-Request-Id", "Vary"}
    assert {n: v for n, v in again.items() if n not in once} == {
        n: v for n, v in first.items() if n not in once
    }
    assert Client().post(url).status_code == 405
    assert Client().get(f"{url}?q=%00").status_code == 400
    share_update(actor=alice, share=share, version=1, settings={}, password="open sesame")
    assert Client().get(url).status_code == 302
    share_update(actor=alice, share=share, version=2, settings={}, password="")
    Client().get(url)
    Share.objects.filter(pk=share.pk).update(expires_at=timezone.now())
    assert Client().get(url).status_code == 404
    Share.objects.filter(pk=share.pk).update(expires_at=None)
    assert Client().get(url).status_code == 200
    share_revoke(actor=alice, share=share)
    assert Client().get(url).status_code == 404


def test_a_view_takes_as_many_statements_for_twelve_items_as_for_three(world, two):
    alice = world.actor("alice")
    share, _ = share_create(actor=alice, product=world.atlas, name="Partners")
    counts = []
    for more in (1, 9):
        for n in range(more):
            item = make_item(alice, world.atlas, f"Item {more} {n}")
            make_placement(alice, item, objective=two[2], release=two[3], **EARLY)
        with CaptureQueriesContext(connection) as said:
            assert len(shared_view(share).items) == (3 if more == 1 else 12)
        counts.append(len(said))
    assert counts[0] == counts[1] <= 6
