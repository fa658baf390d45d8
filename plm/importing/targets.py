"""What a kind of record can take from a file: the writable fields of its API, its custom fields, tags, links."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from rest_framework import serializers

from plm.kinds import Kind, all_kinds, kind_named
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
ATTRIBUTE = "attributes."


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
    also: tuple[str, ...] = ()
    """What else files call it."""

    @property
    def several(self) -> bool:
        """Whether more than one column may go here."""
        return self.holds in {"tags", "relation"}

    @property
    def has_choices(self) -> bool:
        return bool(self.choices)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rows:
    """Rows of a workspace that are no records and can come from files: companies, people.

    `keys` are the fields that find a row, the surest first. `known(workspace_id, key, texts)` gives the rows by the
    small letters of each; `write(actor, product, data, existing)` makes or changes one; `archive(actor, row)` puts it
    away again.
    """

    name: str
    label: str
    plural: str
    path: str
    model: Any
    keys: tuple[str, ...]
    targets: Callable[[], list[Target]]
    known: Callable[[int, str, set[str]], Mapping[str, list[Any]]]
    write: Callable[..., Any]
    archive: Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Extra:
    """What a later room lets files say of records of an earlier kind.

    `write(actor, record, values, reason)` gets what a row says by the names of the `targets`, writes it and tells
    whether anything changed.
    """

    targets: Callable[[], list[Target]]
    write: Callable[..., bool]


_rows: dict[str, Rows] = {}
_extras: dict[str, Extra] = {}


def extend(kind: str, extra: Extra) -> None:
    """Let files say more of records of this kind."""
    _extras[kind] = extra


def register(rows: Rows) -> Rows:
    """Let files become these rows too."""
    _rows[rows.name] = rows
    return rows


def importable_named(name: str) -> Any:
    """The kind of record or rows of that name. Raises NotVisible for a name nobody registered."""
    return _rows[name] if name in _rows else kind_named(name)


def all_importables() -> list[Any]:
    """All that a file may become."""
    return [*all_kinds(), *_rows.values()]


@dataclass(frozen=True, slots=True)
class Targets:
    """All places of one kind in one product. With `attributes` any column may become a named value as well."""

    kind: Any
    product: Product
    by_name: dict[str, Target] = field(default_factory=dict)
    attributes: bool = False
    extra: Extra | None = None

    def __getitem__(self, name: str) -> Target:
        if self.attributes and is_attribute(name):
            word = name.removeprefix(ATTRIBUTE)
            return Target(name, f"Attribute {word}", "attribute")
        return self.by_name[name]

    def __contains__(self, name: object) -> bool:
        return name in self.by_name or (self.attributes and is_attribute(name))

    def all(self) -> list[Target]:
        return list(self.by_name.values())

    @property
    def required(self) -> list[Target]:
        return [target for target in self.by_name.values() if target.required]


def is_attribute(name: object) -> bool:
    """Whether a field is a named value: `attributes.beds`. A name has a letter and no quotes."""
    if not isinstance(name, str) or not name.startswith(ATTRIBUTE):
        return False
    word = name.removeprefix(ATTRIBUTE)
    return len(word) <= 60 and any(map(str.isalpha, word)) and not set(word) & {'"', "\\", "\0"}


def targets_of(kind: Kind | Rows, product: Product) -> Targets:
    """Read off the kind's serializer, so that a row can say exactly what a call of the API can say."""
    if isinstance(kind, Rows):
        return Targets(
            kind, product, {target.name: target for target in kind.targets()}, attributes=True
        )
    found = Targets(kind, product, extra=_extras.get(kind.name))
    for name, declared in kind.serializer().fields.items():
        target = _target(kind, name, declared)
        if target is not None:
            found.by_name[name] = target
    for custom in CustomField.objects.for_kind(product.pk, kind.name):
        target = _custom_target(custom)
        found.by_name[target.name] = target
    found.by_name["reference"] = Target("reference", "Reference (finds the record)", "key")
    found.by_name["created_at"] = Target("created_at", "Created on", "created")
    for target in found.extra.targets() if found.extra else ():
        found.by_name[target.name] = target
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
