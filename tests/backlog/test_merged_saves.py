"""Two people change one text: what each changed alone is taken, what both changed is asked, nothing is lost."""

from __future__ import annotations

import html
from decimal import Decimal

import pytest

from backlog.models import Requirement
from plm.forms import STARTED
from tests.controls import controls_of
from tests.make import make_spec

PROBLEM = "Groups pay apart.\n\nIt takes 5 minutes a table.\n\nGuests complain."


@pytest.fixture
def spec(world):
    return make_spec(
        world.actor("bob"), world.atlas, problem=PROBLEM,
        requirements=[
            {"text": "Pay in parts", "estimate": Decimal(3), "acceptance": [{"text": "One receipt per part"}]},
            {"text": "Remember the split", "moscow": "could"},
        ],
    )  # fmt: skip


@pytest.fixture
def bob(world, sign_in):
    return sign_in(world.bob)


@pytest.fixture
def alice(world, sign_in):
    return sign_in(world.alice)


def opened(browser, url):
    return controls_of(browser.get(url).content.decode())


def saved_over(alice, bob, url, theirs, mine):
    """Both open the form, Alice saves hers first: what Bob gets, and the controls of that page."""
    hers, his = opened(alice, url), opened(bob, url)
    assert alice.post(url, {**hers, **theirs, "form_key": "a"}).status_code == 302
    answer = bob.post(url, {**his, **mine, "form_key": "b"})
    assert answer.status_code == 409, answer.status_code
    page = html.unescape(answer.content.decode())
    return page, controls_of(answer.content.decode())


def problem(old, new):
    return {"problem": PROBLEM.replace(old, new)}


def test_changes_in_different_places_are_saved_together(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    theirs, mine = problem("apart", "separately"), problem("Guests", "Waiters")
    page, again = saved_over(alice, bob, url, {**theirs, "title": "Bill split"}, {**mine, "success_unit": "min"})  # fmt: skip
    assert "The changes of both fit together" in page
    assert "Save both" in page
    assert bob.post(url, again).status_code == 302
    spec.refresh_from_db()
    assert spec.problem.replace("\r", "") == PROBLEM.replace("apart", "separately").replace("Guests", "Waiters")  # fmt: skip
    assert (spec.title, spec.success_unit) == ("Bill split", "min")


@pytest.mark.parametrize(
    ("pick", "said"), [("mine", "3 minutes"), ("theirs", "10 minutes"), ("both", "3 10 minutes")]
)
def test_the_same_words_are_asked_for_and_the_rest_is_put_together(alice, bob, spec, pick, said):
    url = f"{spec.get_absolute_url()}/edit"
    theirs = {"problem": PROBLEM.replace("5", "10").replace("apart", "separately")}
    page, again = saved_over(alice, bob, url, theirs, problem("5", "3"))
    assert "1 place was changed by both" in page
    assert bob.post(url, {**again, "pick.problem.0": pick}).status_code == 302
    spec.refresh_from_db()
    assert said in spec.problem
    assert "separately" in spec.problem


def test_what_is_written_by_hand_goes_before_a_pick(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    _, again = saved_over(alice, bob, url, problem("5", "10"), problem("5", "3"))
    bob.post(url, {**again, "problem": "Three to ten minutes.", "pick.problem.0": "theirs"})
    spec.refresh_from_db()
    assert spec.problem == "Three to ten minutes."


def test_without_a_pick_both_stand(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    _, again = saved_over(alice, bob, url, problem("5", "10"), problem("5", "3"))
    assert bob.post(url, again).status_code == 302
    spec.refresh_from_db()
    assert "3 10 minutes" in spec.problem


def test_somebody_saves_again_while_the_merge_is_open(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    _, again = saved_over(alice, bob, url, problem("5", "10"), problem("5", "3"))
    third = opened(alice, url)
    text = third["problem"].replace("Guests", "Everybody")
    assert alice.post(url, {**third, "problem": text, "form_key": "c"}).status_code == 302
    answer = bob.post(url, {**again, "pick.problem.0": "mine"})
    assert answer.status_code == 409
    assert "The changes of both fit together" in answer.content.decode()
    assert bob.post(url, controls_of(answer.content.decode())).status_code == 302
    spec.refresh_from_db()
    assert spec.problem.replace("\r", "") == PROBLEM.replace("5", "3").replace("Guests", "Everybody")  # fmt: skip


def test_a_title_that_both_changed_may_be_longer_than_a_title_until_it_is_decided(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    _, again = saved_over(alice, bob, url, {"title": "a" * 200}, {"title": "b" * 200})
    assert len(again["title"]) > 250
    assert bob.post(url, {**again, "pick.title.0": "theirs"}).status_code == 302
    spec.refresh_from_db()
    assert spec.title == "a" * 200


def test_a_form_that_does_not_say_what_it_began_with_asks_for_every_difference(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    forged = {STARTED: "forged", **problem("Guests", "Waiters")}
    page, again = saved_over(alice, bob, url, problem("apart", "separately"), forged)
    assert "What the form began with is not known" in page
    picks = {f"pick.problem.{n}": "theirs" for n in range(5)}
    assert bob.post(url, {**again, **picks}).status_code == 302
    spec.refresh_from_db()
    assert spec.problem.replace("\r", "") == PROBLEM.replace("apart", "separately")


def test_picks_that_nobody_offered_are_refused(bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    answer = bob.post(url, {**opened(bob, url), "merge": "forged", "form_key": "x"})
    assert answer.status_code == 422


def test_a_requirement_that_somebody_added_meanwhile_stays(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    theirs = {"req-2-text": "Split by seat", "req-2-moscow": "should"}
    mine = {"req-0-text": "Pay in equal parts"}
    _, again = saved_over(alice, bob, url, theirs, mine)
    assert bob.post(url, again).status_code == 302
    rows = Requirement.objects.filter(spec=spec).values_list("text", "moscow")
    assert set(rows) == {("Pay in equal parts", "must"), ("Remember the split", "could"), ("Split by seat", "should")}  # fmt: skip


def test_a_requirement_that_both_changed_is_merged_field_by_field(alice, bob, spec):
    row = Requirement.objects.get(spec=spec, text="Pay in parts")
    url = f"{spec.get_absolute_url()}/requirements/{row.uuid}"
    theirs = {"moscow": "should", "estimate": "5", "criterion-1-text": "Tips are split as well"}
    mine = {"text": "Pay in equal parts", "estimate": "8", "criterion-0-text": "One receipt for each part"}  # fmt: skip
    page, again = saved_over(alice, bob, url, theirs, mine)
    assert "1 place was changed by both" in page
    assert bob.post(url, {**again, "pick.estimate.0": "theirs"}).status_code == 302
    row.refresh_from_db()
    assert (row.text, row.moscow, row.estimate) == ("Pay in equal parts", "should", 5)
    assert [part["text"] for part in row.acceptance] == ["One receipt for each part", "Tips are split as well"]  # fmt: skip


def test_tags_and_lines_that_each_added_are_all_there(alice, bob, spec):
    url = f"{spec.get_absolute_url()}/edit"
    _, again = saved_over(alice, bob, url, {"tags": "billing, table"}, {"tags": "billing, guests"})
    assert {part.strip() for part in again["tags"].split(",")} == {"billing", "table", "guests"}
