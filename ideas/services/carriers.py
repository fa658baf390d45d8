"""What hangs on an idea, a person or a company and goes along when it is merged (or an idea is split).

Later rooms register theirs in their `apps.py`.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Model, QuerySet, UniqueConstraint

AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Carrier:
    """Rows of `model` whose `field` points to an idea, a person or a company: what hangs on it. `other` is the field at the far end of a link between records.

    Rows that `split` are shared out one by one when an idea is split: `key` leads to the id each is named by,
    `describe` says one in a line and reads what `related` names; those that match `hidden` are shown to nobody and
    stay. Rows that `both` may be on either idea at once.
    """

    name: str
    label: str
    model: type[Model]
    field: str
    other: str = ""
    split: bool = False
    describe: Callable[[Any], str] = str
    key: str = "uuid"
    related: tuple[str, ...] = ()
    hidden: Mapping[str, Any] = dataclasses.field(default_factory=dict, hash=False)
    both: bool = False

    def rows(self, idea_id: int) -> Any:
        found: QuerySet[Any] = QuerySet(self.model)
        return found.filter(**{f"{self.field}_id": idea_id}).order_by("pk")

    def shown(self, idea_id: int) -> Any:
        """The rows that can be shared out, with the id that each is named by as `split_key`."""
        rows = self.rows(idea_id).select_related(*self.related).annotate(split_key=F(self.key))
        return rows.exclude(**self.hidden) if self.hidden else rows

    def keys(self) -> list[list[str]]:
        """What an idea can have only once: the other fields of each unique constraint that the link is part of."""
        found = []
        for constraint in self.model._meta.constraints:
            if isinstance(constraint, UniqueConstraint) and self.field in constraint.fields:
                names = [n for n in constraint.fields if n != self.field]
                found.append([self.model._meta.get_field(n).attname for n in names])  # type: ignore[union-attr] # no generic relation has a constraint
        return found

    def movable(self, source_id: int, target_id: int) -> list[int]:
        """Keys of the source's rows that the target has not already, and that do not link the two of them."""
        rows = self.rows(source_id)
        if self.other:
            rows = rows.exclude(**{f"{self.other}_id": target_id})
        moving: set[int] = set(rows.values_list("pk", flat=True))
        for names in self.keys():
            there = set(self.rows(target_id).values_list(*names))
            for pk, *values in rows.values_list("pk", *names):
                # Without a value there is nothing that could be the same.
                if None not in values and tuple(values) in there:
                    moving.discard(pk)
        return sorted(moving)

    def move(self, keys: Iterable[int], source_id: int, target_id: int) -> None:
        """Hang these rows on the target, those of them that still hang on the source."""
        wanted = sorted(keys)
        for start in range(0, len(wanted), AT_ONCE):
            part = self.rows(source_id).filter(pk__in=wanted[start : start + AT_ONCE])
            part.update(**{f"{self.field}_id": target_id})


_carriers: dict[tuple[str, str], Carrier] = {}


def register(carrier: Carrier, of: str = "idea") -> None:
    """Have these rows go along from now on; a second one of the same name takes the place of the first.

    `of` is what they hang on: idea, person or company.
    """
    _carriers[of, carrier.name] = carrier


def carriers(of: str = "idea") -> list[Carrier]:
    """All that goes along, in the order in which the rooms came up."""
    return [carrier for (owner, _), carrier in _carriers.items() if owner == of]
