"""One chunk of rows written, each as the API would write it, each whole or not at all."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.db import DataError, IntegrityError
from rest_framework.exceptions import ValidationError

from plm.errors import PlmError
from plm.events import attempt
from plm.importing.converting import Converted, Converter, problem_of
from plm.importing.targets import Target, Targets
from plm.models import Product, StageRecord
from plm.numerals import whole_number
from plm.permissions import Actor
from plm.tabular import Row, cell_text

ROW_KEY = "row:"


@dataclass
class Outcome:
    """What came of a row."""

    row: int
    outcome: str
    title: str = ""
    record: Any = None
    problems: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Plan:
    """All that stays the same from row to row. `seen` maps a record's outside id to the row that has it first."""

    actor: Actor
    product: Product
    targets: Targets
    converter: Converter
    reason: str
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    links: dict[str, list[Target]] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """How rows are recognised: by `reference`, by `external_id`, or by what the whole `row` says."""
        used = {entry["field"] for entry in self.converter.mapping["columns"].values()}
        if "reference" in used:
            return "reference"
        return "external_id" if "external_id" in used else "row"

    @property
    def links_out(self) -> bool:
        used = {entry["field"] for entry in self.converter.mapping["columns"].values()}
        return any(self.targets[name].holds in {"relation", "record"} for name in used)


def row_key(values: Mapping[str, Any], times: int) -> str:
    """An id made from what a row says, and from how often the file said it before."""
    body = orjson.dumps(values, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS, default=str)
    return f"{ROW_KEY}{hashlib.sha256(body).hexdigest()[:24]}:{times}"


def identified(plan: Plan, row: Row, converted: Converted) -> tuple[str, str]:
    """(external source, external id) of a row; the id is empty where the reference identifies it."""
    source = cell_text(converted.data.get("external_source", ""))
    if plan.key == "row":
        return source, cell_text(row.values.get("\x00key", ""))
    return source, cell_text(converted.data.get("external_id", "")).strip()


