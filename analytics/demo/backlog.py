"""Epics, features and what is built below them, along the days that the story gives each feature."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from analytics.demo.ideas import ideas_begun, ideas_shipped
from analytics.demo.telling import BEGAN, Telling, story
from backlog.models import BacklogItem, Sprint
from backlog.services.items import item_create, item_move, item_update
from backlog.services.promotion import feature_from_ideas, ideas_add
from plm.models import User
from plm.permissions import Actor
from plm.services.hierarchy import component_create
from plm.services.notes import relation_add

EPICS = {
    "insight": ("See what a site does", "Live and past figures that people trust and look at."),
    "commissioning": ("Live in one visit", "From the closed fuse box to the first reading, without coming back."),
    "alarms": ("Alarms worth getting up for", "Few, true, and to the right person."),
    "peaks": ("Lower peaks and cheaper hours", "Move load that can wait, never at the cost of goods."),
    "partners": ("Tarn as a building block", "Readings and alarms for the programs of others."),
    "chains": ("Ready for chains", "What sixty shops under one roof need, from sign-in to budgets."),
}  # fmt: skip
COMPONENTS = {
    "insight": "Dashboards", "commissioning": "Gateway", "alarms": "Alarms", "peaks": "Load control",
    "partners": "Open interface", "chains": "Accounts and rights",
}  # fmt: skip
OWNERS = {
    "insight": "maren", "commissioning": "hanne", "alarms": "maren", "peaks": "maren",
    "partners": "hanne", "chains": "hanne",
}  # fmt: skip
BUILDERS = {"Devices": "tomas", "Control": "jonas", "Insight": "luca", "Platform": "jonas"}
POINTS = (1, 1, 2, 2, 3, 3, 5, 8)
RISKS = ("Low", "Low", "Medium", "High")
BLOCKING = ("Agree limits with the first maker", "Ageing of the battery has a price")
LATE = "Photos lie on their side on some phones"
PROMISED = {"region", "ev", "escalate"}


@dataclass(frozen=True, slots=True)
class Piece:
    """A story, task or bug of a feature, with the days on which it is begun and done. Not dated: not begun."""

    feature: str
    title: str
    type: str
    created: float
    begins: float | None
    ends: float | None
    points: int

    @property
    def state(self) -> str:
        if self.begins is None or self.ends is None or self.begins >= 0:
            return "backlog"
        if self.ends < 0:
            return "done"
        passed = -self.begins / (self.ends - self.begins)
        return "in_review" if passed > 0.7 else "in_progress"


def plan_items(telling: Telling) -> int:
    """Plan the hand-written backlog, cut to the wanted size but never without its features; how many items it has."""
    rows = story("features")["feature"]
    telling.features = {row["key"]: row for row in rows}
    for place, row in enumerate(rows):
        row["begun"], row["created"] = row.get("from"), _created(row, place)
    for key in EPICS:
        telling.plan(telling.moment(BEGAN + 2), lambda key=key: _epic(telling, key))  # type: ignore[misc]
    for row in rows:
        _plan_feature(telling, row)
    pieces = [p for row in rows for p in (*_pieces(telling, row), *_recent(telling, row))]
    chosen = _chosen(pieces, max(9, telling.size - len(EPICS) - len(rows)))
    for piece in chosen:
        _plan_piece(telling, piece)
    telling.plan(telling.moment(-3), lambda: _troubles(telling))
    return len(EPICS) + len(rows) + len(chosen)


def _troubles(telling: Telling) -> None:
    """One thing waits for another, and one is late: what a Monday looks like."""
    items = BacklogItem.objects.with_people().filter(product=telling.product)
    found = {item.title: item for item in items.filter(title__in=(*BLOCKING, LATE))}
    actor = telling.actors["maren"]
    if LATE in found:
        item_update(
            actor=actor, record=found[LATE], version=None, values={"due_on": telling.day(-1)}
        )
    if all(title in found for title in BLOCKING):
        source, target = (found[title] for title in BLOCKING)
        relation_add(actor=actor, source=source, target=target, type="blocks")


def _created(row: dict[str, Any], place: int) -> float:
    """The day on which the feature was written down: some weeks before its work, and after its ideas."""
    if "created" in row:
        return float(row["created"])
    ideas = [idea["ago"] for idea in _wishes(row)]
    if row.get("from", 1) < -20:
        return float(max(row["from"] - 25.0, BEGAN + 6))
    return -0.6 * min(ideas) if ideas else -40.0 - place


def _wishes(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The ideas that the feature came from, as the story has them."""
    return [idea for idea in story("ideas")["idea"] if row["key"] in idea.get("into", [])]


