"""Scenarios in the browser and over the API: made, moved, compared, applied, archived; and seen by nobody outside."""

from __future__ import annotations

import json
import uuid
from datetime import date

import pytest

from plm.models import Event
from plm.services.notes import relation_add
from roadmap.models import Placement, RoadmapScenario, ScenarioChange
from roadmap.selectors.scenario_table import scenario_table
from roadmap.selectors.scenarios import overlay_of
from roadmap.services.placements import placement_dates_set
from roadmap.services.scenario_changes import scenario_dates_set, scenario_take_out
from roadmap.services.scenarios import scenario_create
from roadmap.services.shares import share_create
from tests.make import make_item, make_placement, make_release

HOME = "/acme/ATL/roadmap/scenarios"
API = "/api/v1/products/ATL/roadmap-scenarios/"
JSON = {"content_type": "application/json"}


@pytest.fixture
def alice(world):
    return world.actor("alice")


@pytest.fixture
def items(world, alice):
    made = [make_item(alice, world.atlas, title) for title in ("Login", "Search", "Wish")]
    for item, month in zip(made[:2], (3, 4), strict=True):
        make_placement(
            alice,
            item,
            starts_on=date(2027, month, 1),
            ends_on=date(2027, month, 28),
            bucket="next",
        )
    return made


@pytest.fixture
def scenario(world, alice):
    return scenario_create(
        actor=alice, product=world.atlas, name="Mobile first", question="What if mobile joins?"
    )


@pytest.fixture
def url(scenario):
    return f"{HOME}/{scenario.uuid}/"


def moved(alice, scenario, item):
    scenario_dates_set(
        actor=alice,
        scenario=scenario,
        item=item,
        starts_on=date(2027, 3, 15),
        ends_on=date(2027, 4, 11),
    )


def page_of(browser, url, status=200):
    answer = browser.get(url)
    assert answer.status_code == status, url
    return answer.content.decode()


def test_a_scenario_is_made_moved_and_says_that_nothing_real_changes(world, sign_in, items):
    browser = sign_in(world.bob)
    assert "No scenarios yet" in page_of(browser, HOME)
    sent = {"name": "Mobile first", "question": "What if mobile joins?", "form_key": "k1"}
    made = browser.post(HOME, sent)
    assert browser.post(HOME, sent)["Location"] == made["Location"]
    scenario = RoadmapScenario.objects.get()
    url = f"{HOME}/{scenario.uuid}/"
    assert made["Location"] == url
    assert "It is still the plan" in page_of(browser, url)
    move = {"start": "2027-03-15", "end": "2027-04-11", "version": "1"}
    answer = browser.post(f"{url}items/{items[0].reference}/dates", move).json()
    assert (answer["start"], answer["text"]) == ("2027-03-15", "Moved: 15 Mar 2027 to 11 Apr 2027")
    page = page_of(browser, f"{url}?year=2027")
    assert "nothing real changes" in page
    assert "1 item stands otherwise" in page
    assert 'class="ghost ' in page
    assert f"{url}items/{items[0].reference}/dates" in page
    assert f"{items[0].get_absolute_url()}/place/dates" not in page
    assert Placement.objects.get(item=items[0]).starts_on == date(2027, 3, 1)


def test_a_bar_that_somebody_else_moved_meanwhile_shows_both(
    world, sign_in, items, alice, scenario, url
):
    moved(alice, scenario, items[0])
    move = {"start": "2027-05-01", "end": "2027-05-28", "version": "1"}
    answer = sign_in(world.bob).post(f"{url}items/{items[0].reference}/dates", move)
    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "Alice changed it in this scenario meanwhile: 15 Mar 2027 to 11 Apr 2027. Yours was 1 May 2027 to 28 May 2027."
    )


def test_an_item_is_put_in_from_its_reference_and_a_stale_form_shows_both(
    world, sign_in, items, alice, scenario, url
):
    browser = sign_in(world.bob)
    led = browser.post(f"{url}add", {"reference": items[2].reference})["Location"]
    assert led == f"{url}items/{items[2].reference}"
    assert "no place in the plan" in page_of(browser, led)
    sent = {
        "bucket": "later",
        "commitment": "planned",
        "starts_on": "2027-06-01",
        "ends_on": "2027-06-30",
        "version": "1",
    }
    assert browser.post(led, sent).status_code == 302
    stale = browser.post(led, {**sent, "bucket": "now"})
    assert stale.status_code == 409
    wrong = browser.post(led, {**sent, "version": "2", "ends_on": "2027-05-01"})
    assert wrong.status_code == 422
    assert "lies before the begin" in wrong.content.decode()
    assert not Placement.objects.filter(item=items[2]).exists()


