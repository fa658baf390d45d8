"""The roadmap on the portal: the one share that is published there, with the published ideas behind its items."""

from __future__ import annotations

from dataclasses import dataclass

from backlog.models import IdeaLink
from ideas.selectors.boards import Reader
from ideas.selectors.follows import PortalFollowing, portal_followings
from ideas.selectors.portal import PortalIdea, portal_ideas, portal_published
from plm.models import Product
from roadmap.models import Share
from roadmap.selectors.shared import SharedGroup, SharedItem, SharedView, shared_view


@dataclass(frozen=True, slots=True)
class Asked:
    """A published idea behind an item, to be voted for and followed."""

    idea: PortalIdea
    follow: PortalFollowing


@dataclass(frozen=True, slots=True)
class PortalItem:
    item: SharedItem
    asked: list[Asked]


@dataclass(frozen=True, slots=True)
class PortalRoadmap:
    """The published share, what it shows, and its lanes or columns with their items."""

    share: Share
    view: SharedView
    groups: list[tuple[SharedGroup, list[PortalItem]]]


def published_share(product: Product) -> Share | None:
    """The view of the roadmap that is on the portal now."""
    rows = Share.objects.live().select_related("product__workspace")
    found: Share | None = rows.filter(product=product, published=True).first()
    return found


def is_published(product: Product) -> bool:
    """Whether the portal of a product has a roadmap."""
    return bool(Share.objects.live().filter(product=product, published=True).exists())


def portal_roadmap(reader: Reader, product: Product) -> PortalRoadmap | None:
    """What the page draws: the lanes or columns of the published share, each item with the ideas that the reader may
    read. Ideas that are not published are not among them. None where nothing is published."""
    share = published_share(product)
    if share is None:
        return None
    view = shared_view(share)
    asked = _asked(reader, product, view)
    groups = [
        (group, [PortalItem(view.items[place], asked.get(view.keys[place], [])) for place in group.items])
        for group in view.groups
    ]  # fmt: skip
    return PortalRoadmap(share, view, groups)


def _asked(reader: Reader, product: Product, view: SharedView) -> dict[int, list[Asked]]:
    """By item, the ideas it came from that are published for this reader."""
    links = list(IdeaLink.objects.filter(item_id__in=view.keys).values_list("item_id", "idea_id"))
    rows = portal_published(product, reader=reader).filter(pk__in={idea for _, idea in links})
    ideas = list(rows)
    follows = portal_followings(reader.actor, product, ideas)
    drawn = portal_ideas(reader.actor, product, ideas, portal=reader.portal)
    known = {
        idea.pk: Asked(one, follows[idea.number]) for idea, one in zip(ideas, drawn, strict=True)
    }
    found: dict[int, list[Asked]] = {}
    for item, idea in links:
        if idea in known:
            found.setdefault(item, []).append(known[idea])
    return found
