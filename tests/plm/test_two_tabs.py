"""Two tabs of one form: whoever saves second sees both texts, and nothing is overwritten unseen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from backlog.models import ScoringModel
from backlog.services.items import item_create
from backlog.services.scoring_models import scoring_models_ensure
from ideas.services import customers
from ideas.services.ideas import idea_create
from roadmap.services.placements import placement_set
from tests.controls import controls_of

Page = tuple[str, dict[str, str], str]


def vision(world: Any) -> Page:
    return "/acme/ATL/plan/vision/edit", {}, "vision"


def product(world: Any) -> Page:
    return "/acme/ATL/settings/product", {}, "name"


def company(world: Any) -> Page:
    made = customers.company_create(
        actor=world.actor("alice"), workspace=world.acme, values={"name": "Old"}
    )
    return f"/acme/ATL/customers/{made.uuid}/edit", {"currency": "EUR"}, "name"


def person(world: Any) -> Page:
    made = customers.person_create(
        actor=world.actor("alice"), workspace=world.acme, values={"name": "Old"}
    )
    return f"/acme/ATL/customers/people/{made.uuid}/edit", {}, "name"


def place(world: Any) -> Page:
    item = item_create(
        actor=world.actor("alice"), product=world.atlas, values={"title": "Map", "type": "feature"}
    )
    placement_set(actor=world.actor("alice"), item=item, values={"bucket": "now"})
    return f"{item.get_absolute_url()}/place", {"commitment": "planned"}, "bucket"


def record(world: Any) -> Page:
    made = idea_create(actor=world.actor("alice"), product=world.atlas, values={"title": "Old", "source": "team"})  # fmt: skip
    return f"{made.get_absolute_url()}/edit", {"source": "team"}, "title"


def limits(world: Any) -> Page:
    return "/acme/ATL/delivery/board/limits", {}, "todo"


@pytest.fixture
def browser(sign_in, world):
    return sign_in(world.alice)


VALUES = {"bucket": ("next", "later", "Next", "Later"), "todo": ("11", "22", "11", "22")}


@pytest.mark.parametrize("of", [vision, product, company, person, place, record, limits])
def test_the_second_tab_sees_both_texts_and_decides(of: Callable[[Any], Page], world, browser):
    url, rest, field = of(world)
    first, second, said, meant = VALUES.get(field, ("First", "Second", "First", "Second"))
    opened = fields_of(browser.get(url).content.decode())
    data = {**rest, **opened}
    assert browser.post(url, {**data, field: first, "form_key": "one"}).status_code == 302
    stale = browser.post(url, {**data, field: second, "form_key": "two"})
    assert stale.status_code == 409
    text = stale.content.decode()
    assert "saved by somebody else" in text
    assert re.search(
        rf"Theirs, saved.*?<ins>{said}</ins>.*?Yours.*?<ins>{meant}</ins>", text, re.DOTALL
    )
    assert value_of(browser, url, field) == first
    assert browser.post(url, {**controls_of(text), f"pick.{field}.0": "mine"}).status_code == 302
    assert value_of(browser, url, field) == second


def test_two_tabs_of_a_scoring_model_are_compared_row_by_row(world, browser):
    model = scoring_models_ensure(product=world.atlas)
    if model.method != "weighted":
        model = ScoringModel.objects.get(product=world.atlas, method="weighted")
    url = f"/acme/ATL/prioritize/model/{model.uuid}"
    page = browser.get(url).content.decode()
    typed = re.findall(r'<input type="(?:text|number)" name="([^"]+)" value="([^"]*)"', page)
    data = {**fields_of(page), **dict(typed), "scale": "1-5"}
    assert (
        browser.post(f"{url}/edit", {**data, "weight-0": "3", "form_key": "a"}).status_code == 302
    )
    stale = browser.post(f"{url}/edit", {**data, "weight-0": "4", "form_key": "b"})
    assert stale.status_code == 409
    text = stale.content.decode()
    assert re.search(r"<h2>Weight 1</h2>.*<ins>3</ins>.*<ins>4</ins>", text, re.DOTALL)
    assert browser.post(f"{url}/edit", controls_of(text)).status_code == 302
    model.refresh_from_db()
    assert model.versions.get(version=model.version).formula.factors[0].weight == 4


def test_two_people_judge_different_factors_and_both_judgements_stand(world, browser):
    url, opened = judged(world, browser)
    mine, yours = {"customer_need": "4"}, {"customer_need": "", "market_demand": "2"}
    assert browser.post(url, {**opened, **mine, "form_key": "a"}).status_code == 302
    assert browser.post(url, {**opened, **yours, "form_key": "b"}).status_code == 302
    shown = browser.get(url).content.decode()
    assert 'name="was.customer_need" value="4"' in shown
    assert 'name="was.market_demand" value="2"' in shown


def test_two_judgements_of_one_factor_are_compared(world, browser):
    url, opened = judged(world, browser)
    assert browser.post(url, {**opened, "customer_need": "2", "form_key": "a"}).status_code == 302
    stale = browser.post(url, {**opened, "customer_need": "3", "form_key": "b"})
    assert stale.status_code == 409
    again = {**controls_of(stale.content.decode()), "pick.customer_need.0": "mine"}
    assert browser.post(url, again).status_code == 302
    assert 'name="was.customer_need" value="3"' in browser.get(url).content.decode()


def judged(world: Any, browser: Any) -> tuple[str, dict[str, str]]:
    """The address of the factors of an item nobody has judged yet, and what that page holds when it is opened."""
    item = item_create(
        actor=world.actor("alice"), product=world.atlas, values={"title": "Map", "type": "feature"}
    )
    url = f"{item.get_absolute_url()}/assess"
    return url, fields_of(browser.get(url).content.decode())


def fields_of(page: str) -> dict[str, str]:
    """What the hidden fields of a page hold."""
    found = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page)
    return {name: value for name, value in found if name != "csrfmiddlewaretoken"}


def value_of(browser: Any, url: str, field: str) -> str:
    """What the form of the page shows in a field now."""
    page = browser.get(url).content.decode()
    if chosen := re.search(rf'<select name="{field}".*?value="([^"]*)" selected', page, re.DOTALL):
        return chosen[1]
    if area := re.search(rf'<textarea name="{field}"[^>]*>\s*(.*?)</textarea>', page, re.DOTALL):
        return area[1]
    found = re.search(rf'<input [^>]*name="{field}"[^>]*value="([^"]*)"', page)
    return found[1] if found else ""
