"""Vision, goals with their readings, releases, milestones, places on the roadmap, and a link for the board."""

from __future__ import annotations

from datetime import date, timedelta
from functools import partial
from typing import Any

from analytics.demo.ideas import ideas_shipped
from analytics.demo.telling import BEGAN, Telling, story
from plm.models import Team
from plm.services.notes import relation_add
from plm.services.records import record_move
from roadmap.models import KeyResult, Milestone, Release, Share
from roadmap.selectors.capacity import open_releases, plan_inputs
from roadmap.selectors.shared import shared_view
from roadmap.services.capacity import capacities_set
from roadmap.services.contributions import contribution_set
from roadmap.services.ledger import shown_note
from roadmap.services.objectives import key_result_check_in, key_result_create, objective_create
from roadmap.services.placements import placement_set
from roadmap.services.releases import milestone_create, release_create, release_update
from roadmap.services.shares import share_create
from roadmap.services.strategy import canvas_update, persona_create
from roadmap.services.visions import vision_update

NEXT_RELEASE = 8
"""Which of the names is the one of the release that goes out next."""
COMMITTED = {"region", "ev", "escalate", "checklist"}
EXPLORING = {"flex", "quotes", "voice", "compressor", "whitelabel"}
CAPACITIES = (6.0, 4.0, 8.0)
"""Person-months of a team in a release, in turns."""
BLOCKS = (
    ("battery", "flex"), ("checklist", "offline"), ("offline", "quotes"), ("escalate", "cause"), ("region", "carbon"),
)  # fmt: skip
"""What has to end before something else begins. Three weeks for the warranty of the battery break the first of them."""
LATE = (0, 11, 0, 34, 0, 4, 0, 62, 0, 19)
"""By so many days features came later than planned, in turns; at most half of the time that their work took."""
OUTSIDE = {
    "battery": (
        "A battery that pays for itself",
        "Bought or rented; Tarn decides when to charge it.",
    ),
    "escalate": ("Alarms that find somebody", ""),
}
"""Titles and notes for readers outside."""
HEALTH = {
    "battery": ("at_risk", "The warranty is with the maker's lawyers; we build what does not depend on it."),
    "ev": ("on_track", "Two of three chargers answer; the third comes with the next firmware."),
    "escalate": ("on_track", ""), "region": ("on_track", ""),
}  # fmt: skip
ALSO = {"battery": {"next": 40}, "ev": {"partners": 20}, "cause": {"onevisit": 25}}
"""Percent of the work that serves other goals than that of the place."""


def plan_roadmap(telling: Telling) -> None:
    actor = telling.actors["maren"]
    telling.plan(
        telling.moment(BEGAN + 1),
        lambda: vision_update(
            actor=actor, product=telling.product, version=None, values=story("plan")["vision"]
        ),
    )
    _plan_strategy(telling)
    for row in story("plan")["goal"]:
        _plan_goal(telling, row)
    for row in story("plan")["milestone"]:
        _plan_milestone(telling, row)
    _plan_releases(telling)
    for key in telling.features:
        _plan_place(telling, key)
    telling.plan(telling.moment(-15), lambda: _blocks(telling))
    telling.plan(telling.moment(-6), lambda: _also(telling))
    telling.plan(telling.moment(-20), lambda: _share(telling))
    for day in (-19, -11, -1):
        telling.plan(telling.moment(day, hour=18), lambda: _looks(telling))
    telling.plan(telling.moment(-1, hour=16), lambda: _capacities(telling))


def _blocks(telling: Telling) -> None:
    for pair in BLOCKS:
        source, target = (telling.current(telling.items[key]) for key in pair)
        relation_add(actor=telling.actors["maren"], source=source, target=target, type="blocks")


