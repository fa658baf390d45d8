"""What the specifications of items asked for at two moments, read from their versions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db.models import OuterRef, Subquery

from backlog.models import Spec, SpecVersion
from backlog.models.spec import MOSCOW
from plm.models import Product
from plm.past import values_before
from plm.permissions import Actor
from plm.querysets import among
from roadmap.scope import Scope, scope_change


@dataclass(slots=True)
class Rescoped:
    """What an item had to do before and after, and why: the reasons given with the versions between, the latest first."""

    before: dict[str, str] = field(default_factory=dict)
    after: dict[str, str] = field(default_factory=dict)
    reasons: tuple[str, ...] = ()
    by: str = ""

    @property
    def pair(self) -> tuple[Scope, Scope]:
        return self.before, self.after


def rescoped(
    actor: Actor, product: Product, keys: Iterable[int], since: datetime, until: datetime
) -> dict[int, Rescoped]:
    """By item, what its specification asked for, where that is not the same at both moments. Six statements at most.

    Of specifications the actor may see. One that was archived or superseded asks for nothing, nor does a requirement that
    was dropped.
    """
    stands = _standing(actor, product, set(keys), since, until)
    found: dict[int, Rescoped] = {}
    content = dict(
        SpecVersion.objects.filter(
            pk__in=among({pk for _, *pair in stands for pk in pair if pk})
        ).values_list("pk", "content__requirements")
    )
    for item, older, newer in stands:
        one = found.setdefault(item, Rescoped())
        one.before |= _scope(content[older] if older else None)
        one.after |= _scope(content[newer] if newer else None)
    changed = {key: one for key, one in found.items() if scope_change(*one.pair)}
    _reasons(changed, since, until)
    return changed


def _standing(
    actor: Actor, product: Product, items: set[int], since: datetime, until: datetime
) -> list[tuple[int, int | None, int | None]]:
    """(item, version then, version after) of each specification of these items whose two versions differ."""
    versions = SpecVersion.objects.filter(spec=OuterRef("pk")).order_by("-number").values("pk")
    moments = (since, until)
    rows = [
        row
        for row in Spec.objects.visible_to(actor, "spec.view")
        .filter(product=product)
        .values_list(
            "pk",
            "item_id",
            "state",
            "archived_at",
            *(Subquery(versions.filter(created_at__lte=at)[:1]) for at in moments),
        )
        if row[1] in items
    ]
    keys = [row[0] for row in rows]
    past = [values_before(keys, at, ("state", "archived_at")) if keys else {} for at in moments]
    found = []
    for pk, item, state, archived, *numbers in rows:
        stood = [
            number
            if _stood({"state": state, "archived_at": archived, **then.get(pk, {})})
            else None
            for number, then in zip(numbers, past, strict=True)
        ]
        if stood[0] != stood[1]:
            found.append((item, stood[0], stood[1]))
    return found


def _stood(values: Mapping[str, Any]) -> bool:
    return values["archived_at"] is None and values["state"] != "superseded"


def _scope(requirements: list[dict[str, Any]] | None) -> dict[str, str]:
    return {row["id"]: _text(row) for row in requirements or [] if not row.get("dropped")}


def _text(row: Mapping[str, Any]) -> str:
    """A requirement as one text, so that another weight or other criteria are another wording."""
    criteria = [f"- {part['text']}" for part in row.get("acceptance", [])]
    return "\n".join(
        [f"{dict(MOSCOW).get(row['moscow'], row['moscow'])}: {row['text']}", *criteria]
    )


def _reasons(changed: Mapping[int, Rescoped], since: datetime, until: datetime) -> None:
    made = SpecVersion.objects.filter(
        spec__item_id__in=among(changed), created_at__gt=since, created_at__lte=until
    )
    for item, reason, name, email in made.order_by("-created_at", "-pk").values_list(
        "spec__item_id", "reason", "author__name", "author__email"
    ):
        one = changed[item]
        one.by = one.by or name or email or ""
        if reason and reason not in one.reasons:
            one.reasons = (*one.reasons, reason)
