"""One chunk of rows that become no records but companies or people: found by id or second key, made or changed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import DataError, IntegrityError
from rest_framework.exceptions import ValidationError

from plm.errors import PlmError
from plm.events import attempt
from plm.importing.converting import Converted, problem_of
from plm.importing.targets import Rows
from plm.importing.writing import Chunk, Outcome, Plan, flat_messages
from plm.tabular import Row, cell_text


def chunk_of(plan: Plan, rows: Iterable[Row]) -> Any:
    """The chunk that knows how to write rows of this sort."""
    return RowsChunk(plan, rows) if isinstance(plan.targets.kind, Rows) else Chunk(plan, rows)


def named_by(plan: Plan, converted: Converted) -> tuple[str, str]:
    """(key, what the row says there) for the surest key it has; empty texts where it has none."""
    for key in plan.targets.kind.keys:
        text = _said(converted, key)
        if text:
            return key, text
    return "", ""


def _said(converted: Converted, key: str) -> str:
    return " ".join(cell_text(converted.data.get(key) or "").split()).casefold()


class RowsChunk:
    """Rows written together; who is known already is read in one statement a key."""

    def __init__(self, plan: Plan, rows: Iterable[Row]) -> None:
        self.plan, self.kind = plan, plan.targets.kind
        self.rows = [(row, plan.converter.row(row)) for row in rows]
        self.known: Mapping[str, Mapping[str, list[Any]]] = {
            key: self.kind.known(
                plan.product.workspace_id, key, {t for _, c in self.rows if (t := _said(c, key))}
            )
            for key in self.kind.keys
        }

    def write(self) -> list[Outcome]:
        return [self._row(row, converted) for row, converted in self.rows]

    def _row(self, row: Row, converted: Converted) -> Outcome:
        title = cell_text(converted.data.get("name", ""))[:250]
        existing, problems = self._existing(row, converted)
        problems = [*converted.problems, *problems]
        if problems:
            return Outcome(row.number, "refused", title, problems=problems)
        version = existing.version if existing is not None else None
        try:
            with attempt():
                written = self.kind.write(
                    actor=self.plan.actor, product=self.plan.product, data=converted.data, existing=existing
                )  # fmt: skip
        except PlmError as error:
            found = error.fields or {"": error.message}
        except ValidationError as error:
            found = flat_messages(error.detail)
        except (IntegrityError, DataError, OverflowError):
            found = {"": "The row clashes with what is already there, or a value does not fit."}
        else:
            outcome = (
                "created"
                if version is None
                else "updated"
                if written.version != version
                else "unchanged"
            )
            return Outcome(row.number, outcome, written.name[:250], written)
        return Outcome(row.number, "refused", title, problems=self._named(found, row))

    def _existing(self, row: Row, converted: Converted) -> tuple[Any, list[dict[str, str]]]:
        """The row that is meant, None for a new one; what is wrong when neither can be said."""
        key, text = named_by(self.plan, converted)
        first = self.plan.seen.get((key, text), row.number)
        if not key and not converted.problems:
            words = " and no ".join(
                self.plan.targets[k].label.partition(" (")[0].lower() for k in self.kind.keys
            )
            hint = "Without one the next import of the file would make it again."
            return None, [problem_of("", "", f"The row has no {words}.", hint)]
        if first != row.number:
            label = self.plan.targets[key].label.partition(" (")[0].lower()
            return None, [
                problem_of("", text, f"Row {first} has the same {label}.", "Keep one of them.")
            ]
        return self._found(converted)

    def _found(self, converted: Converted) -> tuple[Any, list[dict[str, str]]]:
        sure = self.kind.keys[0]
        outside = _said(converted, sure)
        for key in self.kind.keys:
            rows = self.known[key].get(_said(converted, key), [])
            # A second key names one that has another id already: then it is somebody else.
            fits = [r for r in rows if key == sure or not outside or not getattr(r, sure)]
            if len(fits) > 1:
                problem = f"{len(fits)} have this {key.replace('_', ' ')}: which one is meant?"
                hint = "Give the external id, or merge them first."
                return None, [problem_of("", converted.data.get(key), problem, hint)]
            if fits:
                return fits[0], []
        return None, []

    def _named(self, fields: Mapping[str, str], row: Row) -> list[dict[str, str]]:
        columns = {e["field"]: name for name, e in self.plan.converter.mapping["columns"].items()}
        found = []
        for name, text in fields.items():
            column = columns.get(name, "")
            label = self.plan.targets[name].label if name in self.plan.targets else ""
            found.append(problem_of(column or label, row.values.get(column, ""), text))
        return found
