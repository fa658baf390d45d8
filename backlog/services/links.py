"""Links between ideas and the items they became."""

from __future__ import annotations

from collections.abc import Sequence

from backlog.models import BacklogItem, IdeaLink
from ideas.models import Idea
from plm.errors import Invalid

MAX_IDEAS = 200


def idea_links_add(item: BacklogItem, ideas: Sequence[Idea]) -> list[Idea]:
    """Link the item to these ideas; those that were not linked yet. Ideas must be of the item's product."""
    _check(item, ideas)
    known = set(IdeaLink.objects.filter(item=item).values_list("idea_id", flat=True))
    fresh = [idea for idea in dict.fromkeys(ideas) if idea.pk not in known]
    IdeaLink.objects.bulk_create(
        [IdeaLink(workspace_id=item.workspace_id, item=item, idea=idea) for idea in fresh],
        ignore_conflicts=True,
    )
    return fresh


def idea_links_set(
    item: BacklogItem, ideas: Sequence[Idea]
) -> dict[str, tuple[list[str], list[str]]]:
    """Make these the ideas the item came from; what changed, as `record_update` takes it."""
    _check(item, ideas)
    links = IdeaLink.objects.filter(item=item).select_related("idea__product")
    old = {link.idea_id: link.idea.reference for link in links}
    new = {idea.pk: idea.reference for idea in ideas}
    if old.keys() == new.keys():
        return {}
    IdeaLink.objects.filter(item=item).exclude(idea_id__in=new).delete()
    idea_links_add(item, ideas)
    return {"ideas": (sorted(old.values()), sorted(new.values()))}


def _check(item: BacklogItem, ideas: Sequence[Idea]) -> None:
    if len(ideas) > MAX_IDEAS:
        raise Invalid(fields={"ideas": f"At most {MAX_IDEAS} ideas can be linked to one item."})
    if any(idea.product_id != item.product_id for idea in ideas):
        raise Invalid(fields={"ideas": "Choose ideas of the same product."})
