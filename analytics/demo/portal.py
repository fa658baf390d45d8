"""What customers say on the portal: comments that the team published, and some that wait for it."""

from __future__ import annotations

from datetime import timedelta
from functools import partial

from analytics.demo.telling import Telling
from ideas.models import Idea
from ideas.services.moderation import moderation_update, portal_comment, posts_publish
from plm.models import User
from plm.selectors import actor_of

# Days ago, the idea whose title begins so, the name as it is shown, whether the team published it, what was said.
SAID = (
    (41, "Temperature log", "initial", True, "Our inspector also wants the name of whoever opened the log, and the date on every page. A PDF a month would do."),
    (33, "Charge the vans", "full", True, "We have eleven vans and one 63 A fuse. Today somebody walks around at ten in the evening and moves plugs."),
    (27, "Temperature log", "anonymous", True, "Please keep the raw figures as a spreadsheet as well."),
    (19, "Tell me when the door", "initial", True, "Two minutes is right for the shop. In the back room ten would be better, they unload there."),
    (12, "Call me when I do not", "full", True, "Twice this summer I slept through a text message. A call would have saved four thousand euros of fish."),
    (3, "Warn before the price", "initial", False, "Could it warn me through the display at the till? Nobody here looks at a phone during the day."),
    (2, "Tell me when the door", "anonymous", False, "Great idea!! Cheap sensors at www.sensors-outlet.example, write to me."),
    (1, "Water leak sensors", "full", False, "Our insurer would pay half of them. I can put you in touch."),
)  # fmt: skip


def plan_portal(telling: Telling) -> None:
    telling.plan(telling.moment(-60), partial(_rules, telling))
    for place, (ago, begin, shown_as, published, text) in enumerate(SAID):
        when = telling.moment(-ago)
        user = telling.voters[place * 7 % len(telling.voters)]
        telling.plan(when, partial(_say, telling, user, begin, shown_as, text))
        if published:
            telling.plan(when + timedelta(hours=3), partial(_publish, telling, begin))


def _rules(telling: Telling) -> None:
    moderation_update(
        actor=telling.actors["maren"], product=telling.product, version=None,
        values={"hold_first": True, "posts_per_hour": 5, "blocked_words": ["outlet", "casino"]},
    )  # fmt: skip


def _idea(telling: Telling, begin: str) -> Idea:
    idea: Idea = telling.current(telling.record(f"idea:{begin}"))
    return idea


def _say(telling: Telling, user: User, begin: str, shown_as: str, text: str) -> None:
    portal_comment(actor=actor_of(user), idea=_idea(telling, begin), body=text, shown_as=shown_as)


def _publish(telling: Telling, begin: str) -> None:
    held = _idea(telling, begin).posts.filter(kind="comment", state="held")
    posts_publish(
        actor=telling.actors["maren"], product=telling.product, posts=list(held.values_list("uuid", flat=True))
    )  # fmt: skip
