"""Two weeks at a time: the sprints of the last half year, the running one and the next."""

from __future__ import annotations

from datetime import timedelta

from analytics.demo.telling import Telling
from backlog.services.sprints import sprint_create, sprint_move, wip_limits_set

# The newest last: the goal of the sprint that is planned next.
GOALS = (
    "Alarm groups reach every customer",
    "Codes on type plates can be scanned in bad light",
    "The audit log survives the auditor",
    "Yesterday's forecast says how good it was",
    "A rota that can be swapped from the phone",
    "Forecasts for a hundred sites by six in the evening",
    "First signed webhook at a customer",
    "Quiet hours for everybody",
    "Webhooks try again for three days",
    "Vans in the yard can be seen and paused",
    "The plan of the night respects the peak",
    "Fair comparison of shops, corrected areas",
    "Second person is called after ten minutes",
    "Trial yards run a week without us",
    "Photo checklist for all electricians",
)
FIRST_NUMBER = 38
LIMITS = {"in_progress": (14, False), "in_review": (8, False)}


def plan_sprints(telling: Telling) -> None:
    """The running sprint began last Monday but one or last Monday; it ends next Sunday at the latest."""
    monday = telling.today - timedelta(days=telling.today.weekday() + 7)
    running = len(GOALS) - 2
    for place, goal in enumerate(GOALS):
        first = (monday - telling.today).days + 14 * (place - running)
        _plan_one(telling, FIRST_NUMBER + place, goal, first, is_next=place > running)
    telling.plan(
        telling.moment(-150),
        lambda: wip_limits_set(
            actor=telling.actors["maren"], product=telling.product, limits=LIMITS
        ),
    )


def _plan_one(telling: Telling, number: int, goal: str, first: int, *, is_next: bool) -> None:
    actor = telling.actors["maren"]
    place = len(telling.sprints)
    telling.sprints.append(None)  # type: ignore[arg-type]  # filled when it is created

    def create() -> None:
        values = {
            "title": f"Sprint {number}", "description": goal, "capacity": 48,
            "starts_on": telling.day(first), "ends_on": telling.day(first + 13),
            "owner": telling.users["maren"],
        }  # fmt: skip
        telling.sprints[place] = sprint_create(actor=actor, product=telling.product, values=values)

    def move(state: str) -> None:
        sprint_move(telling.current(telling.sprints[place]), actor=actor, state=state)

    telling.plan(telling.moment(min(first - 4, -1), hour=10), create)
    if not is_next:
        telling.plan(telling.moment(first, hour=7), lambda: move("active"))
    if first + 13 < 0:
        # On the Friday, before the next one begins on Monday.
        telling.plan(telling.moment(first + 11, hour=17.5), lambda: move("completed"))
