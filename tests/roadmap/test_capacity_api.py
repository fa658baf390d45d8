"""Planning to capacity over the API."""

from __future__ import annotations

from plm.runner import run_due_jobs
from roadmap.models import Placement
from tests.roadmap.test_api import send

AT = "/api/v1/products/ATL"


def test_capacities_are_set_a_plan_is_read_and_applied(world, api, team, releases, items):
    client = api(world.alice, world.acme)
    read = client.get(f"{AT}/capacities/")
    body = {"capacities": [{"team": str(team.uuid), "release": releases[0].reference, "amount": 3}], "scope": 50}  # fmt: skip
    put = send("put", client, f"{AT}/capacities/", body, **{"If-Match": read["ETag"]})
    assert put.status_code == 200, put.content
    assert put.json()["capacities"][0]["amount"] == 3
    assert send("put", client, f"{AT}/capacities/", body, **{"If-Match": read["ETag"]}).status_code == 412  # fmt: skip
    assert send("post", client, f"{AT}/plan/", {}).json()["state"] == "queued"
    run_due_jobs()
    plan = client.get(f"{AT}/plan/").json()
    assert (plan["value"], plan["bound"], plan["fresh"]) == (2100, 2100, True)
    given = {"number": plan["number"], "seen": plan["hand_mark"], "reason": "Planned"}
    headers = {"Idempotency-Key": "plan-1"}
    for _ in range(2):
        answer = send("post", client, f"{AT}/plan/apply/", given, **headers)
        assert answer.status_code == 200, answer.content
        assert answer.json() == {"placed": len(plan["items"]), "taken_out": 0, "broken": []}
    assert Placement.objects.exclude(release=None).count() == len(plan["items"])
    assert send("post", client, f"{AT}/plan/apply/", given).status_code == 412


def test_who_may_not_see_the_product_sees_no_plan(world, api):
    assert api(world.mallory, world.rival).get(f"{AT}/plan/").status_code == 404
    assert send("post", api(world.bob, world.acme), f"{AT}/plan/", {}).status_code == 403
