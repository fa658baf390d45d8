"""From a specification to its stories, and which story fulfils which requirement."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from backlog.criteria import criterion
from backlog.models import BacklogItem, Requirement, RequirementLink, Spec
from backlog.services.items import item_create
from plm.errors import Conflict, Invalid, NotVisible
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_locked

MOST_STORIES = 100
FULFILLING = ("story", "task", "bug")


@service
def stories_create(
    *, actor: Actor, spec: Spec, stories: Sequence[Mapping[str, Any]], reason: str = ""
) -> list[BacklogItem]:
    """Make a story of each element: `requirement` (its id), `title`, and `acceptance` (texts or criteria).

    Each stands below what is specified and is linked to its requirement. All are made or none: a requirement that
    has a story already is refused, so that sent twice nothing is made twice. Emits `item.created` and `spec.split`.
    """
    require(actor, "spec.edit", spec.product)
    current = record_locked(spec, version=None)
    if not 1 <= len(stories) <= MOST_STORIES:
        raise Invalid(fields={"stories": f"Choose 1 to {MOST_STORIES} stories."})
    if current.archived_at is not None or current.state == "superseded":
        raise Conflict(f"{current.reference} does not stand any more: it is not split.")
    known = {str(row.uuid): row for row in Requirement.objects.filter(spec=current)}
    wanted = [_wanted(place, story, known) for place, story in enumerate(stories)]
    _refuse_covered(row for row, _ in wanted)
    made = []
    for requirement, values in wanted:
        item = item_create(
            actor=actor, product=spec.product, values={**values, "parent": current.item}, reason=reason
        )  # fmt: skip
        RequirementLink.objects.create(
            workspace_id=spec.workspace_id, requirement=requirement, item=item
        )
        made.append(item)
    emit(
        "spec.split", actor=actor, record=current, reason=reason,
        changes={"stories": ("", ", ".join(item.reference for item in made))},
    )  # fmt: skip
    return made


@service
def requirement_story_add(
    *, actor: Actor, spec: Spec, requirement: str, item: BacklogItem
) -> RequirementLink:
    """Say that an item there is fulfils a requirement. Twice says no more. Emits `spec.covered`."""
    require(actor, "spec.edit", spec.product)
    row = _requirement(record_locked(spec, version=None), requirement)
    if item.product_id != spec.product_id:
        raise Invalid(fields={"item": "Choose an item of the same product."})
    if item.type not in FULFILLING:
        raise Invalid(fields={"item": "Choose a story, a task or a bug."})
    link, new = RequirementLink.objects.get_or_create(
        requirement=row, item=item, defaults={"workspace_id": spec.workspace_id}
    )
    if new:
        _covered(actor, spec, row, "", item.reference)
    return link


@service
def requirement_story_remove(
    *, actor: Actor, spec: Spec, requirement: str, item: BacklogItem
) -> None:
    """Say that an item does not fulfil a requirement after all; the item stays. Emits `spec.covered`."""
    require(actor, "spec.edit", spec.product)
    row = _requirement(record_locked(spec, version=None), requirement)
    gone, _ = RequirementLink.objects.filter(requirement=row, item=item).delete()
    if gone:
        _covered(actor, spec, row, item.reference, "")


def _covered(actor: Actor, spec: Spec, row: Requirement, before: str, after: str) -> None:
    emit("spec.covered", actor=actor, record=spec, changes={"story": (before, after)}, requirement=row.text[:200])  # fmt: skip


def _requirement(spec: Spec, uuid: str) -> Requirement:
    found = {str(row.uuid): row for row in Requirement.objects.filter(spec=spec)}.get(uuid)
    if found is None:
        raise NotVisible("That requirement is gone. Load the page again.")
    return found


def _wanted(
    place: int, story: Mapping[str, Any], known: Mapping[str, Requirement]
) -> tuple[Requirement, dict[str, Any]]:
    requirement = known.get(str(story.get("requirement") or ""))
    if requirement is None:
        raise Invalid(
            fields={f"stories.{place}.requirement": "This specification has no such requirement."}
        )
    title = " ".join(str(story.get("title") or "").split())
    if not 1 <= len(title) <= 250:
        raise Invalid(fields={f"stories.{place}.title": "Give a title of 1 to 250 characters."})
    given = story.get("acceptance")
    try:
        criteria = [criterion(p) for p in (requirement.acceptance if given is None else given)]
    except ValueError as error:
        raise Invalid(fields={f"stories.{place}.acceptance": str(error)}) from None
    lines = [f"- {part['text']}" for part in criteria if part["text"]]
    text = "\n".join([requirement.text, "", "### Acceptance criteria", "", *lines])
    return requirement, {
        "title": title,
        "type": "story",
        "description": text if lines else requirement.text,
        "estimate": requirement.estimate,
        "owner": requirement.owner,
    }


def _refuse_covered(requirements: Any) -> None:
    keys = {row.pk for row in requirements}
    links = RequirementLink.objects.filter(requirement_id__in=keys, item__archived_at=None)
    there = links.select_related("item__product").first()
    if there is not None:
        raise Conflict(
            f"{there.item.reference} came from one of these requirements already. Load the page again.",
            fields={"stories": "One of these requirements has a story already."},
        )
