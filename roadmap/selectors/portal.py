"""The roadmap on the portal: the one share that is published there, with the published ideas behind its items."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext

from backlog.models import IdeaLink
from ideas.selectors.boards import Reader
from ideas.selectors.follows import PortalFollowing, portal_followings
from ideas.selectors.portal import PortalIdea, portal_ideas, portal_published
from plm.models import Product
from roadmap.grains import DAY, MONTH, QUARTER
from roadmap.models import Share
from roadmap.models.placement import BUCKETS
from roadmap.selectors.shared import (
    EVERYTHING,
    NO_GOAL,
    NO_RELEASE,
    SharedGroup,
    SharedItem,
    SharedView,
    shared_view,
)


@dataclass(frozen=True, slots=True)
class Asked:
    """A published idea behind an item, to be voted for and followed."""

    idea: PortalIdea
    follow: PortalFollowing


@dataclass(frozen=True, slots=True)
class PortalItem:
    """`when` is the stretch of the item in the reader's language."""

    item: SharedItem
    when: str
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
        (group, [PortalItem(view.items[place], when_words(view.items[place]), asked.get(view.keys[place], [])) for place in group.items])
        for group in _named(view.groups)
    ]  # fmt: skip
    return PortalRoadmap(share, view, groups)


def _named(groups: list[SharedGroup]) -> list[SharedGroup]:
    """The lanes, those with names of the program in the reader's language: the name of a goal stays what it is."""
    own = {*dict(BUCKETS).values(), EVERYTHING, NO_GOAL, NO_RELEASE}
    return [
        replace(group, name=gettext(group.name)) if group.name in own else group for group in groups
    ]


def when_words(item: SharedItem) -> str:
    """When an item is planned, in the reader's language; empty without dates."""
    if item.start is None or item.end is None or (get_language() or "en").startswith("en"):
        return item.when
    first, last = _period(item.grain, item.start), _period(item.grain, item.end)
    return first if first == last else gettext("%(first)s to %(last)s") % {"first": first, "last": last}  # fmt: skip


def _period(grain: str, day: date) -> str:
    if grain == DAY:
        return date_format(day, "DATE_FORMAT")
    if grain == MONTH:
        return date_format(day, "YEAR_MONTH_FORMAT")
    if grain == QUARTER:
        return gettext("Q%(part)s %(year)s") % {"part": (day.month + 2) // 3, "year": day.year}
    return gettext("H%(part)s %(year)s") % {"part": (day.month + 5) // 6, "year": day.year}


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