def test_the_board_of_a_scenario_moves_cards_in_it_alone(world, sign_in, items, url):
    browser = sign_in(world.bob)
    assert f'data-move-url="{url}board/move"' in page_of(browser, f"{url}board")
    move = {"card": items[0].reference, "to": "now", "after": ""}
    assert browser.post(f"{url}board/move", move).status_code == 204
    assert browser.post(f"{url}board/move", move).status_code == 422
    assert "In the plan: Next" in page_of(browser, f"{url}board")
    assert Placement.objects.get(item=items[0]).bucket == "next"


def test_what_is_out_can_be_put_back(world, sign_in, items, url):
    browser = sign_in(world.bob)
    browser.post(f"{url}items/{items[1].reference}/out")
    page = page_of(browser, f"{url}?year=2027")
    assert "Put it back" in page
    browser.post(f"{url}items/{items[1].reference}/back")
    assert not ScenarioChange.objects.exists()


def test_the_comparison_applies_what_is_ticked_and_stays_as_it_was_applied(
    world, sign_in, items, alice, scenario, url
):
    moved(alice, scenario, items[0])
    scenario_take_out(actor=alice, scenario=scenario, item=items[1])
    browser = sign_in(world.alice)
    page = page_of(browser, f"{url}compare")
    assert "14 days later" in page
    ticks = [tick.partition('"')[0] for tick in page.split('name="item" value="')[1:]]
    assert len(ticks) == 2
    login = next(tick for tick in ticks if tick.startswith(f"{items[0].number}:"))
    refused = browser.post(f"{url}apply", {"item": login, "reason": ""})
    assert refused.status_code == 422
    sent = {"item": login, "reason": "Mobile joins in Q3", "form_key": "once"}
    assert browser.post(f"{url}apply", sent)["Location"] == f"{url}compare"
    browser.post(f"{url}apply", sent)
    assert Placement.objects.get(item=items[0]).starts_on == date(2027, 3, 15)
    assert Placement.objects.filter(item=items[1]).exists()
    assert Event.objects.filter(verb="roadmap_scenario.applied").count() == 1
    assert Event.objects.filter(verb="placement.moved").count() == 1
    kept = page_of(browser, f"{url}compare")
    assert "by Alice, because “Mobile joins in Q3”" in kept
    assert "left as the plan has it" in kept
    assert browser.get(url)["Location"] == f"{url}compare"
    assert "Applied" in page_of(browser, HOME)
    browser.post(f"{url}apply/undo")
    assert Placement.objects.get(item=items[0]).starts_on == date(2027, 3, 1)


def test_a_conflict_shows_three_values_and_waits_for_a_decision(
    world, sign_in, items, alice, scenario, url
):
    moved(alice, scenario, items[0])
    placement_dates_set(
        actor=alice, item=items[0], starts_on=date(2027, 3, 8), ends_on=date(2027, 4, 4)
    )
    browser = sign_in(world.alice)
    page = page_of(browser, f"{url}compare")
    for day in ("1 Mar 2027", "8 Mar 2027", "15 Mar 2027"):
        assert day in page
    pick = f"pick.{items[0].number}"
    values = [value.partition('"')[0] for value in page.split(f'name="{pick}" value="')[1:]]
    assert values[0] == "plan"
    undecided = browser.post(f"{url}apply", {"reason": "Mobile joins"})
    assert undecided.status_code == 409
    assert "whether the plan or the scenario is right" in undecided.content.decode()
    nothing = browser.post(f"{url}apply", {"reason": "Mobile joins", pick: "plan"})
    assert nothing.status_code == 422
    assert Placement.objects.get(item=items[0]).starts_on == date(2027, 3, 8)
    browser.post(f"{url}apply", {"reason": "Mobile joins", pick: values[1]})
    assert Placement.objects.get(item=items[0]).starts_on == date(2027, 3, 15)