def _add(telling: Telling, row: dict[str, Any], wish: dict[str, Any]) -> None:
    ideas_add(
        actor=telling.actors[OWNERS[row["epic"]]], item=telling.current(telling.items[row["key"]]),
        ideas=[telling.ideas[wish["title"]]], reason="Asks for the same thing",
    )  # fmt: skip


def _epic(telling: Telling, key: str) -> None:
    title, text = EPICS[key]
    values = {
        "title": title,
        "type": "epic",
        "description": text,
        "owner": telling.users[OWNERS[key]],
        "component": component_create(
            actor=telling.actors["maren"], product=telling.product, name=COMPONENTS[key]
        ),
    }
    made = item_create(actor=telling.actors["maren"], product=telling.product, values=values)
    telling.items[f"epic-{key}"] = item_move(
        made, actor=telling.actors["maren"], state="in_progress"
    )


def _plan_feature(telling: Telling, row: dict[str, Any]) -> None:
    telling.plan(telling.moment(row["created"]), lambda: _feature(telling, row))
    for wish in _wishes(row):
        if -wish["ago"] > row["created"]:
            telling.plan(telling.moment(4 - wish["ago"]), lambda w=wish: _add(telling, row, w))  # type: ignore[misc]
    begins, ends = row.get("from"), row.get("to", 0)
    if begins is None or begins >= 0:
        if begins is not None and begins < 40:
            _plan_move(telling, row, -12, "todo")
        return
    _plan_move(telling, row, begins, "in_progress")
    telling.plan(telling.moment(begins), lambda: ideas_begun(telling, row["key"]))
    if ends < 0:
        _plan_move(telling, row, ends - 6, "in_review")
        _plan_move(telling, row, ends, "done")


def _plan_move(telling: Telling, row: dict[str, Any], offset: float, state: str) -> None:
    def move() -> None:
        item = telling.current(telling.items[row["key"]])
        item_move(item, actor=telling.actors[OWNERS[row["epic"]]], state=state)
        if state == "done":
            ideas_shipped(telling)

    telling.plan(telling.moment(offset), move)


def _feature(telling: Telling, row: dict[str, Any]) -> None:
    owner, epic = OWNERS[row["epic"]], telling.items[f"epic-{row['epic']}"]
    values = {
        "title": row["title"], "type": "feature", "description": row["text"], "owner": telling.users[owner],
        "parent": epic, "component": epic.component, "team": telling.teams[row["team"]],
        "priority": "urgent" if row["key"] in PROMISED else telling.dice.choice(("high", "medium", "medium", "low")),
        "due_on": telling.day(row["to"]) if "to" in row else None,
    }  # fmt: skip
    wished = [telling.ideas[i["title"]] for i in _wishes(row) if i["title"] in telling.ideas]
    actor = telling.actors[owner]
    if wished:
        item = feature_from_ideas(actor=actor, product=telling.product, ideas=wished, values=values)
    else:
        item = item_create(actor=actor, product=telling.product, values=values)
    custom = {"risk": telling.dice.choice(RISKS), "promised_to_a_customer": row["key"] in PROMISED}
    telling.items[row["key"]] = item_update(
        actor=actor, record=item, version=None, values={}, tags=[row["epic"]], custom=custom
    )


