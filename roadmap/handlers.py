"""Which facts make the roadmap room work."""

from __future__ import annotations

from backlog.models import IdeaLink
from plm.events import Fact, enqueue, on
from plm.jobs import JobRequest
from roadmap.models import Placement


@on("release.created", "release.updated", "release.moved")
def release_went_out(fact: Fact) -> None:
    """A release that is out has consequences, by whatever door it went."""
    state = fact.changes.get("state")
    if fact.record_id is not None and state and state[1] == "released":
        _ship(fact, fact.record_id)


@on("item.moved", "item.updated", "placement.made", "placement.moved")
def finished_after_its_release(fact: Fact) -> None:
    """Ideas are fulfilled all the same where the last of their items is done, or placed, only after its release went out."""
    state = fact.changes.get("state")
    if fact.record_id is None or not ((state and state[1] == "done") or "release" in fact.changes):
        return
    ideas = IdeaLink.objects.filter(item_id=fact.record_id).values("idea_id")
    items = IdeaLink.objects.filter(idea_id__in=ideas).values("item_id")
    out = Placement.objects.filter(item_id__in=items, item__state="done", release__state="released")
    for release in out.order_by("release_id").values_list("release_id", flat=True).distinct():
        _ship(fact, release)


def _ship(fact: Fact, release: int) -> None:
    enqueue(
        JobRequest(
            kind="roadmap.release_ship",
            key=f"roadmap.release_ship:{release}",
            workspace_id=fact.workspace_id,
            product_id=fact.product_id,
            payload={"release": release},
            requested_by=fact.actor.user_id,
        )
    )
