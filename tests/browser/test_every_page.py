"""Every page in a real browser: no barrier, no refused script or style, no error, nothing that scrolls sideways."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from backlog.models import BacklogItem
from plm.models import User
from plm.permissions import Role
from plm.selectors import actor_of
from plm.services.members import invitation_create
from roadmap.services.shares import share_create
from tests.browser.conftest import CAST
from tests.browser.pages import every_page
from tests.browser.rounds import round_addresses
from tests.browser.walk import Address, State, Walk

pytestmark = [
    pytest.mark.browser,
    pytest.mark.timeout(900),
    pytest.mark.once,  # looks; the trips through the browser run on both databases
]

# Contrast depends on the theme and order on the size: those with axe see both of each. How wide a page is does not
# depend on its colours.
STATES = [State("desktop", "light", axe=True), State("phone", "dark", axe=True)]


@pytest.fixture(scope="module")
def addresses(demo):
    """The pages of the demo, with those that only a secret opens."""
    admin = actor_of(User.objects.get(email=CAST["admin"]))
    shares = [
        share_create(actor=admin, product=demo, name=f"For the {view}", view=view)[1]
        for view in ("timeline", "board")
    ]
    _, invitation = invitation_create(
        actor=admin, workspace=demo.workspace, email="new@tarn.example", role=Role.CONTRIBUTOR
    )
    pages = every_page(demo)
    pages += round_addresses(demo, actor_of(User.objects.get(email=CAST["manager"])))
    pages += [Address("share", f"/share/{secret}/", "nobody") for secret in shares]
    return [*pages, Address("invitation", f"/invite/{invitation}", "nobody")]


def test_every_page_is_fit_to_use(browser, site, addresses):
    walk = Walk(browser, site.url, STATES[0], site.enter, also=STATES[1:])
    try:
        faults = walk.faults(addresses)
    finally:
        walk.close()
    assert not faults, "\n".join(faults)
    assert walk.opened == len(addresses)


def test_a_stale_save_shows_both_texts_on_a_page_that_is_fit_to_use(browser, site, demo):
    item = BacklogItem.objects.filter(product=demo, archived_at=None).earliest("number")
    for state in STATES:
        walk = Walk(browser, site.url, state, site.enter)
        page = walk.page_for("manager")
        answer = page.goto(f"{site.url}{item.get_absolute_url()}/edit")
        assert answer.status == 200, page.locator("body").inner_text()
        BacklogItem.objects.filter(pk=item.pk).update(
            version=item.version + 1, updated_at=timezone.now() - timedelta(minutes=1)
        )
        item.refresh_from_db()
        page.locator("input[name=title]").fill("Mine, typed too late")
        page.get_by_role("button", name="Save changes").click()
        expect(page.get_by_role("heading", level=1)).to_have_text("Put both together")
        expect(page.locator("input[name=title]")).to_have_value("Mine, typed too late")
        assert not walk.judged(page)
        walk.close()
