"""Ending a product, and what becomes of its open ideas."""

from __future__ import annotations

from datetime import date

from roadmap.selectors.redirecting import redirection_of
from roadmap.selectors.sunset import sunset_of
from roadmap.services.lifecycle import sunset_update
from roadmap.services.redirecting import ideas_redirect

PAGE, API = "/acme/ATL/plan/sunset/ideas", "/api/v1/products/ATL/sunset/ideas/"
DAYS = {"notice_on": date(2027, 1, 1), "final_on": date(2027, 12, 31)}
WORD, WHY = "Atlas ends. Your idea goes on with Boreas.", "Boreas does it all"


def planned(world, successor):
    values = {"reason": "Nobody pays for it", **DAYS, "successor": successor}
    actor = world.actor("alice")
    sunset_update(actor=actor, product=world.atlas, item=None, version=None, values=values)


def seen(world, who="alice"):
    actor = world.actor(who)
    return redirection_of(actor, world.atlas, sunset_of(actor, world.atlas, None))


def redirect(world, who="alice", **given):
    given = {"word": WORD, "reason": WHY, **given}
    given.setdefault("seen", seen(world, who).seen)
    ideas_redirect(actor=world.actor(who), product=world.atlas, **given)
