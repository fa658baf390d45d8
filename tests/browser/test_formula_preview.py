"""A formula is judged while it is typed, before anything is saved."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from backlog.services.scoring_models import scoring_model_create
from plm.permissions import Role
from plm.selectors import actor_of
from tests.make import make_item
from tests.world import make_product, make_workspace

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300), pytest.mark.once]


def test_the_place_of_an_error_and_the_scores_as_written_stand_below_the_formula(page_of, site):
    workspace, people = make_workspace("formulas", vera=Role.MANAGER)
    product, vera = make_product(workspace, "FML"), actor_of(people["vera"])
    make_item(vera, product, "Sails")
    site.work()
    model = scoring_model_create(actor=vera, product=product, name="Ours", method="formula")
    page = page_of("vera@example.com")
    page.goto(f"{product.get_absolute_url()}prioritize/model/{model.uuid}")
    preview = page.locator("#preview")
    expect(preview).to_contain_text("Value has no value")
    page.locator("[name=formula]").fill("value * 2 / effrt")
    expect(preview).to_contain_text("Did you mean effort?")
    expect(preview.locator("mark")).to_have_text("effrt")
    page.locator("[name=formula]").fill("value * 2 / effort")
    expect(preview).to_contain_text("value × 2 ÷ effort")
    assert model.versions.count() == 1
