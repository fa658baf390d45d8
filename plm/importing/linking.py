"""The second pass: links between records, once every record of the file is there."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from plm.errors import NotVisible, PlmError
from plm.events import attempt
from plm.importing.converting import problem_of
from plm.importing.targets import RELATIONS, Target
from plm.importing.writing import Chunk, Outcome, Plan
from plm.kinds import record_by_reference
from plm.models import StageRecord
from plm.services.notes import relation_add
from plm.tabular import Row


def link_chunk(plan: Plan, rows: Iterable[Row], *, trial: bool) -> tuple[int, list[Outcome]]:
    """(links made or found, warnings). A link that leads nowhere leaves its record as it is and is reported."""
    chunk = Chunk(plan, rows)
    made, warnings = 0, []
    ends = _Ends(plan, chunk)
    for (row, converted), key in zip(chunk.rows, chunk.keys, strict=True):
        record = chunk._existing(converted, key)  # noqa: SLF001
        if not converted.links or (record is None and not trial) or converted.problems:
            continue
        problems: list[dict[str, str]] = []
        for name, texts in converted.links.items():
            made += _link(plan, ends, record, plan.targets[name], texts, problems, trial=trial)
        if problems:
            title = record.title if record else str(converted.data.get("title", ""))[:250]
            warnings.append(Outcome(row.number, "warning", title, record, problems))
    return made, warnings


def _link(
    plan: Plan,
    ends: _Ends,
    record: StageRecord | None,
    target: Target,
    texts: list[str],
    problems: list[dict[str, str]],
    *,
    trial: bool,
) -> int:
    made = 0
    for text in texts:
        other = ends.find(target, text)
        if other is None:
            if trial and ends.will_be(text):
                made += 1
            else:
                problem = f"There is no record {text!r} to link to."
                problems.append(
                    problem_of(target.label, text, problem, "Import it, then this file again.")
                )
            continue
        if record is None or trial:
            made += 1
            continue
        try:
            with attempt():
                _make(plan, record, other, target)
                made += 1
        except PlmError as error:
            problems.append(problem_of(target.label, text, error.message))
    return made


def _make(plan: Plan, record: StageRecord, other: StageRecord, target: Target) -> None:
    if target.holds == "record":
        if getattr(record, f"{target.name}_id", None) == other.pk:
            return
        plan.targets.kind.update(
            actor=plan.actor, record=record, version=None, values={target.name: other}, reason=plan.reason
        )  # fmt: skip
        return
    _, type_, turned = RELATIONS[target.name]
    source, end = (other, record) if turned else (record, other)
    relation_add(actor=plan.actor, source=source, target=end, type=type_)


class _Ends:
    """The records that the texts of a chunk name, by outside id in one query per kind, or by reference."""

    def __init__(self, plan: Plan, chunk: Chunk) -> None:
        self.plan = plan
        texts: dict[Any, set[str]] = {}
        for _, converted in chunk.rows:
            for name, parts in converted.links.items():
                model = plan.targets[name].model or plan.targets.kind.model
                texts.setdefault(model, set()).update(parts)
        self.by_id: dict[tuple[Any, str], list[StageRecord]] = {}
        for model, wanted in texts.items():
            for record in model.objects.filter(
                product=plan.product, external_id__in=wanted
            ).with_people():
                self.by_id.setdefault((model, record.external_id), []).append(record)
        self.ids = {external_id for _, external_id in plan.seen}

    def will_be(self, text: str) -> bool:
        return text in self.ids

    def find(self, target: Target, text: str) -> Any:
        model = target.model or self.plan.targets.kind.model
        found = self.by_id.get((model, text), [])
        if len(found) == 1:
            return found[0]
        try:
            record = record_by_reference(self.plan.actor, self.plan.product.workspace_id, text[:24])
        except NotVisible:
            return None
        return record if target.model is None or isinstance(record, target.model) else None