def test_it_is_renamed_duplicated_archived_and_brought_back(world, sign_in, scenario, url):
    browser = sign_in(world.bob)
    sent = {"name": "Mobile in Q3", "question": "What if?", "version": "1"}
    assert browser.post(f"{url}edit", sent)["Location"] == url
    assert browser.post(f"{url}edit", {**sent, "name": "Else"}).status_code == 409
    browser.post(f"{url}duplicate", {"name": "Copy", "question": "What if?"})
    assert RoadmapScenario.objects.count() == 2
    browser.post(f"{url}archive")
    assert "is archived. The plan stays as it is." in page_of(browser, HOME)
    assert "Mobile in Q3" not in page_of(browser, HOME)
    assert "Mobile in Q3" in page_of(browser, f"{HOME}?show=archived")
    assert "data-move-url" not in page_of(browser, url)
    browser.post(f"{url}restore")
    assert RoadmapScenario.objects.get(name="Mobile in Q3").is_open


def test_who_may_see_change_and_apply(world, sign_in, items, alice, scenario, url):
    moved(alice, scenario, items[0])
    carol, bob, mallory = sign_in(world.carol), sign_in(world.bob), sign_in(world.mallory)
    assert "data-move-url" not in page_of(carol, f"{url}?year=2027")
    assert carol.post(f"{url}items/{items[0].reference}/back").status_code == 403
    assert "Product managers apply a scenario" in page_of(bob, f"{url}compare")
    assert bob.post(f"{url}apply", {"reason": "Mobile"}).status_code == 403
    assert mallory.get(url).status_code == 404


def test_a_scenario_of_another_product_is_not_there(world, sign_in, api, alice, items):
    other = scenario_create(actor=alice, product=world.boreas, name="Other", question="What if?")
    browser, client = sign_in(world.alice), api(world.alice, world.acme)
    for path in ("", "board", "compare"):
        page_of(browser, f"{HOME}/{other.uuid}/{path}", 404)
    assert client.get(f"{API}{other.uuid}/").status_code == 404
    mine = scenario_create(actor=alice, product=world.atlas, name="Mine", question="What if?")
    foreign = make_item(alice, world.boreas, "Elsewhere")
    page_of(browser, f"{HOME}/{mine.uuid}/items/{foreign.reference}", 404)
    page_of(browser, f"{HOME}/{mine.uuid}/compare?with={other.uuid}", 404)
    answer = client.patch(f"{API}{mine.uuid}/items/{foreign.reference}/", {"bucket": "now"}, **JSON)
    assert answer.status_code == 404


def test_nothing_of_a_scenario_leaves_on_a_link_or_in_the_roadmap_of_the_api(
    world, api, client, alice, items, scenario
):
    _, secret = share_create(actor=alice, product=world.atlas, name="Partners", view="timeline")
    caller = api(world.alice, world.acme)
    addresses = (
        "/api/v1/roadmap/?product=ATL",
        "/api/v1/placements/?product=ATL",
        "/api/v1/portfolio/roadmap/",
    )
    before = [caller.get(address).json() for address in addresses]
    moved(alice, scenario, items[0])
    scenario_take_out(actor=alice, scenario=scenario, item=items[1])
    assert [caller.get(address).json() for address in addresses] == before
    page = page_of(client, f"/share/{secret}/?year=2027")
    assert "Login" in page
    for private in ("Mobile first", "mobile joins", "15 Mar", "otherwise"):
        assert private not in page


def test_the_api_makes_moves_compares_and_applies(world, api, items, alice):
    client = api(world.alice, world.acme)
    made = client.post(
        API,
        {"name": "Mobile first", "question": "What if mobile joins?"},
        headers={"Idempotency-Key": "a"},
        **JSON,
    )
    again = client.post(
        API,
        {"name": "Mobile first", "question": "What if mobile joins?"},
        headers={"Idempotency-Key": "a"},
        **JSON,
    )
    assert (made.status_code, again.json()["id"]) == (201, made.json()["id"])
    one = f"{API}{made.json()['id']}/"
    row = f"{one}items/{items[0].reference}/"
    release = make_release(alice, world.atlas)
    changed = client.patch(
        row, {"release": release.reference, "commitment": "committed"}, **JSON
    ).json()
    assert changed["differences"][0]["fields"] == {
        "release": [None, release.reference],
        "commitment": ["planned", "committed"],
    }
    stale = client.patch(row, {"bucket": "now"}, headers={"If-Match": '"1"'}, **JSON)
    assert stale.status_code == 412
    out = client.patch(f"{one}items/{items[1].reference}/", {"out": True}, **JSON).json()
    assert {d["change"] for d in out["differences"]} == {"changed", "removed"}
    both = client.get(f"{one}compare/").json()
    assert (both["a"]["name"], both["a"]["items"], both["b"]["items"]) == ("The plan", 2, 1)
    body = {
        "reason": "Mobile joins",
        "items": [{"item": d["item"], "mark": d["mark"]} for d in both["differences"]],
    }
    assert (
        client.post(
            f"{one}apply/", {**body, "items": [{"item": "ATL-999", "mark": "x"}]}, **JSON
        ).status_code
        == 422
    )
    done = client.post(f"{one}apply/", body, headers={"Idempotency-Key": "b"}, **JSON)
    assert done.json() == {"applied": 2, "left": 0}
    assert (
        client.post(f"{one}apply/", body, headers={"Idempotency-Key": "b"}, **JSON).json()
        == done.json()
    )
    assert client.post(f"{one}apply/", body, **JSON).status_code == 409
    kept = client.get(one).json()
    assert (kept["state"], kept["applied_reason"]) == ("applied", "Mobile joins")
    assert {d["outcome"] for d in kept["differences"]} == {"applied"}
    assert client.patch(row, {"bucket": "now"}, **JSON).status_code == 409
    assert client.post(f"{one}apply/undo/").json() == {"back": 2, "left": []}
    assert client.delete(one).status_code == 204
    assert client.get(API).json()["results"][0]["state"] == "archived"


