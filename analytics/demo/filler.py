"""Further records up to the wanted size, made of combinations that read naturally, written month by month in bulk."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from analytics.demo.backlog import BUILDERS, EPICS, POINTS
from analytics.demo.past import Past, facts_write, records_write, rows_write
from analytics.demo.telling import BEGAN, Telling, story
from backlog.models import Assessment, BacklogItem, ScoringModel
from feedback.models import Feedback
from feedback.models.feedback import SOURCES as CHANNELS
from ideas.models import Idea, Vote
from plm.models import StageRecord
from plm.permissions import Actor
from plm.scoring.methods import RICE

MONTH = 30
FIRST = BEGAN + 40
TYPES = (("story", 62), ("task", 22), ("bug", 16))
PER_IDEA = 4
PER_FEEDBACK = 5
MOODS = ("positive", "neutral", "neutral", "negative")


class Titles:
    """Titles that have not been used yet. Another context is added as soon as the shorter ones run out."""

    def __init__(self, telling: Telling) -> None:
        self.dice, self.words, self.used = telling.dice, story("words"), set[str]()

    def item(self, type_: str) -> str:
        return self._fresh(self.words["item"][type_])

    def idea(self) -> str:
        return self._fresh(self.words["idea"]["titles"])

    def _fresh(self, patterns: list[str]) -> str:
        things, contexts = self.words["item"]["objects"], self.words["item"]["contexts"]
        title = ""
        for tries in range(30):
            thing = self.dice.choice(things)
            title = self.dice.choice(patterns).format(x=thing, X=thing[0].upper() + thing[1:])
            extra = self.dice.sample(contexts, min(3, tries // 4 + self.dice.choice((0, 1, 1))))
            title = " ".join([title, *extra])
            if title not in self.used:
                break
        self.used.add(title)
        return title


def plan_filler(telling: Telling, count: int) -> None:
    """Plan `count` further items, with ideas and feedback in proportion, spread evenly over the life of the product."""
    titles = Titles(telling)
    months = range(FIRST, -1, MONTH)
    for place, begin in enumerate(months):
        part = count * (place + 1) // len(months) - count * place // len(months)
        end = min(begin + MONTH, -1)
        if part > 0:
            telling.plan(
                telling.moment(begin, hour=6),
                lambda part=part, begin=begin, end=end: _month(telling, titles, part, begin, end),  # type: ignore[misc]
            )


def _month(telling: Telling, titles: Titles, count: int, begin: int, end: int) -> None:
    moments = sorted(telling.moment(telling.dice.uniform(begin, end)) for _ in range(count))
    facts = _items(telling, titles, moments)
    facts += _ideas(telling, titles, moments[::PER_IDEA])
    facts += _feedback(telling, titles, moments[::PER_FEEDBACK])
    facts_write(telling.workspace, facts)


def _fields(telling: Telling, at: datetime, changed: datetime, author: str) -> dict[str, Any]:
    return {
        "workspace_id": telling.workspace.pk, "product": telling.product, "created_at": at, "updated_at": changed,
        "created_by": telling.users[author],
    }  # fmt: skip


def _later(telling: Telling, at: datetime, days: float) -> datetime:
    return min(at + timedelta(days=days), telling.now - timedelta(minutes=3))


def _born(telling: Telling, record: StageRecord, author: str, *names: str) -> Past:
    """The fact that the record was made, in its first state."""
    changes = {name: (None, getattr(record, name)) for name in ("title", *names)}
    return Past(
        record.created_at, f"{record.kind}.created", telling.actors[author], record, changes
    )


def _moved(telling: Telling, record: StageRecord, author: str, old: str, at: datetime) -> Past:
    return Past(
        at, f"{record.kind}.moved", telling.actors[author], record, {"state": (old, record.state)}
    )


# --- Items ---------------------------------------------------------------------------------------
def _items(telling: Telling, titles: Titles, moments: list[datetime]) -> list[Past]:
    made = [_item(telling, titles, at) for at in moments]
    records_write([item for item, _ in made])
    facts = [_born(telling, item, author, "type", "estimate") for item, author in made]
    facts += [
        _moved(telling, item, author, "backlog", item.updated_at)
        for item, author in made
        if item.state != "backlog"
    ]
    model = ScoringModel.objects.filter(product=telling.product, method=RICE).first()
    if model is not None:
        rows_write(list(_assessments(telling, model, [item for item, _ in made])))
    return facts


def _item(telling: Telling, titles: Titles, at: datetime) -> tuple[BacklogItem, str]:
    dice = telling.dice
    type_ = dice.choices([name for name, _ in TYPES], [share for _, share in TYPES])[0]
    team = dice.choice(list(BUILDERS))
    author = BUILDERS[team]
    age = (telling.now - at).days
    done = age > 20 and dice.random() < min(0.82, 0.25 + age / 500)
    state = "done" if done else "cancelled" if age > 200 and dice.random() < 0.3 else "backlog"
    changed = at if state == "backlog" else _later(telling, at, dice.uniform(4, 45))
    started = _later(telling, at, 2) if done else None
    item = BacklogItem(
        **_fields(telling, at, changed, author), title=titles.item(type_), type=type_, state=state,
        version=1 if state == "backlog" else 2, team=telling.teams[team],
        owner=telling.users[author] if done else None, parent=telling.items[f"epic-{dice.choice(list(EPICS))}"],
        estimate=dice.choice(POINTS), priority=dice.choice(("high", "medium", "medium", "low", "none")),
        started_at=started, done_at=changed if done else None, board_order=at.timestamp(),
    )  # fmt: skip
    item.component = item.parent.component if item.parent else None
    return item, author


def _assessments(
    telling: Telling, model: ScoringModel, items: list[BacklogItem]
) -> Iterator[Assessment]:
    dice = telling.dice
    for item in items:
        if item.state != "cancelled" and dice.random() < 0.8:
            yield Assessment(
                workspace_id=item.workspace_id, product_id=item.product_id, item=item, scoring_model=model,
                v1=dice.randrange(2, 24) * 2, v2=dice.choice((0.25, 0.5, 0.5, 1.0)), v3=dice.choice((0.5, 0.8, 0.8, 1.0)),
                v4=dice.choice((0.5, 0.5, 1.0, 1.5, 2.0)), assessed_by=item.created_by, assessed_at=item.created_at,
            )  # fmt: skip


# --- Ideas and feedback --------------------------------------------------------------------------
def _ideas(telling: Telling, titles: Titles, moments: list[datetime]) -> list[Past]:
    dice = telling.dice
    made = []
    for at in moments:
        old = (telling.now - at).days > 250
        state = dice.choice(("open", "declined", "under_review")) if old else "open"
        changed = at if state == "open" else _later(telling, at, dice.uniform(10, 60))
        made.append(
            Idea(
                **{**_fields(telling, at, changed, "maren"), "created_by": dice.choice(telling.voters)}, title=titles.idea(), state=state, source="customer",
                description=dice.choice(titles.words["idea"]["reasons"]), public=dice.random() < 0.5,
                version=1 if state == "open" else 2, moved_at=None if state == "open" else changed, votes_count=min(dice.randrange(0, 9), dice.randrange(0, 14)),
            )
        )  # fmt: skip
    records_write(made)
    rows_write(
        [
            Vote(workspace_id=idea.workspace_id, idea_id=idea.pk, person=telling.voices[user.pk])
            for idea in made
            for user in dice.sample(telling.voters, idea.votes_count)
        ]
    )
    facts = [
        Past(
            idea.created_at, "idea.created", Actor(name=str(idea.created_by), user_id=idea.created_by_id), idea,
            {"title": (None, idea.title), "source": (None, idea.source)},
        )
        for idea in made
    ]  # fmt: skip
    return facts + [
        _moved(telling, idea, "maren", "open", idea.updated_at)
        for idea in made
        if idea.state != "open"
    ]


def _feedback(telling: Telling, titles: Titles, moments: list[datetime]) -> list[Past]:
    dice, words = telling.dice, titles.words
    people = list(telling.persons.values())
    made = []
    for at in moments:
        person = dice.choice(people)
        thing, context = (
            dice.choice(words["item"]["objects"]),
            dice.choice(words["item"]["contexts"]),
        )
        text = dice.choice(words["feedback"]["texts"]).format(x=thing, c=context)
        state = "new" if (telling.now - at).days < 6 else "processed"
        made.append(
            Feedback(
                **_fields(telling, at, at, "maren"), title=text.partition(".")[0].partition("?")[0][:80],
                description=text, state=state, source=dice.choice(CHANNELS[:7])[0], person=person,
                company=person.company, received_at=at, sentiment=dice.choice(MOODS), owner=telling.users["agnes"],
            )
        )  # fmt: skip
    records_write(made)
    return [_born(telling, feedback, "maren", "source") for feedback in made]
