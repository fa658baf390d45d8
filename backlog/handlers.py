"""Which facts ask the backlog room for work."""

from __future__ import annotations

from backlog.models import Round
from backlog.models.item import ITEM_WORKFLOW
from backlog.models.round import MAIL_ASKED
from backlog.services.rounds_mail import mails_request
from backlog.services.sources import fill_request
from backlog.services.standings import standings_request
from plm.events import Fact, enqueue, on
from plm.jobs import JobRequest

FINISHED = frozenset(ITEM_WORKFLOW.names("done", "closed"))


@on(
    "item.created", "item.archived", "item.restored", "item.moved", "item.updated", "item.assessed", "item.pinned",
    "item.unpinned", "scoring_model.updated", "scoring_model.activated",
)  # fmt: skip
def rescore(fact: Fact) -> None:
    """One recomputation of the product's scores and ranks, however many facts ask for it."""
    if fact.product_id is None or not _touches_ranks(fact):
        return
    enqueue(
        JobRequest(
            kind="backlog.scores_recompute",
            key=f"backlog.scores_recompute:{fact.product_id}",
            workspace_id=fact.workspace_id,
            product_id=fact.product_id,
            payload={"product": fact.product_id},
            requested_by=fact.actor.user_id,
        )
    )


@on("ranking.updated", "item.updated")
def redraw(fact: Fact) -> None:
    """The line moved, or an estimate that a capacity is filled with; scores and ranks are what they were."""
    if fact.product_id is None or (fact.verb == "item.updated" and "estimate" not in fact.changes):
        return
    enqueue(standings_request(fact.workspace_id, fact.product_id))
    if fact.verb == "item.updated":
        enqueue(fill_request(fact.workspace_id, fact.product_id))


@on("idea.demand_set", "scoring_model.sources_set")
def refill(fact: Fact) -> None:
    """What is behind the ideas changed, or where factors come from. All else comes with a recomputation."""
    if fact.product_id is not None:
        enqueue(fill_request(fact.workspace_id, fact.product_id))


@on("round.opened")
def send_links(fact: Fact) -> None:
    """Links of guests that were to be mailed once the round is open."""
    row = Round.objects.filter(uuid=fact.data["id"], workspace_id=fact.workspace_id).first()
    if row is not None and row.participants.filter(mail_state=MAIL_ASKED).exists():
        enqueue(mails_request(row))


def _touches_ranks(fact: Fact) -> bool:
    """A move within the open states, or an edit that moves nothing, leaves every rank as it is."""
    if fact.verb not in {"item.moved", "item.updated"}:
        return True
    old, new = fact.changes.get("state", (None, None))
    return (old in FINISHED) != (new in FINISHED)


@on("item.created", "item.moved", "item.archived", "item.restored", "item.updated")
def recount(fact: Fact) -> None:
    """One count of the product's progress. A new item without a parent, or an edited title, changes nothing."""
    verb = fact.verb.partition(".")[2]
    if verb == "created" and not fact.changes.get("parent", [None, None])[1]:
        return
    if verb == "updated" and not {"parent", "state"} & fact.changes.keys():
        return
    enqueue(
        JobRequest(
            kind="backlog.progress",
            key=f"backlog.progress:{fact.product_id}",
            workspace_id=fact.workspace_id,
            product_id=fact.product_id,
            payload={"product": fact.product_id},
        )
    )