def _pieces(telling: Telling, row: dict[str, Any]) -> Iterator[Piece]:
    """What is built for a feature, one after the other over its days, the last one up to its end."""
    titles = row["stories"]
    begins, ends = row.get("from"), row.get("to")
    for place, text in enumerate(titles):
        prefix, _, rest = text.partition(":")
        type_ = {"t": "task", "b": "bug"}.get(prefix, "story")
        title = text if type_ == "story" else rest
        first = last = None
        if begins is not None and ends is not None:
            step = (ends - begins - 4) / len(titles)
            first = begins + 1 + place * step
            last = min(first + step * 1.3, ends - 1)
        created = row["created"] + 4 + place * 0.4
        if type_ == "bug" and first is not None:
            created = min(first - 2, -2)
        points = telling.dice.choice(POINTS)
        yield Piece(row["key"], title, type_, max(created, row["created"]), first, last, points)


def _recent(telling: Telling, row: dict[str, Any]) -> Iterator[Piece]:
    """Small things beside the plan that were done within the running sprint."""
    for place, text in enumerate(row.get("recent", ())):
        prefix, _, rest = text.partition(":")
        type_ = {"t": "task", "b": "bug"}.get(prefix, "story")
        title = text if type_ == "story" else rest
        points = telling.dice.choice((1, 2, 3))
        ended = -1.0 - (len(title) + place) % 4
        yield Piece(row["key"], title, type_, -14.0 - place, -7.0 + place, min(ended, -1.0), points)


def _chosen(pieces: list[Piece], most: int) -> list[Piece]:
    """If there is no room for all, those nearest to today."""

    def distance(piece: Piece) -> float:
        return 500.0 if piece.begins is None else abs(piece.begins)

    return sorted(pieces, key=distance)[:most]


def _plan_piece(telling: Telling, piece: Piece) -> None:
    actor = telling.actors[BUILDERS[telling.features[piece.feature]["team"]]]
    found: list[BacklogItem] = []

    def create() -> None:
        found.append(_piece(telling, piece, actor))

    def move(state: str) -> None:
        item_move(telling.current(found[0]), actor=actor, state=state)

    def into_sprint(state: str) -> None:
        sprint = Sprint.objects.active().filter(product=telling.product).first()
        item_update(
            actor=actor,
            record=telling.current(found[0]),
            version=None,
            values={"state": state, "sprint": sprint},
        )

    begins, ends = piece.begins, piece.ends
    if begins is None or ends is None or begins >= 30:
        telling.plan(telling.moment(piece.created), create)
    elif begins >= 0:
        first, second = telling.chain(piece.created, -4)
        telling.plan(first, create)
        telling.plan(second, lambda: into_sprint("todo") if begins < 9 else move("todo"))
    else:
        is_done = piece.state == "done"
        first, second, third = telling.chain(
            piece.created, begins if is_done else max(begins, -6), ends if is_done else -1
        )
        telling.plan(first, create)
        telling.plan(second, lambda: move("in_progress") if is_done else into_sprint("in_progress"))
        if is_done:
            telling.plan(third, lambda: into_sprint("done"))
        elif piece.state == "in_review":
            telling.plan(third, lambda: move("in_review"))


def _piece(telling: Telling, piece: Piece, actor: Actor) -> BacklogItem:
    feature = telling.items[piece.feature]
    values = {
        "title": piece.title, "type": piece.type, "parent": feature, "component": feature.component, "team": feature.team, "estimate": piece.points,
        "owner": None if piece.state == "backlog" else _builder(telling, piece),
    }  # fmt: skip
    return item_create(actor=actor, product=telling.product, values=values)


def _builder(telling: Telling, piece: Piece) -> User:
    return telling.users[BUILDERS[telling.features[piece.feature]["team"]]]
