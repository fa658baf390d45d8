"""A form that is sent twice, by a double click or from the browser's history, makes one thing."""

from __future__ import annotations

from typing import Any

import pytest

from analytics.models import Reading
from analytics.services.metrics import metric_create
from backlog.models import BacklogItem, ScoringModel
from backlog.services.items import item_create
from feedback.models import FeedbackLink
from feedback.services.feedback import feedback_create
from ideas.models import Company, Person
from plm.models import ApiToken, CustomField, Invitation, Product, SavedView, Team, Workspace
from plm.permissions import Role
from roadmap.models import Share

HOME = "/acme/ATL/"
MAKING: dict[str, tuple[Any, str, dict[str, Any]]] = {
    "workspace": (Workspace, "/new", {"name": "Third", "slug": "third"}),
    "product": (Product, "/acme/products/new", {"name": "Ceres", "key": "CER", "phase": "growth"}),
    "team": (Team, "/acme/settings/teams", {"name": "Apps"}),
    "token": (ApiToken, "/acme/settings/tokens", {"name": "CI", "scopes": ["read"], "days": "30"}),
    "invitation": (Invitation, "/acme/settings/members", {"email": "x@example.com", "role": str(int(Role.CONTRIBUTOR))}),
    "field": (CustomField, f"{HOME}settings/fields", {"kind": "idea", "label": "Size", "type": "text"}),
    "view": (SavedView, f"{HOME}ideas/views", {"name": "Mine", "query": "q=a"}),
    "company": (Company, f"{HOME}customers/new", {"name": "Nordkorn", "currency": "EUR"}),
    "person": (Person, f"{HOME}customers/people/new", {"name": "Ana"}),
    "share": (Share, f"{HOME}roadmap/shares", {
        "name": "Board", "view": "timeline", "lanes": "objective", "grain": "day", "colours": "goal", "show": ["dates", "goal"],
        "days": "30",
    }),
    "model": (ScoringModel, f"{HOME}prioritize/model/new", {"name": "Ours", "method": "weighted"}),
}  # fmt: skip


@pytest.fixture
def browser(sign_in, world):
    return sign_in(world.dora)


def sent_twice(browser: Any, model: Any, url: str, data: dict[str, Any]) -> None:
    before = model.objects.count()
    first, second = (browser.post(url, {**data, "form_key": model.__name__}) for _ in range(2))
    assert first.status_code in {200, 302}, first.content
    assert second.status_code == 302
    assert model.objects.count() == before + 1


@pytest.mark.parametrize("what", MAKING)
def test_it_makes_one(what: str, world, browser):
    browser.get(f"{HOME}prioritize/model")  # The first look makes the two models every product has.
    sent_twice(browser, *MAKING[what])


def test_a_quote_a_reading_and_a_task_are_made_once(world, browser):
    dora = world.actor("dora")
    item = item_create(actor=dora, product=world.atlas, values={"title": "Map", "type": "feature"})
    said = feedback_create(
        actor=dora, product=world.atlas, values={"title": "Dark", "description": "Too dark", "source": "email"}
    )  # fmt: skip
    metric = metric_create(actor=dora, product=world.atlas, values={"title": "Sales", "source": "readings"})  # fmt: skip
    quote = {"excerpt": "dark", "start": "4", "target": item.reference, "importance": "1"}
    sent_twice(browser, FeedbackLink, f"{said.get_absolute_url()}/quotes", quote)
    at = {"at": "2026-03-03", "value": "5"}
    sent_twice(browser, Reading, f"{metric.get_absolute_url()}/readings", at)
    sent_twice(
        browser, BacklogItem, f"{item.get_absolute_url()}/children", {"title": "A", "type": "story"}
    )


def test_a_secret_is_shown_by_the_first_sending_alone(world, browser):
    data = {"name": "CI", "scopes": ["read"], "days": "30", "form_key": "k"}
    first = browser.post("/acme/settings/tokens", data)
    assert b'id="new-token"' in first.content
    second = browser.post("/acme/settings/tokens", data, follow=True)
    assert b"sent twice; it acted once" in second.content
    assert b'id="new-token"' not in second.content
