"""The life of a product: what the figures suggest, phases and gates, retirement, and the end."""

from __future__ import annotations

from datetime import date

import pytest
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st

from analytics.models import Rollup
from backlog.services.promotion import feature_from_ideas
from ideas.services.votes import vote_add_for
from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.models import Event, Product
from plm.permissions import SYSTEM
from plm.services.workspaces import product_update
from roadmap.models import Sunset
from roadmap.phases import (
    ANNUALISED,
    LEAST,
    TOO_LITTLE,
    UNSETTLED,
    YEARLY,
    Series,
    agreed,
    suggested,
    xmr_limits,
)
from roadmap.retirement import use_of
from roadmap.selectors.lifecycle import phases_of, retirement_of, suggestion_of
from roadmap.selectors.sunset import affected_by
from roadmap.services.lifecycle import phase_enter, phase_plan_set, sunset_update
from tests.make import make_gate, make_idea, make_item, make_metric, make_person
from tests.roadmap.test_api import send

PAGE, API, END = "/acme/ATL/plan/lifecycle", "/api/v1/products/ATL/lifecycle/", "/api/v1/products/ATL/sunset/"  # fmt: skip
DAYS = {"notice_on": date(2027, 1, 1), "read_only_on": date(2027, 6, 1), "final_on": date(2027, 12, 31)}  # fmt: skip


