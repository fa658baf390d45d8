"""Facts that ask the feedback room for work."""

from __future__ import annotations

from plm.events import Fact, enqueue, on
from plm.jobs import JobRequest

KIND = "feedback.demand_recompute"
COUNTED = {"person", "company", "state", "archived_at"}


@on("feedback.linked", "feedback.unlinked", "feedback.moved", "feedback.updated", "feedback.archived",
    "feedback.restored", "idea.merged", "idea.unmerged", "idea.split", "demand.options_set")  # fmt: skip
def quotes_changed(fact: Fact) -> None:
    """Who speaks for an idea may have changed: one recount per product, however many facts."""
    if fact.verb == "feedback.updated" and COUNTED.isdisjoint(fact.changes):
        return
    key = f"feedback.demand:{fact.product_id}"
    enqueue(JobRequest(KIND, key, fact.workspace_id, fact.product_id))


@on("idea.voted")
def votes_changed(fact: Fact) -> None:
    """A vote counts for its idea alone."""
    key = f"feedback.demand:idea:{fact.record_id}"
    payload = {"idea": fact.record_id}
    enqueue(JobRequest(KIND, key, fact.workspace_id, fact.product_id, payload=payload))


@on("company.updated", "company.archived", "company.restored", "person.updated", "segment.created",
    "segment.updated", "segment.removed", "person.merged", "person.unmerged", "company.merged", "company.unmerged")  # fmt: skip
def customers_changed(fact: Fact) -> None:
    """What a company pays, and in which segment it is, counts in every product."""
    if fact.verb == "person.updated" and "company" not in fact.changes:
        return
    enqueue(JobRequest(KIND, f"feedback.demand:workspace:{fact.workspace_id}", fact.workspace_id))
