"""What a kind of record can take from a file: the writable fields of its API, its custom fields, tags, links."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from plm.kinds import Kind
from plm.models import CustomField, Product, StageRecord

RELATIONS: Mapping[str, tuple[str, str, bool]] = {
    "relation.relates": ("Relates to (ids)", "relates", False),
    "relation.replaces": ("Replaces (ids)", "replaces", False),
    "relation.replaced_by": ("Replaced by (ids)", "replaces", True),
    "relation.blocks": ("Blocks (ids)", "blocks", False),
    "relation.blocked_by": ("Blocked by (ids)", "blocks", True),
    "relation.duplicates": ("Duplicates (ids)", "duplicates", False),
    "relation.informs": ("Informs (ids)", "informs", False),
}
KEYS = ("reference", "external_id")


@dataclass(frozen=True, slots=True)
class Target:
    """One place a column can go. `holds` says how its text is understood; `choices` are (value, label)."""

    name: str
    label: str
    holds: str
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    model: type[StageRecord] | None = None
    clears: Any = None

    @property
    def several(self) -> bool:
        """Whether more than one column may go here."""
        return self.holds in {"tags", "relation"}

    @property
    def has_choices(self) -> bool:
        return bool(self.choices)


@dataclass(frozen=True, slots=True)
class Targets:
    """All places of one kind in one product."""

    kind: Kind
    product: Product
    by_name: dict[str, Target] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Target:
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name

    def all(self) -> list[Target]:
        return list(self.by_name.values())

    @property
    def required(self) -> list[Target]:
        return [target for target in self.by_name.values() if target.required]


def targets_of(kind: Kind, product: Product) -> Targets:
    """Read off the kind's serializer, so that a row can say exactly what a call of the API can say."""
    found = Targets(kind, product)
    for name, declared in kind.serializer().fields.items():
        target = _target(kind, name, declared)
        if target is not None:
            found.by_name[name] = target
    for custom in CustomField.objects.for_kind(product.pk, kind.name):
        target = _custom_target(custom)
        found.by_name[target.name] = target
    found.by_name["reference"] = Target("reference", "Reference (finds the record)", "key")
    found.by_name["created_at"] = Target("created_at", "Created on", "created")
    for name, (label, _, _) in RELATIONS.items():
        found.by_name[name] = Target(name, label, "relation")
    return found


_HOLDS: tuple[tuple[type[Any], str], ...] = (
    (serializers.BooleanField, "bool"),
    (serializers.IntegerField, "number"),
    (serializers.FloatField, "number"),
    (serializers.DecimalField, "number"),
    (serializers.DateTimeField, "moment"),
    (serializers.DateField, "date"),
    (serializers.CharField, "text"),
)


def _target(kind: Kind, name: str, declared: Any) -> Target | None:
    if declared.read_only or name == "custom":
        return None
    choices: tuple[tuple[str, str], ...] = ()
    if name == "state":
        holds, choices = "choice", tuple(kind.model.workflow.choices)
    elif name == "tags":
        holds = "tags"
    elif isinstance(declared, serializers.MultipleChoiceField):
        return None
    elif isinstance(declared, serializers.ChoiceField):
        holds = "choice"
        choices = tuple(
            (str(k), str(v)) for k, v in declared.choices.items() if k not in ("", None)
        )
    else:
        holds = getattr(declared, "holds", "") or _holds(declared)
    return Target(
        name=name,
        label=_label(kind, name),
        holds=holds,
        required=bool(declared.required),
        choices=choices,
        model=getattr(declared, "model", None) if holds == "record" else None,
        clears=_cleared(declared, holds),
    )


def _holds(declared: Any) -> str:
    for type_, holds in _HOLDS:
        if isinstance(declared, type_):
            return holds
    child = getattr(declared, "child", None)
    if isinstance(child, serializers.CharField) or getattr(child, "holds", "") == "record":
        return "list"
    return "json"


def _cleared(declared: Any, holds: str) -> Any:
    """What an empty cell means where empty cells are to clear a field."""
    if holds in {"tags", "list"}:
        return []
    if getattr(declared, "allow_blank", False):
        return ""
    return None


_LABELS = {
    "external_id": "External id (finds the record)",
    "external_source": "External source",
    "tags": "Tags",
}


def _label(kind: Kind, name: str) -> str:
    shown = kind.form.base_fields.get(name)
    words = name.replace("_", " ").capitalize()
    return _LABELS.get(name) or str((shown.label if shown is not None else "") or words)


_CUSTOM = {
    "text": "text", "number": "number", "date": "date", "choice": "choice", "people": "people", "url": "text",
    "bool": "bool",
}  # fmt: skip


def _custom_target(custom: CustomField) -> Target:
    return Target(
        name=f"custom.{custom.name}",
        label=f"{custom.label} (own field)",
        holds=_CUSTOM[custom.type],
        required=custom.required,
        choices=tuple((choice, choice) for choice in custom.choices),
    )
