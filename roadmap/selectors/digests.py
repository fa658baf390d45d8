"""What a reader is told of the time since they were told last, made for what they may see now."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Q
from django.http import QueryDict
from django.utils import timezone

from backlog.models import BacklogItem
from plm.kinds import kind_named
from plm.models import Event, Product, User
from plm.permissions import ANONYMOUS, Actor
from plm.selectors import actor_of
from roadmap.changes import RANK
from roadmap.models import Digest, DigestSubscription, Placement
from roadmap.models.digest import READY, SENDING, UNSURE
from roadmap.scope import requirements_told
from roadmap.selectors.asks import Ask, asks_of, asks_told
from roadmap.selectors.changes import (
    ChangeLine,
    Kept,
    RoadmapChanges,
    reasons_given,
    roadmap_changes,
)
from roadmap.selectors.states import ITEM_FIELDS

HEADINGS = {
    "slipped": "Later", "earlier": "Earlier", "added": "New on the roadmap", "removed": "Taken off the roadmap",
    "dated": "Has dates now", "undated": "Has no dates any more", "rescoped": "Scope changed", "changed": "Changed otherwise",
    "reranked": "Another place in the ranked list", "left": "Left the view",
}  # fmt: skip
LABELS = {
    "bucket": "Column", "starts_on": "Begins", "ends_on": "Ends", "objective": "Goal", "release": "Release",
    "commitment": "Commitment", "health": "Health", "title": "Title", "state": "State", "owner": "Owner", "team": "Team",
    "component": "Component", "estimate": "Points", "rank": "Place in the ranked list",
}  # fmt: skip
MOST_TOLD = 60


@dataclass(frozen=True, slots=True)
class TellLine:
    """One item in a digest: what became of it in a sentence, what else is different, and why."""

    reference: str
    title: str
    url: str
    headline: str
    details: tuple[str, ...]
    reasons: tuple[str, ...]
    by: str

    @property
    def sentence(self) -> str:
        """All that is different, in one sentence."""
        return "; ".join(part for part in (self.headline, *self.details) if part)


@dataclass(frozen=True, slots=True)
class TellGroup:
    """Items of one sort of change."""

    kind: str
    label: str
    lines: list[TellLine]


@dataclass(frozen=True, slots=True)
class Told:
    """All of a digest. `changes` counts items, also those `more` that are not among the lines; `left` are those that left
    the view, by primary key."""

    since: datetime
    until: datetime
    groups: list[TellGroup]
    asks: list[Ask]
    changes: int
    more: int
    left: list[int]

    @property
    def is_empty(self) -> bool:
        return not self.changes and not self.asks


def subscriptions_of(actor: Actor, product: Product) -> Any:
    """The actor's own subscriptions in a product, with what their parts are called."""
    rows = DigestSubscription.objects.own(actor).filter(product=product)
    return rows.select_related(
        "objective__product", "release__product", "team", "user", "product__workspace"
    )


def last_digests(subscription: DigestSubscription, most: int = 12) -> list[Digest]:
    """What was made for a subscription, the latest first."""
    found = list(subscription.digests.order_by("-due_at", "-pk")[:most])
    for digest in found:
        digest.subscription = subscription
    return found


def digests_due(workspace_id: int, now: datetime) -> list[tuple[int, int]]:
    """(subscription, product) by primary key of what is to be made or is still to be sent."""
    waiting = Digest.objects.filter(workspace_id=workspace_id, state__in=(READY, SENDING))
    rows = DigestSubscription.objects.filter(workspace_id=workspace_id).filter(
        Q(parked_at=None, due_at__lte=now) | Q(pk__in=waiting.values("subscription_id"))
    )
    return list(rows.order_by("due_at", "pk").values_list("pk", "product_id")[:1000])


def digests_waiting(subscription_id: int) -> list[int]:
    """Digests of a subscription that are still to be sent, by primary key."""
    rows = Digest.objects.filter(subscription_id=subscription_id, state__in=(READY, SENDING))
    return list(rows.order_by("due_at").values_list("pk", flat=True))


def digests_unsure(subscription: DigestSubscription) -> list[Digest]:
    """Those of which nobody knows whether they went, and that no later one has named."""
    rows = subscription.digests.filter(state=UNSURE, named_by=None)
    return list(rows.order_by("since"))


