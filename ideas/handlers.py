"""Facts that ask the ideas room for work."""

from __future__ import annotations

from plm.events import Fact, enqueue, on
from plm.jobs import JobRequest

TERMS = "ideas.terms"
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


@on("person.erased")
def texts_redacted(fact: Fact) -> None:
    """Ideas may have lost words: what is behind is taken anew."""
    enqueue(
        JobRequest("ideas.terms_all", f"ideas.terms_all:{fact.workspace_id}", fact.workspace_id)
    )
