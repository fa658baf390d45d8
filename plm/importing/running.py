"""The check and the import as jobs: chunk by chunk, each with its position, so that any chunk may be the last for now."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from itertools import islice
from typing import Any

from django.utils import timezone

from plm.errors import NotAllowed, NotVisible, PlmError
from plm.events import attempt
from plm.importing.converting import Book, Converter
from plm.importing.linking import link_chunk
from plm.importing.opening import batch_rows, targets_for
from plm.importing.rows import chunk_of, named_by
from plm.importing.targets import Rows, importable_named
from plm.importing.writing import Outcome, Plan, identified
from plm.models import ImportBatch, ImportRow, StageRecord, User
from plm.models.imports import CHECKED, CHECKING, FAILED, FINISHED, RUNNING
from plm.permissions import Actor
from plm.runner import Run
from plm.selectors import actor_of
from plm.services.guard import require
from plm.services.imports import import_undone
from plm.services.records import record_archive
from plm.services.workspaces import team_create
from plm.tabular import Row, Unreadable

CHUNK = 50
PREVIEW = 20


class _Undo(Exception):
    """Leaves an `attempt()` so that what a check tried is gone."""


def work(run: Run, *, trial: bool) -> dict[str, Any]:
    """Check or import the batch of a job from where it stands. A batch that is not waiting for this is left alone."""
    batch = _batch(run)
    if batch is None or batch.state != (CHECKING if trial else RUNNING):
        return {}
    try:
        actor = _actor(run, batch)
        rows = batch_rows(batch)
        plan = _plan(actor, batch, rows())
    except (PlmError, Unreadable) as error:
        with run.step():
            _close(batch, FAILED, error.message)
        return {"url": batch.get_absolute_url()}
    _pass(run, batch, plan, rows(), "rows", trial=trial)
    if plan.links_out:
        _pass(run, batch, plan, rows(), "links", trial=trial)
    with run.step(progress=batch.total, total=batch.total):
        _close(batch, CHECKED if trial else FINISHED, "")
    return {
        "url": batch.get_absolute_url(), "label": "Open the report" if trial else "Open the result",
        "counts": batch.counts,
    }  # fmt: skip


def _batch(run: Run) -> ImportBatch | None:
    return (
        ImportBatch.objects.select_related("product__workspace")
        .filter(uuid=run.payload["batch"], workspace_id=run.job.workspace_id)
        .first()
    )


def _actor(run: Run, batch: ImportBatch) -> Actor:
    """Whoever asked, with the rights they have now."""
    asked_by = run.job.requested_by_id or 0
    user = User.objects.filter(pk=asked_by, is_active=True).first()
    if user is None:
        raise NotAllowed("Whoever asked for this import has left.")
    actor = actor_of(user)
    try:
        require(actor, "import.run", batch.product)
    except NotVisible:
        raise NotAllowed("Whoever asked for this import may not import here any more.") from None
    return actor


def _plan(actor: Actor, batch: ImportBatch, rows: Iterator[Row]) -> Plan:
    targets = targets_for(batch)
    book = Book.of(batch.product, _team_maker(actor, batch))
    converter = Converter(targets, batch.mapping, batch.options, book)
    plan = Plan(actor, batch.product, targets, converter, f"Import of {batch.name}")
    key = plan.key
    if key == "reference":
        return plan
    own = isinstance(targets.kind, Rows)
    keys = {*targets.kind.keys} if own else {"external_id", "external_source"}
    quick = Converter(targets, _only_keys(batch.mapping, keys), batch.options, book)
    for row in rows:
        said = quick.row(row)
        found = named_by(plan, said) if own else identified(plan, row, said)
        if found[1]:
            plan.seen.setdefault(found, row.number)
    return plan


def _only_keys(mapping: dict[str, Any], keys: set[str]) -> dict[str, Any]:
    return {
        "columns": {name: entry for name, entry in mapping["columns"].items() if entry["field"] in keys},
        "constants": {name: value for name, value in mapping["constants"].items() if name in keys},
    }  # fmt: skip


def _team_maker(actor: Actor, batch: ImportBatch) -> Any:
    if not batch.options.get("create_teams"):
        return None
    return lambda name: team_create(actor=actor, workspace=batch.product.workspace, name=name)


def _pass(
    run: Run, batch: ImportBatch, plan: Plan, rows: Iterator[Row], phase: str, *, trial: bool
) -> None:
    """All chunks of one phase that are not done yet."""
    if phase != batch.phase:
        if phase == "rows":  # the links were begun: the rows are done
            return
        with run.step(progress=0, total=batch.total):
            batch.phase, batch.position = phase, 0
            batch.save(update_fields=["phase", "position"])
    remaining = islice(rows, batch.position, None)
    while chunk := list(islice(remaining, CHUNK)):
        with run.step(progress=batch.position + len(chunk), total=batch.total):
            _chunk(batch, plan, chunk, trial=trial)


def _chunk(batch: ImportBatch, plan: Plan, rows: list[Row], *, trial: bool) -> None:
    # Teams made in a chunk that was rolled back must not be remembered.
    plan.converter.book.read_teams()
    outcomes: list[Outcome] = []
    links = 0
    with _taken_back(when=trial):
        if batch.phase == "rows":
            outcomes = chunk_of(plan, rows).write()
        else:
            links, outcomes = link_chunk(plan, rows, trial=trial)
    _note(batch, outcomes, links, trial=trial)
    batch.position += len(rows)
    batch.save(update_fields=["position", "counts"])


@contextmanager
def _taken_back(*, when: bool) -> Iterator[None]:
    """Do the block; with `when` take back all it wrote and every fact it noted."""
    try:
        with attempt():
            yield
            _leave(when=when)
    except _Undo:
        pass


def _leave(*, when: bool) -> None:
    if when:
        raise _Undo


def _note(batch: ImportBatch, outcomes: list[Outcome], links: int, *, trial: bool) -> None:
    counts = dict(batch.counts)
    for outcome in outcomes:
        counts[outcome.outcome] = counts.get(outcome.outcome, 0) + 1
    if links:
        counts["links"] = counts.get("links", 0) + links
    batch.counts = counts
    shown = batch.position < PREVIEW
    ImportRow.objects.bulk_create(
        [
            ImportRow(
                workspace_id=batch.workspace_id,
                batch=batch,
                trial=trial,
                row=outcome.row,
                outcome=outcome.outcome,
                title=outcome.title,
                record_id=_kept(outcome, trial=trial),
                made=_made(outcome, trial=trial),
                problems=outcome.problems,
            )
            for place, outcome in enumerate(outcomes)
            if outcome.problems
            or (shown and batch.position + place < PREVIEW)
            or (not trial and outcome.outcome == "created")
        ]
    )


def _kept(outcome: Outcome, *, trial: bool) -> int | None:
    if not isinstance(outcome.record, StageRecord) or (trial and outcome.outcome == "created"):
        return None
    return int(outcome.record.pk)


def _made(outcome: Outcome, *, trial: bool) -> Any:
    new = outcome.outcome == "created" and not trial
    return None if not new or isinstance(outcome.record, StageRecord) else outcome.record.uuid


def _close(batch: ImportBatch, state: str, error: str) -> None:
    batch.state, batch.error = state, error[:2000]
    batch.finished_at = timezone.now()
    batch.phase, batch.position = "rows", 0
    batch.version += 1
    batch.save(update_fields=["state", "error", "finished_at", "phase", "position", "version"])


def made_by(batch: ImportBatch) -> list[Any]:
    """The records an import made, those not archived since."""
    rows = batch.rows.filter(trial=False, outcome="created")
    kind = importable_named(batch.kind)
    if isinstance(kind, Rows):
        return list(kind.model.objects.filter(uuid__in=rows.values("made"), archived_at=None))
    ids, model = rows.values("record_id"), kind.model
    return list(model.objects.filter(pk__in=ids, archived_at=None).with_people())


def take_back(run: Run) -> dict[str, Any]:
    """Put away what an import made; what it only changed stays changed. One transaction, with its mark."""
    batch = _batch(run)
    if batch is None or batch.state != FINISHED:
        return {}
    actor = _actor(run, batch)
    records = made_by(batch)
    kind = importable_named(batch.kind)
    for record in records:
        if isinstance(kind, Rows):
            kind.archive(actor=actor, row=record)
            continue
        record_archive(record, actor=actor, reason=f"Import of {batch.name} taken back")
    import_undone(actor=actor, batch=batch, archived=len(records))
    return {"archived": len(records), "url": batch.get_absolute_url(), "label": "Open the import"}