def reader_of(user: User, product: Product) -> Actor | None:
    """Whoever is told, with the rights of this moment; None where they may not see the roadmap (any more)."""
    actor = actor_of(user) if user.is_active else ANONYMOUS
    if product.archived_at is not None:
        return None
    return actor if actor.may("digest.view", product.workspace_id, product.pk) else None


def told(
    actor: Actor,
    subscription: DigestSubscription,
    since: datetime,
    until: datetime,
    known: Collection[int] | None = (),
) -> Told:
    """What the reader is told of that time: changes in the part they chose, and what became of what they asked for.

    `known` are items that the view let through when they were told last: what it lets through no more has left it, if
    they may still see it. Raises InvalidQuery where the filters of the part fit no more. A fixed number of statements.
    """
    product = subscription.product
    asked = asks_of(actor, product)
    chosen: set[int] = set()
    keys = view_items(actor, subscription) if subscription.query else set()
    left = _visible(actor, product, set(known or ()) - keys) if subscription.query else {}
    belongs = _belongs(subscription, keys)

    def kept(key: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> bool:
        if belongs(key, before, after):
            chosen.add(key)
        return key in chosen or key in left or key in asked.items

    found = roadmap_changes(actor, product, since, until, kept, scopes=True)
    lines = {line.said.key: _line(line, found.titles) for line in found.lines}
    shown = [line for line in found.lines if line.said.key in chosen][:MOST_TOLD]
    groups: dict[str, TellGroup] = {}
    for line in shown:
        kind = line.said.kind
        group = groups.setdefault(kind, TellGroup(kind, HEADINGS[kind], []))
        group.lines.append(lines[line.said.key])
    gone = _left(left, lines, since, until)
    if gone:
        groups["left"] = TellGroup("left", HEADINGS["left"], gone)
    news = {key: f"{one.title}: {one.sentence}" for key, one in lines.items()}
    asks = asks_told(asked, news, since, until)
    count = len(chosen) + len(left)
    more = count - len(shown) - len(gone)
    return Told(since, until, list(groups.values()), asks, count, more, sorted(left))


def _visible(actor: Actor, product: Product, keys: set[int]) -> dict[int, BacklogItem]:
    """The items among these that the reader may see."""
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    return rows.select_related("product__workspace").in_bulk(sorted(keys)) if keys else {}


def _left(
    items: Mapping[int, BacklogItem],
    lines: Mapping[int, TellLine],
    since: datetime,
    until: datetime,
) -> list[TellLine]:
    """Items that left the view, with what else became of them and why."""
    shown = sorted(items)[:MOST_TOLD]
    why = reasons_given(shown, since, until) if shown else {}
    found = []
    for key in shown:
        item, line = items[key], lines.get(key)
        details = tuple(part for part in (line.headline, *line.details) if part) if line else ()
        reasons, by = why.get(key, ((), ""))
        found.append(
            TellLine(
                item.reference, item.title, item.get_absolute_url(), "does not fit the view any more", details, reasons, by
            )
        )  # fmt: skip
    return found


def _belongs(subscription: DigestSubscription, keys: set[int]) -> Kept:
    """Whether an item is of the part that a subscription is about: by what it was before or is after; for a view, by
    whether it is among the `keys` of now."""
    if subscription.query:
        return lambda key, _before, _after: key in keys
    wanted = {
        "objective": subscription.objective.reference if subscription.objective else None,
        "release": subscription.release.reference if subscription.release else None,
        "team": subscription.team.name if subscription.team else None,
    }
    asked = {name: value for name, value in wanted.items() if value is not None}
    return lambda _key, *sides: any(
        all(side.get(name) == value for name, value in asked.items()) for side in sides if side
    )


def view_items(actor: Actor, subscription: DigestSubscription) -> set[int]:
    """Items that the filters of a saved view of the backlog let through now, archived ones too. Raises InvalidQuery."""
    found: set[int] = set()
    product = subscription.product
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    placed = rows.filter(pk__in=_ever_placed(product))
    for archived in ("", "true"):
        params = QueryDict(subscription.query, mutable=True)
        if archived:
            params["archived"] = archived
        filters = kind_named("item").filters(
            params, placed, actor=actor, workspace_id=product.workspace_id, product=product
        )
        found.update(filters.checked().values_list("pk", flat=True))
    return found


def _ever_placed(product: Product) -> Any:
    """Items with a place now, and those that lost it: their events tell."""
    gone = Event.objects.filter(product=product, verb="placement.removed")
    places = Placement.objects.filter(product=product)
    return places.values("item_id").union(gone.values("record_id"))


def lines_told(found: RoadmapChanges) -> list[TellLine]:
    """Changes in words."""
    return [_line(line, found.titles) for line in found.lines]


# --- words -----------------------------------------------------------------------------------------


def _line(line: ChangeLine, titles: Mapping[str, str]) -> TellLine:
    kind, fields = line.said.kind, dict(line.said.fields)
    headline = HEADLINES[kind](line, fields)
    if kind in {"added", "removed"}:
        fields = {}
    details = tuple(
        f"{LABELS[name]}: {_word(name, new, titles)}, before: {_word(name, old, titles)}"
        for name, (old, new) in fields.items()
        if name in LABELS
    )
    scope = requirements_told(line.scope) if line.scope else ()
    return TellLine(
        line.item.reference, line.item.title, line.item.get_absolute_url(), headline, (*details, *scope),
        line.reasons, line.by,
    )  # fmt: skip


def _slid(line: ChangeLine, fields: dict[str, Any]) -> str:
    days = abs(line.said.days or 0)
    word = "later" if line.said.kind == "slipped" else "earlier"
    old, new = fields.pop("ends_on")
    fields.pop("starts_on", None)
    return f"{days} day{'' if days == 1 else 's'} {word}: ends {_day(new)}, before {_day(old)}"


def _added(_: ChangeLine, fields: dict[str, Any]) -> str:
    bucket = _word("bucket", fields["bucket"][1], {})
    first, last = (fields.get(name, (None, None))[1] for name in ("starts_on", "ends_on"))
    return f"in {bucket}" + (f", {_day(first)} to {_day(last)}" if first and last else "")


def _removed(_: ChangeLine, fields: dict[str, Any]) -> str:
    return f"stood in {_word('bucket', fields['bucket'][0], {})}"


def _dated(_: ChangeLine, fields: dict[str, Any]) -> str:
    _, last = fields.pop("ends_on")
    _, first = fields.pop("starts_on", (None, None))
    return f"{_day(first)} to {_day(last)}" if first else f"until {_day(last)}"


def _undated(_: ChangeLine, fields: dict[str, Any]) -> str:
    old, _ = fields.pop("ends_on")
    fields.pop("starts_on", None)
    return f"was to end {_day(old)}"


HEADLINES: dict[str, Callable[[ChangeLine, dict[str, Any]], str]] = {
    "slipped": _slid, "earlier": _slid, "added": _added, "removed": _removed, "dated": _dated, "undated": _undated,
    **dict.fromkeys(("rescoped", "changed", "reranked"), lambda _line, _fields: ""),
}  # fmt: skip


def _word(name: str, value: Any, titles: Mapping[str, str]) -> str:
    """A value as the pages write it."""
    if value in (None, ""):
        return "none"
    if name in {"objective", "release"}:
        return titles.get(value, str(value))
    if name in {"starts_on", "ends_on"}:
        return _day(value)
    if name == "state":
        return str(dict(BacklogItem.workflow.choices).get(value, value))
    if name in ITEM_FIELDS or name == RANK:
        return str(value)
    field: Any = Placement._meta.get_field(name)
    return str(dict(field.flatchoices).get(value, value))


def _day(text: str | None) -> str:
    if not text:
        return "an open day"
    found = date.fromisoformat(text)
    return f"{found.day} {found:%b %Y}"


def span_told(since: datetime, until: datetime, zone: Any) -> str:
    """A stretch of time in days of the reader's zone."""
    first, last = (timezone.localtime(moment, zone).date() for moment in (since, until))
    return _day(last.isoformat()) if first == last else f"{_day(first.isoformat())} to {_day(last.isoformat())}"  # fmt: skip
