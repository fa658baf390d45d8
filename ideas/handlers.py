"""Facts that ask the ideas room for work."""

from __future__ import annotations

from datetime import timedelta

from ideas.selectors.follows import is_followed
from plm.events import Fact, enqueue, on
from plm.jobs import JobRequest

TERMS = "ideas.terms"
TRENDING = "ideas.trending"
NEW_TO_TRENDING = "ideas.trending_new"


STATUS, STATUS_PAUSE = "ideas.status", timedelta(minutes=1)
"""Followers are told a little later: a move that is taken back at once is told to nobody."""
READ = {"title", "description", "public", "state"}


@on(
    "idea.merged",
    "idea.unmerged",
    "idea.extended",
    "idea.created",
    "idea.updated",
    "idea.moved",
    "idea.archived",
    "idea.restored",
)
def words_changed(fact: Fact) -> None:
    """What an idea says may have changed: one run per product, however many facts."""
    if fact.verb == "idea.updated" and READ.isdisjoint(fact.changes):
        return
    enqueue(JobRequest(TERMS, f"{TERMS}:{fact.product_id}", fact.workspace_id, fact.product_id))


@on("idea.created")
def new_to_trending(fact: Fact) -> None:
    """New ideas get their place in the trending order: one run per product, however many came."""
    key = f"{NEW_TO_TRENDING}:{fact.product_id}"
    enqueue(JobRequest(NEW_TO_TRENDING, key, fact.workspace_id, fact.product_id))


@on(
    "idea.voted",
    "idea.merged",
    "idea.unmerged",
    "idea.extended",
    "comment.added",
    "comment.deleted",
)
def cared_about(fact: Fact) -> None:
    """Somebody voted for an idea or commented on it: where it stands in the trending order, one run an idea."""
    if fact.kind != "idea" or fact.record_id is None:
        return
    key = f"{TRENDING}:{fact.record_id}"
    payload = {"idea": fact.record_id}
    enqueue(JobRequest(TRENDING, key, fact.workspace_id, fact.product_id, payload=payload))


@on("person.erased")
def texts_redacted(fact: Fact) -> None:
    """Ideas may have lost words: what is behind is taken anew."""
    enqueue(
        JobRequest("ideas.terms_all", f"ideas.terms_all:{fact.workspace_id}", fact.workspace_id)
    )


@on("idea.moved", "idea.updated")
def decided_about(fact: Fact) -> None:
    """An idea has another state: its followers are told, of several moves in a row once."""
    if "state" not in fact.changes or fact.record_id is None or not is_followed(fact.record_id):
        return
    key = f"{STATUS}:{fact.record_id}"
    enqueue(
        JobRequest(
            STATUS, key, fact.workspace_id, fact.product_id, payload={"idea": fact.record_id}, delay=STATUS_PAUSE
        )
    )  # fmt: skip