def series(*values):
    first = 2020 * 12
    months = tuple(date((first + n) // 12, (first + n) % 12 + 1, 1) for n in range(len(values)))
    return Series("Active sites", "/x", "sites", months, tuple(map(float, values)))


def grown(count, rate, start=1000.0):
    return series(*(start * rate**n for n in range(count)))


def test_limits_are_those_of_the_handbook():
    """NIST/SEMATECH e-Handbook 6.3.2.2, flow rates: 45.8159 and 55.8041 with 3/1.128, here with its rounding to 2.66."""
    low, mean, high = xmr_limits([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    assert (low, mean, high) == pytest.approx((45.8150, 50.81, 55.8050), abs=2e-4)


@pytest.mark.parametrize(
    ("rate", "phase"), [(1.03, "growth"), (1.0, "maturity"), (1.002, "maturity"), (0.97, "decline")]
)
@pytest.mark.parametrize(("months", "basis"), [(30, YEARLY), (10, ANNUALISED)])
def test_steady_change_is_a_phase_and_says_against_what(rate, phase, months, basis):
    found = suggested(grown(months, rate))
    assert (found.phase, found.basis, found.why) == (phase, basis, "")


def test_seasons_are_no_phases_where_a_year_is_known():
    season = (1.0, 0.5, 1.4, 0.8, 1.2, 0.6) * 6
    assert suggested(series(*(1000 * part for part in season))).phase == "maturity"


def test_below_a_twentieth_of_the_peak_was_introduction():
    values = [1.0] * 13 + [1000.0] * 3
    found = suggested(series(*values))
    assert found.months[0].phase == "introduction"
    assert found.months[-1].phase == "growth"


def test_too_little_says_how_much_is_missing_and_what_turns_is_unsettled():
    found = suggested(grown(LEAST - 3, 1.1))
    assert (found.phase, found.why, found.missing) == ("", TOO_LITTLE, 3)
    turned = suggested(series(*[1000.0] * 14, 1000.0, 500.0))
    assert (turned.phase, turned.why, turned.signal) == ("", UNSETTLED, "below")


def test_a_phase_is_suggested_where_all_that_say_something_agree():
    up, down, short = (suggested(s) for s in (grown(20, 1.05), grown(20, 0.95), grown(3, 1.0)))
    assert agreed([up, short]) == "growth"
    assert agreed([up, down]) == ""
    assert agreed([short]) == agreed([]) == ""


@given(st.lists(st.floats(0, 1e9), max_size=40), st.floats(0.01, 1000))
def test_the_unit_of_a_figure_changes_no_phase_and_nothing_breaks(values, factor):
    found = suggested(series(*values))
    again = suggested(series(*(value * factor for value in values)))
    assert found.why == TOO_LITTLE or len(values) >= LEAST
    assert [m.month for m in found.months] == [m.month for m in again.months]


def test_use_is_the_last_month_against_the_best():
    assert use_of([10, 100, 80, 40, 30, 15]).share == 0.15
    assert use_of([10, 100, 80, 40, 30, 15]).is_low
    assert use_of([1, 2, 3]).share is None
    assert not use_of([0] * 9).is_low


def test_a_phase_is_entered_by_a_person_with_a_reason_and_past_its_gate(world):
    alice = world.actor("alice")
    gate = make_gate(alice, world.atlas, "May it grow?")
    phase_plan_set(actor=alice, product=world.atlas, phase="growth", planned_on=date(2027, 1, 1), gate=gate)  # fmt: skip
    for reason in ("", " x "):
        with pytest.raises(Invalid):
            phase_enter(actor=alice, product=world.atlas, phase="introduction", reason=reason)
    with pytest.raises(NotAllowed):
        phase_enter(actor=SYSTEM, product=world.atlas, phase="introduction", reason="Because")
    with pytest.raises(NotAllowed):
        phase_enter(
            actor=world.actor("bob"), product=world.atlas, phase="introduction", reason="Because"
        )
    with pytest.raises(Conflict, match="says open"):
        phase_enter(actor=alice, product=world.atlas, phase="growth", reason="Sales double")
    type(gate).objects.filter(pk=gate.pk).update(state="go")
    phase_enter(actor=alice, product=world.atlas, phase="growth", reason="Sales double")
    assert Product.objects.get(pk=world.atlas.pk).phase == "growth"
    with pytest.raises(Invalid):
        phase_enter(actor=alice, product=world.atlas, phase="growth", reason="Once more")
    assert Event.objects.get(verb="product.updated").reason == "Sales double"
    world.atlas.refresh_from_db()
    rows = {row.name: row for row in phases_of(alice, world.atlas)}
    assert rows["concept"].entered_at == world.atlas.created_at
    assert (rows["growth"].reason, rows["growth"].current) == ("Sales double", True)
    assert rows["growth"].plan.gate == gate
    assert rows["maturity"].entered_at is None


def test_phases_are_planned_in_their_order(world):
    alice = world.actor("alice")
    plan = {"actor": alice, "product": world.atlas, "gate": None}
    phase_plan_set(**plan, phase="growth", planned_on=date(2027, 1, 1))
    with pytest.raises(Invalid) as refused:
        phase_plan_set(**plan, phase="maturity", planned_on=date(2026, 1, 1))
    assert "Growth is planned for 2027-01-01" in refused.value.fields["planned_on"]
    with pytest.raises(Invalid):
        phase_plan_set(**plan, phase="introduction", planned_on=date(2027, 2, 1))
    with pytest.raises(Invalid):
        phase_plan_set(
            actor=alice, product=world.atlas, phase="growth", planned_on=None, gate=make_gate(alice, world.boreas)
        )  # fmt: skip


def monthly(world, metric, values):
    """So many complete months of figures, the last one ended before this month."""
    today = timezone.localdate()
    last = today.year * 12 + today.month - 2
    for n, value in enumerate(reversed(values)):
        at = last - n
        Rollup.objects.create(
            workspace=world.acme, metric=metric, period="month", start=date(at // 12, at % 12 + 1, 1), value=value,
            count=1, updated_at=timezone.now(),
        )  # fmt: skip


def test_metrics_of_the_product_suggest_and_ratios_do_not(world):
    alice = world.actor("alice")
    active = make_metric(alice, world.atlas, "Active sites", source="events", aggregation="actors")
    monthly(world, active, [1000 * 1.05**n for n in range(20)])
    rate = make_metric(alice, world.atlas, "Conversion", format="percent")
    monthly(world, rate, [50 - n for n in range(20)])
    other = make_metric(alice, world.boreas, "Elsewhere", source="events", aggregation="actors")
    monthly(world, other, [1000 - n for n in range(20)])
    found = suggestion_of(alice, world.atlas)
    assert [one.series.title for one in found.each] == ["Active sites"]
    assert found.phase == "growth"


def test_little_used_features_are_candidates_with_what_they_cost(world):
    alice = world.actor("alice")
    done = {"type": "feature", "state": "done"}
    old, fresh = make_item(alice, world.atlas, "Fax", **done), make_item(alice, world.atlas, "Chat", **done)  # fmt: skip
    make_item(alice, world.atlas, "No metric", **done)
    make_item(alice, world.atlas, "It jams", type="bug", parent=old)
    make_item(alice, world.atlas, "It jammed", type="bug", parent=old, state="done")
    for item, values in ((old, [100, 90, 60, 40, 20, 10]), (fresh, [10, 20, 40, 60, 80, 100])):
        metric = make_metric(
            alice, world.atlas, f"Use of {item.title}", item=item, source="events", aggregation="actors"
        )  # fmt: skip
        monthly(world, metric, values)
    found = retirement_of(alice, world.atlas)
    assert (found.features, found.judged) == (3, 2)
    assert [(one.item, one.use.share, one.open_bugs) for one in found.candidates] == [(old, 0.1, 1)]


def plan_end(world, version=None, item=None, **values):
    given = {"reason": "Nobody pays for it", **DAYS, **values}
    return sunset_update(
        actor=world.actor("alice"), product=world.atlas, item=item, version=version, values=given
    )


@pytest.mark.parametrize(
    ("field", "day", "says"),
    [
        ("final_on", date(2026, 1, 1), "before customers are told on 2027-01-01"),
        ("read_only_on", date(2026, 1, 1), "read only before customers are told"),
        ("read_only_on", date(2028, 1, 1), "It ends on 2027-12-31"),
        ("notice_on", None, "Give the day"),
    ],
)
def test_the_days_of_an_end_have_their_order(world, field, day, says):
    with pytest.raises(Invalid) as refused:
        plan_end(world, **{field: day})
    assert says in refused.value.fields[field]
    assert not Sunset.objects.exists()


def test_an_end_is_planned_once_and_not_over_another(world):
    assert plan_end(world, 0).version == 1
    assert plan_end(world, 1, instead="Move to Boreas", successor=world.boreas).version == 2
    with pytest.raises(Stale):
        plan_end(world, 1, reason="Other")
    with pytest.raises(Invalid):
        plan_end(world, 2, successor=world.atlas)
    with pytest.raises(NotAllowed):
        sunset_update(
            actor=world.actor("bob"), product=world.atlas, item=None, version=None, values={}
        )


def test_customers_are_found_by_the_lineage_of_what_ends(world):
    alice = world.actor("alice")
    idea, other = make_idea(alice, world.atlas, "Fax"), make_idea(alice, world.atlas, "Chat")
    for name, wish in (("Nora", idea), ("Emil", other)):
        vote_add_for(actor=alice, idea=wish, person=make_person(alice, world.acme, name))
    item = feature_from_ideas(
        actor=alice, product=world.atlas, ideas=[idea], values={"title": "Fax"}
    )
    found = affected_by(alice, world.atlas, item)
    assert [one.person.name for one in found.people] == ["Nora"]
    assert found.people[0].ideas == [idea]
    assert item.reference in found.how
    assert affected_by(alice, world.atlas, None).count == 0
    type(item).objects.filter(pk=item.pk).update(state="done")
    assert affected_by(alice, world.atlas, None).count == 1


def test_the_page_says_what_it_rests_on_and_takes_a_phase_with_a_reason(world, sign_in):
    client = sign_in(world.alice)
    page = client.get(PAGE).content.decode()
    assert "There is not enough data to suggest a phase." in page
    assert "no feature that is done has a metric" in page
    missing = client.post(f"{PAGE}/enter", {"phase": "growth", "reason": ""})
    assert missing.status_code == 422
    client.post(f"{PAGE}/enter", {"phase": "growth", "reason": "Sales double"})
    assert "Sales double" in client.get(PAGE).content.decode()
    assert "Confirm a phase" not in sign_in(world.carol).get(PAGE).content.decode()
    gate = make_gate(world.actor("alice"), world.atlas)
    at = f"{PAGE}/phases/maturity"
    assert client.post(at, {"planned_on": "2027-05-01", "gate": "ATL-99"}).status_code == 422
    assert client.post(at, {"planned_on": "2027-05-01", "gate": gate.reference}).status_code == 302
    refused = client.post(f"{PAGE}/enter", {"phase": "maturity", "reason": "It is time"})
    assert (refused.status_code, "Decide it first" in refused.content.decode()) == (409, True)
    assert client.get(f"{PAGE}/phases/nonsense").status_code == 404


def test_the_end_is_planned_on_its_page_and_a_stale_save_is_compared(world, sign_in):
    client, at = sign_in(world.alice), "/acme/ATL/plan/sunset"
    assert "No end is planned" in client.get(at).content.decode()
    given = {"reason": "Nobody pays", "notice_on": "2027-01-01", "final_on": "2027-12-31", "version": 0}  # fmt: skip
    wrong = client.post(f"{at}/edit", {**given, "final_on": "2026-12-31"})
    assert (wrong.status_code, "before customers are told" in wrong.content.decode()) == (422, True)
    assert client.post(f"{at}/edit", given).status_code == 302
    page = client.get(at).content.decode()
    assert "31 Dec 2027" in page
    assert "Nobody was found that way." in page
    assert client.post(f"{at}/edit", {**given, "reason": "Other"}).status_code == 409
    item = make_item(world.actor("alice"), world.atlas)
    assert client.post(f"{item.get_absolute_url()}/sunset/edit", given).status_code == 302
    assert Sunset.objects.filter(item=item).exists()
    idea = make_idea(world.actor("alice"), world.atlas)
    assert client.get(f"{idea.get_absolute_url()}/sunset").status_code == 404


def test_the_api_tells_and_changes_the_life(world, api):
    client = api(world.alice, world.acme)
    body = client.get(API).json()
    assert (body["phase"], body["suggested"], len(body["phases"])) == ("concept", "", 7)
    made = send("post", client, API, {"phase": "growth", "reason": "Sales double"})
    assert made.json()["phase"] == "growth", made.content
    planned = send("put", client, API, {"phase": "maturity", "planned_on": "2027-05-01"})
    assert planned.json()["phases"][4]["planned_on"] == "2027-05-01"
    assert send("post", client, API, {"phase": "growth"}).status_code == 422
    read = client.get(END)
    days = {"notice_on": "2027-01-01", "final_on": "2027-12-31", "successor": "BOR"}
    put = send("put", client, END, {"reason": "Nobody pays", **days}, **{"If-Match": read["ETag"]})
    assert (put.status_code, put.json()["successor"]) == (200, "BOR"), put.content
    assert (
        send("put", client, END, {"reason": "x"}, **{"If-Match": read["ETag"]}).status_code == 412
    )
    assert api(world.mallory, world.rival).get(API).status_code == 404
    assert api(world.mallory, world.rival).get(END).status_code == 404


def test_the_settings_of_a_product_change_no_phase_and_lead_to_its_life(world, sign_in):
    client, url = sign_in(world.dora), "/acme/ATL/settings/product"
    page = client.get(url).content.decode()
    assert 'name="phase"' not in page
    assert "/acme/ATL/plan/lifecycle" in page
    version = Product.objects.get(pk=world.atlas.pk).version
    sent = client.post(url, {"name": "Atlas II", "phase": "retired", "version": version})
    assert sent.status_code == 302
    product = Product.objects.get(pk=world.atlas.pk)
    assert (product.name, product.phase) == ("Atlas II", "concept")
    values = {"name": "Atlas", "phase": "retired"}
    product = product_update(
        actor=world.actor("dora"), product=product, version=None, values=values
    )
    assert product.phase == "concept"
