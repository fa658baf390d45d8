"""Competitors and the comparison with them."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from ideas.models import Capability, CapabilityRating
from ideas.selectors.competitors import comparison
from ideas.services.competitors import capability_archive, capability_create, capability_rate
from plm.errors import Conflict, Invalid
from tests.make import make_competitor, make_item


@pytest.fixture
def grid(world):
    bob = world.actor("bob")
    rival = make_competitor(bob, world.atlas)
    line = capability_create(actor=bob, product=world.atlas, name="Offline mode")
    return bob, rival, line


def test_the_latest_rating_stands_in_the_grid_and_tells_how_it_moved(world, grid):
    bob, rival, line = grid
    for rating, day in ((1, date(2026, 1, 5)), (3, date(2026, 3, 5)), (2, date(2026, 2, 5))):
        capability_rate(actor=bob, capability=line, competitor=rival, rating=rating, on=day)
    capability_rate(actor=bob, capability=line, competitor=None, rating=1, on=date(2026, 1, 1))
    (row,) = comparison(bob, world.atlas).rows
    ours, theirs = row.marks
    assert (ours.rating, ours.who) == (1, "us")
    assert (theirs.rating, theirs.moved) == (3, 1)
    assert row.behind


def test_the_grid_takes_as_many_statements_for_many_as_for_few(
    world, grid, django_assert_num_queries
):
    bob, rival, line = grid
    with django_assert_num_queries(3):
        comparison(bob, world.atlas)
    for n in range(5):
        other = make_competitor(bob, world.atlas, f"Rival {n}")
        extra = capability_create(actor=bob, product=world.atlas, name=f"Capability {n}")
        capability_rate(
            actor=bob, capability=extra, competitor=other, rating=2, on=date(2026, 1, 1)
        )
    with django_assert_num_queries(3):
        comparison(bob, world.atlas)


def test_a_capability_is_compared_once_and_leaves_with_its_ratings_kept(world, grid):
    bob, rival, line = grid
    capability_rate(actor=bob, capability=line, competitor=rival, rating=1, on=date(2026, 1, 5))
    with pytest.raises(Conflict):
        capability_create(actor=bob, product=world.atlas, name="offline  MODE")
    capability_archive(actor=bob, capability=line)
    assert comparison(bob, world.atlas).rows == []
    assert CapabilityRating.objects.count() == 1
    assert capability_create(actor=bob, product=world.atlas, name="Offline mode").pk != line.pk


@pytest.mark.parametrize(
    ("given", "field"),
    [({"rating": 4}, "rating"), ({"on": timezone.localdate() + timedelta(days=2)}, "on"), ({"url": "javascript:x"}, "url")],
)  # fmt: skip
def test_a_rating_off_the_scale_or_of_a_day_to_come_is_refused(grid, given, field):
    bob, rival, line = grid
    with pytest.raises(Invalid) as refused:
        capability_rate(
            actor=bob,
            capability=line,
            competitor=rival,
            **{"rating": 1, "on": date(2026, 1, 1), **given},
        )
    assert field in refused.value.fields
    assert CapabilityRating.objects.count() == 0


def test_a_rating_is_given_on_the_page_and_its_history_read_there(world, grid, sign_in):
    _, rival, line = grid
    browser = sign_in(world.bob)
    base = f"/acme/ATL/competitors/comparison/{line.uuid}"
    typed = {
        "rating": "2",
        "on": "2026-02-01",
        "evidence": "Their release notes",
        "url": "https://example.com/notes",
    }
    assert browser.post(f"{base}/{rival.reference}", typed).status_code == 302
    assert "Their release notes" in browser.get(f"{base}/{rival.reference}").content.decode()
    assert browser.get(f"{base}/us").status_code == 200
    assert browser.get(f"{base}/ATL-999").status_code == 404
    page = browser.get("/acme/ATL/competitors/comparison").content.decode()
    assert "Offline mode" in page
    assert "Good" in page
    page = browser.get(rival.get_absolute_url()).content.decode()
    assert "What changed" in page
    assert page.count("Their release notes") == 2
    item = make_item(world.actor("bob"), world.atlas)
    assert (
        browser.post(
            "/acme/ATL/competitors/comparison/new",
            {"name": "Till printing", "record": item.reference},
        ).status_code
        == 302
    )
    missing = browser.post(
        "/acme/ATL/competitors/comparison/new", {"name": "Fast", "record": "ATL-999"}
    )
    assert missing.status_code == 422
    assert "There is no record ATL-999" in missing.content.decode()
    assert browser.post(f"{base}/remove").status_code == 302
    assert list(Capability.objects.filter(archived_at=None).values_list("name", flat=True)) == [
        "Till printing"
    ]


def test_a_stakeholder_reads_the_comparison_and_changes_nothing(world, grid, sign_in):
    _, rival, line = grid
    browser = sign_in(world.carol)
    base = f"/acme/ATL/competitors/comparison/{line.uuid}/{rival.reference}"
    assert browser.get(base).status_code == 200
    assert browser.post(base, {"rating": "2", "on": "2026-02-01"}).status_code == 403
    assert CapabilityRating.objects.count() == 0


def test_a_client_builds_and_reads_the_comparison(world, grid, api):
    _, rival, _ = grid
    client = api(world.alice, world.acme)

    def post(url, body):
        return client.post(url, json.dumps(body), content_type="application/json")

    made = post("/api/v1/capabilities/", {"product": "ATL", "name": "Refunds"})
    assert made.status_code == 201, made.content
    url = f"/api/v1/capabilities/{made.json()['id']}/ratings/"
    rated = post(url, {"competitor": rival.reference, "rating": 2, "on": "2026-01-05"})
    assert rated.status_code == 201, rated.content
    assert rated.json()["competitor"] == rival.reference
    found = client.get("/api/v1/capabilities/?product=ATL").json()["results"]
    assert found[1]["ratings"][1]["rating"] == 2
    assert len(client.get(f"{url}?competitor={rival.reference}").json()) == 1
    assert client.get(url).json() == []
    assert client.get("/api/v1/capabilities/").status_code == 422
    assert post(url, {"competitor": "ATL-999", "rating": 2, "on": "2026-01-05"}).status_code == 422