class Chunk:
    """Rows that are written together, with the records they meet found in one query."""

    def __init__(self, plan: Plan, rows: Iterable[Row]) -> None:
        self.plan = plan
        self.rows = [(row, plan.converter.row(row)) for row in rows]
        self.keys = [identified(plan, row, converted) for row, converted in self.rows]
        self.known = self._known()
        self.ends: dict[str, dict[str, str]] = {}

    def _known(self) -> dict[Any, StageRecord]:
        model, product = self.plan.targets.kind.model, self.plan.product
        rows = model.objects.filter(product=product).with_people()
        if self.plan.key == "reference":
            numbers = [n for _, c in self.rows if (n := _number(product, c.reference)) is not None]
            return {r.number: r for r in rows.filter(number__in=numbers)}
        ids = {external_id for _, external_id in self.keys if external_id}
        found = rows.filter(external_id__in=ids)
        return {(r.external_source, r.external_id): r for r in found}

    def write(self) -> list[Outcome]:
        return [
            self._row(row, converted, key)
            for (row, converted), key in zip(self.rows, self.keys, strict=True)
        ]

    def _row(self, row: Row, converted: Converted, key: tuple[str, str]) -> Outcome:
        title = cell_text(converted.data.get("title", ""))[:250]
        problems = [*converted.problems, *self._identity_problems(row, converted, key)]
        if problems:
            return Outcome(row.number, "refused", title, problems=problems)
        existing = self._existing(converted, key)
        if existing is not None and self.plan.key == "row":
            return Outcome(row.number, "unchanged", existing.title, existing)
        try:
            with attempt():
                return self._write(row, converted, key, existing)
        except PlmError as error:
            found = error.fields or {"": error.message}
        except ValidationError as error:
            found = flat_messages(error.detail)
        except IntegrityError:
            return self._again(row, converted, key, title)
        except (DataError, OverflowError):
            found = {"": "A value does not fit. Shorten it or choose a smaller number."}
        return Outcome(row.number, "refused", title, problems=self._named(found, row))

    def _again(self, row: Row, converted: Converted, key: tuple[str, str], title: str) -> Outcome:
        """Another import made the same record a moment ago: now it is there, and this row is about it."""
        existing = self._existing(converted, key)
        fresh = self._known().get(key)
        if existing is None and fresh is not None:
            self.known[key] = fresh
            return self._row(row, converted, key)
        problem = "The row clashes with what is already there."
        return Outcome(row.number, "refused", title, problems=[problem_of("", "", problem)])

    def _identity_problems(
        self, row: Row, converted: Converted, key: tuple[str, str]
    ) -> list[dict[str, str]]:
        if self.plan.key == "reference":
            if self._existing(converted, key) is None:
                text = converted.reference
                return [
                    problem_of(
                        "",
                        text,
                        f"There is no {self.plan.targets.kind.label.lower()} {text or '(empty)'} in this product.",
                    )
                ]
            return []
        if not key[1]:
            if converted.problems:
                return []
            hint = "Without it the next import of the file would make it again."
            return [problem_of("", "", "The row has no external id.", hint)]
        first = self.plan.seen.get(key, row.number)
        if first != row.number:
            return [
                problem_of(
                    "", key[1], f"Row {first} has the same external id.", "Keep one of them."
                )
            ]
        return []

    def _existing(self, converted: Converted, key: tuple[str, str]) -> StageRecord | None:
        if self.plan.key == "reference":
            return self.known.get(_number(self.plan.product, converted.reference))
        return self.known.get(key)

    def _write(
        self, row: Row, converted: Converted, key: tuple[str, str], existing: StageRecord | None
    ) -> Outcome:
        kind, actor = self.plan.targets.kind, self.plan.actor
        data = dict(converted.data)
        if self.plan.key == "row":
            data["external_id"] = key[1]
        self._known_links(converted, data)
        extra = self._extra(data)
        values = validated(self.plan, data, partial=existing is not None)
        tags, custom = values.pop("tags", None), values.pop("custom", None)
        if existing is not None:
            changed = kind.update(
                actor=actor, record=existing, version=None, values=values, tags=tags, custom=custom,
                reason=self.plan.reason,
            )  # fmt: skip
            more = self._write_extra(changed, extra)
            outcome = "updated" if more or changed.version != existing.version else "unchanged"
            return Outcome(row.number, outcome, changed.title, changed)
        if converted.created_at is not None:
            values["created_at"] = converted.created_at
        made = kind.create(
            actor=actor, product=self.plan.product, values=values, tags=tags or (), custom=custom,
            reason=self.plan.reason,
        )  # fmt: skip
        self._write_extra(made, extra)
        return Outcome(row.number, "created", made.title, made)

    def _extra(self, data: dict[str, Any]) -> dict[str, Any]:
        """What the row says that a later room writes, taken out of its data."""
        if self.plan.targets.extra is None:
            return {}
        names = {target.name for target in self.plan.targets.extra.targets()}
        return {name: data.pop(name) for name in names & data.keys()}

    def _write_extra(self, record: StageRecord, values: Mapping[str, Any]) -> bool:
        extra = self.plan.targets.extra
        if extra is None or not values:
            return False
        return extra.write(
            actor=self.plan.actor, record=record, values=values, reason=self.plan.reason
        )

    def _known_links(self, converted: Converted, data: dict[str, Any]) -> None:
        """Links a record cannot be made without must lead somewhere now; the others are made at the end."""
        for name, texts in converted.links.items():
            target = self.plan.targets[name]
            if target.holds == "record" and target.required and target.model is not None:
                data[name] = self._reference(target.model, name, texts[0])

    def _reference(self, model: type[StageRecord], name: str, text: str) -> str:
        """The reference of the record that a text names by its outside id, or the text itself."""
        if name not in self.ends:
            wanted = {part for _, c in self.rows for part in c.links.get(name, [])}
            rows = model.objects.filter(product=self.plan.product, external_id__in=wanted)
            self.ends[name] = {r.external_id: r.reference for r in rows.select_related("product")}
        return self.ends[name].get(text, text)

    def _named(self, fields: Mapping[str, str], row: Row) -> list[dict[str, str]]:
        columns = {e["field"]: name for name, e in self.plan.converter.mapping["columns"].items()}
        found = []
        for field_name, text in fields.items():
            column = columns.get(field_name, "")
            label = column or (
                self.plan.targets[field_name].label if field_name in self.plan.targets else ""
            )
            found.append(problem_of(label, row.values.get(column, ""), text))
        return found


def validated(plan: Plan, data: Mapping[str, Any], *, partial: bool) -> dict[str, Any]:
    """What the kind's serializer makes of the data. Raises ValidationError."""
    context = {
        "actor": plan.actor,
        "workspace_id": plan.product.workspace_id,
        "product": plan.product,
    }
    serializer = plan.targets.kind.serializer(data=dict(data), partial=partial, context=context)
    serializer.is_valid(raise_exception=True)
    return dict(serializer.validated_data)


def _number(product: Product, reference: str) -> int | None:
    key, _, number = reference.partition("-")
    return whole_number(number) if key == product.key else None


def flat_messages(detail: Any, prefix: str = "") -> dict[str, str]:
    """Nested validation messages as `field.sub: sentence`."""
    if isinstance(detail, Mapping):
        found: dict[str, str] = {}
        for name, part in detail.items():
            found |= flat_messages(part, f"{prefix}.{name}" if prefix else str(name))
        return found
    parts = detail if isinstance(detail, list) else [detail]
    return {prefix: " ".join(str(part) for part in parts)}
