"""Ideas, the votes for them, and what became of those that did not become features."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from analytics.demo.past import Past, facts_write
from analytics.demo.telling import Telling, story
from ideas.models import Idea, Person, Vote
from ideas.services.ideas import idea_create, idea_update
from ideas.services.portal import response_set
from plm.models import Job, User
from plm.permissions import Actor
from plm.runner import DUE, run_job
from plm.services.notes import relation_add
from plm.services.records import record_move

SOURCE_TAGS = {
    "peak": ("peak", "kW", "cheap hours"), "alarms": ("alarm", "message", "Call me", "on-call"),
    "installation": ("meter", "clamp", "fuse box", "cellar"), "chains": ("shops", "company account", "Compare"),
    "charging": ("van", "charging"), "reports": ("report", "bill", "figures", "PDF"),
}  # fmt: skip
TYPE_OF_SOURCE = {
    "customer": "problem",
    "stakeholder": "solution",
    "expert": "insight",
    "market_research": "opportunity",
    "team": "solution",
}
WAVES = (0.9, 0.65, 0.4)
AUTHORS = {
    "customer": "agnes",
    "stakeholder": "priya",
    "expert": "luca",
    "market_research": "hanne",
    "team": "jonas",
}


def plan_ideas(telling: Telling) -> None:
    for row in story("ideas")["idea"]:
        born, *waves = telling.chain(-row["ago"], *(-row["ago"] * share for share in WAVES))
        telling.plan(born, lambda row=row: _write(telling, row))  # type: ignore[misc]
        _plan_votes(telling, row, waves)
        if not row.get("into") and row.get("state"):
            when = telling.moment(-row["ago"] * 0.6)
            telling.plan(when, lambda row=row: _decide(telling, row))  # type: ignore[misc]


def _write(telling: Telling, row: dict[str, Any]) -> None:
    text = f"{row['title']} {row['text']}"
    tags = [tag for tag, words in SOURCE_TAGS.items() if any(w in text for w in words)]
    values = {
        "title": row["title"], "description": row["text"], "source": row["source"],
        "public": row["public"], "board": next((telling.boards[t] for t in tags if t in telling.boards), None),
        "type": TYPE_OF_SOURCE[row["source"]], "owner": telling.users["hanne" if "installation" in tags else "maren"],
    }  # fmt: skip
    custom = {"segment": _segment(row)} if row["source"] == "customer" else {}
    telling.ideas[row["title"]] = idea_create(
        actor=telling.actors[AUTHORS[row["source"]]], product=telling.product, values=values,
        tags=tags, custom=custom,
    )  # fmt: skip


def _segment(row: dict[str, Any]) -> str:
    found = {
        "Bakery": ("bake", "oven", "dough"), "Logistics": ("van",), "Hotel": ("hotel",),
        "Electrician": ("meter", "clamp", "stairs"), "Cold storage": ("cold room", "freezer", "Freezer"),
    }  # fmt: skip
    text = f"{row['title']} {row['text']}"
    return next((s for s, words in found.items() if any(w in text for w in words)), "Food retail")


def _plan_votes(telling: Telling, row: dict[str, Any], waves: list[datetime]) -> None:
    """In three waves between the day of the idea and today, most of them early."""
    people = telling.dice.sample(telling.voters, min(row["votes"], len(telling.voters)))
    cuts = (0, len(people) * 5 // 10, len(people) * 8 // 10, len(people))
    for wave, when in enumerate(waves):
        part = people[cuts[wave] : cuts[wave + 1]]
        telling.plan(when, lambda p=part, w=when, r=row: _vote(telling, r, p, w))  # type: ignore[misc]


def _vote(telling: Telling, row: dict[str, Any], people: list[User], when: datetime) -> None:
    idea = telling.ideas[row["title"]]
    before = Vote.objects.filter(idea=idea).count()
    votes_add(idea, [telling.voices[user.pk] for user in people])
    facts_write(
        telling.workspace,
        [
            Past(
                when, "idea.voted", Actor(name=str(user), user_id=user.pk), idea,
                data={"votes": before + place, "voting": True},
            )
            for place, user in enumerate(people, start=1)
        ],
    )  # fmt: skip


def votes_add(idea: Idea, people: list[Person]) -> None:
    Vote.objects.bulk_create(
        Vote(workspace_id=idea.workspace_id, idea=idea, person=person) for person in people
    )
    Idea.objects.filter(pk=idea.pk).update(votes_count=Vote.objects.filter(idea=idea).count())


def _decide(telling: Telling, row: dict[str, Any]) -> None:
    actor = telling.actors["maren"]
    idea = telling.current(telling.ideas[row["title"]])
    reason = row.get("answer", "").partition(".")[0]
    if row["state"] == "duplicate":
        other = "One text" if "messages" in row["title"] else "Charge the vans"
        original = telling.record(f"idea:{other}")
        relation_add(actor=actor, source=idea, target=original, type="duplicates")
        reason = f"The same as {original.reference}"
    record_move(idea, actor=actor, state=row["state"], reason=reason)
    if row.get("answer"):
        response_set(actor=actor, record=idea, version=None, body=row["answer"])


def ideas_begun(telling: Telling, feature: str) -> None:
    """Ideas behind a feature that is being built now are in progress."""
    links = telling.items[feature].idea_links.select_related("idea__product__workspace")
    for idea in [link.idea for link in links]:
        if idea.state == "planned":
            idea_update(
                actor=telling.actors["maren"], record=idea, version=None,
                values={"state": "in_progress"}, reason=f"{telling.items[feature].title} has begun",
            )  # fmt: skip


def ideas_shipped(telling: Telling) -> None:
    """What a release fulfils, at once. Scores and sums of work wait for the end: each time they write all items there are."""
    shipping = Job.objects.filter(DUE, workspace=telling.workspace, kind="roadmap.release_ship")
    for job_id in shipping.values_list("pk", flat=True):
        run_job(job_id)