def _plan_strategy(telling: Telling) -> None:
    """Canvases, and whom the product is for."""
    actor, product = telling.actors["maren"], telling.product

    def fill(name: str, boxes: dict[str, str]) -> None:
        canvas_update(actor=actor, product=product, type=name, version=None, boxes=boxes)

    def describe() -> None:
        for row in story("plan")["persona"]:
            values = {**row, "owner": telling.users["maren"]}
            persona_create(actor=actor, product=product, values=values)

    for place, (name, boxes) in enumerate(story("plan")["canvas"].items()):
        telling.plan(telling.moment(BEGAN + 6 + 30 * place), partial(fill, name, boxes))
    telling.plan(telling.moment(BEGAN + 9), describe)


def _capacities(telling: Telling) -> None:
    """What each team has left for the releases to come."""
    actor, product = telling.actors["maren"], telling.product
    coming = [r for r in open_releases(product) if r.release_on is not None][:4]
    amounts: dict[tuple[Team, Release], float | None] = {
        (team, release): CAPACITIES[(row + at) % len(CAPACITIES)]
        for row, team in enumerate(telling.teams.values())
        for at, release in enumerate(coming)
    }
    inputs = plan_inputs(product)
    capacities_set(
        actor=actor, product=product, version=None, values={}, amounts=amounts,
        unit=inputs.unit if inputs else "",
    )  # fmt: skip


