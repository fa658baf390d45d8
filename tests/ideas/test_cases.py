"""Business cases on pages and over the API."""

from __future__ import annotations

import json

import pytest

from ideas.models import BusinessCase
from ideas.services.cases import case_update
from plm.errors import Invalid
from tests.make import make_case, make_idea

BUILD = {"name": "Build", "type": "cost", "first": 0, "last": 0, "growth": 0, "amount": [900, 1000, 1400]}  # fmt: skip
FEES = {"name": "Fees", "type": "sales", "first": 1, "last": 5, "growth": 0.1, "volume": [5, 10, 14], "price": [60, 60, 60], "unit_cost": [15, 20, 30]}  # fmt: skip


@pytest.fixture
def case(world):
    idea = make_idea(world.actor("bob"), world.atlas)
    return make_case(world.actor("bob"), world.atlas, idea=idea, lines=[BUILD, FEES])


def test_a_case_is_reckoned_with_every_change(world, case):
    before = case.npv
    assert before > 0
    assert 0 < case.loss < 0.5
    assert case.npv_p10 < case.npv_p50 < case.npv_p90
    changed = case_update(
        actor=world.actor("bob"), record=case, version=case.version, values={"annual_rate": 0.5}
    )
    assert changed.npv < before
    stored = BusinessCase.objects.get(pk=case.pk)
    assert (stored.npv, stored.loss, stored.irr) == (changed.npv, changed.loss, changed.irr)


def test_a_case_of_no_lines_or_of_zeros_is_worth_nothing(world):
    empty = make_case(world.actor("bob"), world.atlas)
    zeros = make_case(world.actor("bob"), world.atlas, lines=[{**BUILD, "amount": 0}])
    for found in (empty, zeros):
        assert (found.npv, found.loss, found.irr) == (0, 0, None)


@pytest.mark.parametrize(
    ("line", "field"),
    [
        ({"type": "gift"}, "type"), ({"name": ""}, "name"), ({"first": 6}, "first"), ({"first": 3, "last": 1}, "last"),
        ({"growth": 11}, "growth"), ({"amount": [3, 2, 1]}, "amount"), ({"amount": [1, 2]}, "amount"),
        ({"amount": "12"}, "amount"), ({"amount": -5}, "amount"), ({"amount": 1e300}, "amount"), ({"price": 3}, "price"),
        ({"surprise": 1}, "surprise"), ({"amount": None}, "amount"), ({"first": True}, "first"), ({"growth": None}, "growth"),
    ],
)  # fmt: skip
def test_a_wrong_line_is_refused_by_field_and_nothing_is_written(world, case, line, field):
    with pytest.raises(Invalid) as refused:
        case_update(
            actor=world.actor("bob"), record=case, version=case.version, values={"lines": [FEES, {**BUILD, **line}]}
        )  # fmt: skip
    assert f"lines.1.{field}" in refused.value.fields
    assert BusinessCase.objects.get(pk=case.pk).version == case.version


def test_fewer_periods_than_a_line_needs_are_refused(world, case):
    with pytest.raises(Invalid) as refused:
        case_update(
            actor=world.actor("bob"), record=case, version=case.version, values={"periods": 3}
        )
    assert "lines.1.last" in refused.value.fields


def test_flows_that_change_sign_twice_show_both_rates_and_no_single_one(world, sign_in):
    lines = [
        {**BUILD, "amount": 100}, {**BUILD, "name": "Income", "type": "income", "first": 1, "last": 1, "amount": 230},
        {**BUILD, "name": "Clean up", "first": 2, "last": 2, "amount": 132},
    ]  # fmt: skip
    case = make_case(world.actor("bob"), world.atlas, lines=lines, periods=2)
    assert case.irr is None
    page = sign_in(world.bob).get(case.get_absolute_url()).content.decode()
    assert "several" in page
    assert "10%" in page
    assert "20%" in page


def test_a_line_is_added_changed_and_taken_out_on_the_page(world, case, sign_in):
    browser = sign_in(world.bob)
    url = case.get_absolute_url()
    typed = {
        "name": "Support", "amount_low": "", "amount_likely": "40", "amount_high": "90", "first": "1", "last": "5", "growth": "2",
        "version": case.version,
    }  # fmt: skip
    assert browser.get(f"{url}/lines/new?type=cost").status_code == 200
    assert browser.post(f"{url}/lines/new?type=cost", typed).status_code == 302
    case.refresh_from_db()
    assert case.lines[2]["amount"] == [40, 40, 90]
    assert case.lines[2]["growth"] == pytest.approx(0.02)
    changed = {**typed, "amount_likely": "50", "version": case.version}
    assert browser.post(f"{url}/lines/2", changed).status_code == 302
    case.refresh_from_db()
    assert case.lines[2]["amount"][1] == 50
    assert browser.post(f"{url}/lines/2/remove", {"version": case.version}).status_code == 302
    case.refresh_from_db()
    assert [line["name"] for line in case.lines] == ["Build", "Fees"]


def test_a_line_with_low_above_likely_keeps_what_was_typed(world, case, sign_in):
    typed = {"name": "Support", "amount_low": "90", "amount_likely": "40", "amount_high": "", "first": "0", "last": "9", "version": case.version}  # fmt: skip
    answer = sign_in(world.bob).post(f"{case.get_absolute_url()}/lines/new?type=cost", typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Low is at most likely" in page
    assert 'value="90"' in page


def test_a_line_saved_against_an_older_version_shows_both(world, case, sign_in):
    case_update(actor=world.actor("bob"), record=case, version=case.version, values={"title": "New"})  # fmt: skip
    typed = {"name": "Build it", "amount_likely": "40", "first": "0", "last": "0", "growth": "0", "version": case.version}  # fmt: skip
    answer = sign_in(world.bob).post(f"{case.get_absolute_url()}/lines/0", typed)
    assert answer.status_code == 409
    assert "Build it" in answer.content.decode()


def test_a_client_writes_lines_and_reads_the_appraisal(world, api):
    client = api(world.alice, world.acme)
    made = client.post(
        "/api/v1/business-cases/", json.dumps({"product": "ATL", "title": "Fees", "lines": [BUILD, FEES]}),
        content_type="application/json",
    )  # fmt: skip
    assert made.status_code == 201, made.content
    body = made.json()
    found = client.get(f"/api/v1/business-cases/{body['reference']}/appraisal/").json()
    assert found["npv"] == pytest.approx(body["npv"])
    assert sum(found["spread"]["counts"]) == 10_000
    assert found["break_even"]["units"] == 25
    refused = client.post(
        "/api/v1/business-cases/", json.dumps({"product": "ATL", "title": "Fees", "lines": [{"name": "x"}]}),
        content_type="application/json",
    )  # fmt: skip
    assert refused.status_code == 422
    assert "lines.0.type" in str(refused.json())