def test_the_api_refuses_what_makes_no_sense_and_writes_nothing(world, api, items, scenario):
    client, one = api(world.alice, world.acme), f"{API}{scenario.uuid}/"
    row = f"{one}items/{items[0].reference}/"
    for body in (
        {"starts_on": "2027-05-02", "ends_on": "2027-05-01"}, {"starts_on": "2027-02-30"}, {"bucket": "never"},
        {"out": True, "bucket": "now"}, {"objective": items[1].reference},
    ):  # fmt: skip
        assert client.patch(row, body, **JSON).status_code in {400, 422}, body
    assert client.get(f"{one}compare/?with={uuid.uuid4()}").status_code in {400, 422}
    assert client.delete(row).status_code == 404
    assert client.post(
        API, {"name": "A", "question": "What if?", "copy_of": str(uuid.uuid4())}, **JSON
    ).status_code in {400, 422}
    assert not ScenarioChange.objects.exists()


def test_a_stakeholder_reads_over_the_api_and_changes_nothing(world, api, items, scenario):
    carol = api(world.carol, world.acme)
    assert carol.get(f"{API}{scenario.uuid}/").status_code == 200
    assert (
        carol.patch(
            f"{API}{scenario.uuid}/items/{items[0].reference}/", {"bucket": "now"}, **JSON
        ).status_code
        == 403
    )


def test_the_table_of_a_scenario_tells_first_what_differs(
    world, alice, items, scenario, url, sign_in, django_assert_max_num_queries
):
    moved(alice, scenario, items[1])
    client = sign_in(world.carol)
    page = client.get(f"{url}table").content.decode()
    assert page.index("Search") < page.index("As in the plan") < page.index("Login")
    assert "In the plan: " in page
    assert "Moved" in page
    scenario_take_out(actor=alice, scenario=scenario, item=items[1])
    assert "Taken out" in client.get(f"{url}table").content.decode()
    assert 'aria-current="page">Table' in page
    overlay = overlay_of(alice, world.atlas, scenario)
    with django_assert_max_num_queries(2):
        scenario_table(alice, overlay, url)
    assert client.get(f"{url}table?cursor=x").status_code == 400
    assert sign_in(world.mallory).get(f"{url}table").status_code == 404


def test_following_in_a_scenario_is_taken_back_by_its_toast(
    world, alice, items, scenario, url, sign_in
):
    relation_add(actor=alice, source=items[0], target=items[1], type="blocks")
    scenario_dates_set(
        actor=alice, scenario=scenario, item=items[0], starts_on=date(2027, 3, 15), ends_on=date(2027, 4, 11)
    )  # fmt: skip
    client = sign_in(world.alice)
    page = client.post(f"{url}shift", {"behind": items[0].reference}, follow=True)
    (told,) = [m for m in page.context["messages"] if "moved later" in str(m)]
    fields = json.loads(told.extra_tags)["fields"]
    assert ScenarioChange.objects.filter(item=items[1]).exists()
    assert "Taken back for 1 item." in client.post(f"{url}shift", fields, follow=True).content.decode()  # fmt: skip
    assert not ScenarioChange.objects.filter(item=items[1]).exists()
    assert "was changed meanwhile" in client.post(f"{url}shift", fields, follow=True).content.decode()  # fmt: skip
    assert client.post(f"{url}shift", {"back": "forged"}).status_code == 422