def cycle_of(today: date, year: int) -> tuple[date, date, str]:
    """(first day, last day, name) of a cycle of four quarters. The one of `year` 0 ends with the running quarter."""
    quarter = today.year * 4 + (today.month - 1) // 3 + 4 * year
    first, after = quarter - 3, quarter + 1
    begin = date(first // 4, first % 4 * 3 + 1, 1)
    end = date(after // 4, after % 4 * 3 + 1, 1) - timedelta(days=1)
    name = (
        str(begin.year)
        if begin.month == 1
        else f"Q{first % 4 + 1} {begin.year} to Q{quarter % 4 + 1} {end.year}"
    )
    return begin, end, name


def _plan_goal(telling: Telling, row: dict[str, Any]) -> None:
    begin, end, period = cycle_of(telling.today, row["year"])
    first = max((begin - telling.today).days, BEGAN + 8)
    actor = telling.actors["maren"]
    results: list[KeyResult] = []

    def create() -> None:
        values = {
            "title": row["title"], "description": row["text"], "hue": row["hue"], "period": period,
            "starts_on": begin, "ends_on": end, "weight": row.get("weight", 1.0), "cycle": 3 + row["year"],
            "target_share": row.get("share"),
            "owner": telling.users["maren"], "state": "planned" if row["year"] > 0 else "active",
        }  # fmt: skip
        goal = objective_create(actor=actor, product=telling.product, values=values)
        telling.goals[row["key"]] = goal
        for place, (title, unit, start, target, _, weight) in enumerate(row["results"]):
            given = {
                "title": f"{title} from {start:g} to {target:g}{'' if unit == '%' else ' '}{unit}",
                "objective": goal, "metric": title, "unit": unit, "start": start, "target": target,
                "weight": weight, "owner": telling.users["agnes"],
                "due_on": end - timedelta(days=30) if place else None,
            }  # fmt: skip
            results.append(key_result_create(actor=actor, product=telling.product, values=given))

    created = min(first - 12, -30) if row["year"] else first - 12
    telling.plan(telling.moment(max(created, BEGAN + 4)), create)
    if row["year"] <= 0:
        _plan_readings(telling, row, results, first, min((end - telling.today).days, -1))
    if row["year"] < 0:
        over = telling.moment((end - telling.today).days + 4)
        telling.plan(over, lambda: _close(telling, row, results))


def _plan_readings(
    telling: Telling, row: dict[str, Any], results: list[KeyResult], first: int, last: int
) -> None:
    """One reading a month, on its way from the start to what has been reached, not in a straight line."""
    count = max(2, (last - first) // 30)
    for place in range(1, count + 1):
        share = place / count
        wobble = telling.dice.uniform(-0.06, 0.06) if place < count else 0.0
        offset = first + (last - first) * share - 3

        def read(share: float = share, wobble: float = wobble) -> None:
            for result, (_, _, start, target, reached, _) in zip(
                results, row["results"], strict=True
            ):
                way = reached * (share**1.3 + wobble * share)
                value = start + (target - start) * way
                digits = 1 if abs(target - start) < 12 else 0
                key_result_check_in(
                    actor=telling.actors["luca"], key_result=result, value=round(value, digits),
                    confidence=min(95, max(15, int(100 * reached * (0.75 + share / 5)))),
                )  # fmt: skip

        telling.plan(telling.moment(min(offset, -1)), read)


def _close(telling: Telling, row: dict[str, Any], results: list[KeyResult]) -> None:
    actor = telling.actors["maren"]
    for result, (_, _, _, _, reached, _) in zip(results, row["results"], strict=True):
        state = "reached" if reached >= 1 else "missed"
        record_move(telling.current(result), actor=actor, state=state)
    goal = telling.current(telling.goals[row["key"]])
    record_move(goal, actor=actor, state=row["state"], reason=row["text"])


def _plan_milestone(telling: Telling, row: dict[str, Any]) -> None:
    on = telling.day(row["at"])
    past = row["at"] < 0

    def create() -> None:
        values = {
            "title": row["title"],
            "on": on,
            "type": row["type"],
            "owner": telling.users["maren"],
        }
        milestone_create(actor=telling.actors["maren"], product=telling.product, values=values)

    telling.plan(telling.moment(min(row["at"] - 90, -14)), create)
    if past:
        telling.plan(telling.moment(row["at"], hour=17), lambda: _reach(telling, row["title"]))


def _reach(telling: Telling, title: str) -> None:
    found = Milestone.objects.with_people().get(product=telling.product, title=title)
    record_move(found, actor=telling.actors["maren"], state="reached")


# --- Releases ------------------------------------------------------------------------------------
def release_days(telling: Telling) -> list[tuple[str, date]]:
    """Name and day of the releases: the middle of the last month of each quarter, a Tuesday."""
    names = story("plan")["releases"]["names"]
    year = telling.today.year
    every = [
        _tuesday(date(y, month, 1)) for y in range(year - 3, year + 4) for month in (3, 6, 9, 12)
    ]
    upcoming = next(place for place, day in enumerate(every) if day >= telling.today)
    earliest = telling.day(BEGAN + 20)
    return [
        (f"{day.year}.{day.month // 3} {names[place - upcoming + NEXT_RELEASE]}", day)
        for place, day in enumerate(every)
        if 0 <= place - upcoming + NEXT_RELEASE < len(names) and day > earliest
    ]


def _tuesday(first: date) -> date:
    middle = first + timedelta(days=14)
    return middle + timedelta(days=(1 - middle.weekday()) % 7)


def _plan_releases(telling: Telling) -> None:
    for place, (title, day) in enumerate(release_days(telling)):
        offset = (day - telling.today).days
        _plan_release(telling, place, title, day, offset)


def _plan_release(telling: Telling, place: int, title: str, day: date, offset: int) -> None:
    actor = telling.actors["maren"]
    telling.releases.append(None)  # type: ignore[arg-type]  # filled when it is created

    def create() -> None:
        values = {
            "title": title, "cycle_begins": day - timedelta(days=91), "release_on": day,
            "freeze_on": day - timedelta(days=9), "owner": telling.users["hanne"],
        }  # fmt: skip
        telling.releases[place] = release_create(
            actor=actor, product=telling.product, values=values
        )

    def move(state: str) -> None:
        release_update(
            actor=actor, record=telling.current(telling.releases[place]), version=None, values={"state": state}
        )  # fmt: skip
        ideas_shipped(telling)

    # All that is planned within a year stands on the plan; the first ones are as old as the product.
    telling.plan(telling.moment(max(min(offset - 280, -30), BEGAN + 3), hour=9), create)
    if offset - 91 < 0:
        telling.plan(
            telling.moment(max(offset - 90, BEGAN + 5), hour=9), lambda: move("in_progress")
        )
    if offset < 0:
        telling.plan(telling.moment(offset, hour=15), lambda: move("released"))


# --- Places --------------------------------------------------------------------------------------
def _plan_place(telling: Telling, key: str) -> None:
    row = telling.features[key]
    actor = telling.actors["maren"]
    slip = 21 if key == "battery" else _late(telling, key)

    def place() -> None:
        begins, ends = row.get("from"), row.get("to", 0)
        values: dict[str, Any] = {
            "objective": telling.goals.get(row["goal"]),
            "bucket": "later" if begins is None or begins > 75 else "next",
            "commitment": "committed" if key in COMMITTED else "exploring" if key in EXPLORING else "planned",
            "hidden": key == "quotes",
        }  # fmt: skip
        if key in OUTSIDE:
            values["public_title"], values["public_note"] = OUTSIDE[key]
        if begins is not None:
            values |= {"starts_on": telling.day(begins), "ends_on": telling.day(ends - slip)}
            values["release"] = _release_for(telling, ends - slip)
        placement_set(actor=actor, item=telling.current(telling.items[key]), values=values)

    def change(reason: str, **values: Any) -> None:
        placement_set(
            actor=actor, item=telling.current(telling.items[key]), values=values, reason=reason
        )

    created = max(row["created"] + 5, _goal_begins(telling, row["goal"]))
    telling.plan(telling.moment(min(created, -8)), place)
    if row.get("from", 1) < 0:
        telling.plan(
            telling.moment(max(row["from"], created + 1)), lambda: change("", bucket="now")
        )
    if key in HEALTH:
        telling.plan(
            telling.moment(-10),
            lambda: change("", health=HEALTH[key][0], health_note=HEALTH[key][1]),
        )
    if slip and row["to"] >= 0:
        end = row["to"]
        telling.plan(
            telling.moment(-12, hour=15),
            lambda: change(
                "The maker's lawyers need three weeks for the warranty", ends_on=telling.day(end),
                release=_release_for(telling, end),
            ),
        )  # fmt: skip


def _late(telling: Telling, key: str) -> int:
    """By how many days a finished feature came later than planned."""
    row = telling.features[key]
    if row.get("to", 0) >= 0:
        return 0
    place = list(telling.features).index(key)
    return int(min(LATE[place % len(LATE)], (row["to"] - row["from"]) // 2))


def _also(telling: Telling) -> None:
    """What a few items do for other goals than that of their place."""
    for key, goals in ALSO.items():
        item = telling.current(telling.items[key])
        for goal, percent in goals.items():
            contribution_set(
                actor=telling.actors["maren"], item=item, objective=telling.goals[goal], percent=percent
            )  # fmt: skip


def _goal_begins(telling: Telling, key: str) -> float:
    """A place names its goal, so it is made after the goal; older features are placed when the goal is."""
    year = next(row["year"] for row in story("plan")["goal"] if row["key"] == key)
    begin = cycle_of(telling.today, year)[0]
    return max((begin - telling.today).days, BEGAN + 8) - 9.0


def _release_for(telling: Telling, offset: float) -> Any:
    """The first release after the day, among those that are on the plan already."""
    day = telling.day(offset)
    releases: list[Any] = telling.releases
    return next((known for known in releases if known and known.release_on >= day), None)


def _share(telling: Telling) -> None:
    _, telling.share_secret = share_create(
        actor=telling.actors["maren"], product=telling.product, name="Board and investors", days=365
    )
    share_create(
        actor=telling.actors["maren"], product=telling.product, name="Customers", days=365, view="board", grain="quarter",
        show=["dates", "goal", "note"], published=True,
    )  # fmt: skip


def _looks(telling: Telling) -> None:
    """Somebody of each audience opens their view."""
    for share in Share.objects.select_related("product__workspace").filter(product=telling.product):
        shown_note(share=share, view=shared_view(share))
