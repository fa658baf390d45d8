"""Which facts make the roadmap room work."""

from __future__ import annotations

from plm.events import Fact, enqueue, on
from plm.jobs import JobRequest


@on("release.created", "release.updated", "release.moved")
def release_went_out(fact: Fact) -> None:
    """A release that is out has consequences, by whatever door it went."""
    state = fact.changes.get("state")
    if fact.record_id is None or not state or state[1] != "released":
        return
    enqueue(
        JobRequest(
            kind="roadmap.release_ship",
            key=f"roadmap.release_ship:{fact.record_id}",
            workspace_id=fact.workspace_id,
            product_id=fact.product_id,
            payload={"release": fact.record_id},
            requested_by=fact.actor.user_id,
        )
    )
