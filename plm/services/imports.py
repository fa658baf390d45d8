"""Writes on imports: taking a file in, its mapping, asking for the check and the run, keeping mappings."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils import timezone

from plm.errors import Conflict, Invalid, NotAllowed, Stale
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.models import ImportBatch, ImportMapping, ImportRow, Product
from plm.models.imports import CHECKED, CHECKING, DRAFT, FINISHED, RUNNING, UNDONE
from plm.models.job import DEAD
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.notes import clean_file_name

KEPT_MAPPINGS = 50


@service
def import_create(
    *,
    actor: Actor,
    product: Product,
    kind: str,
    data: bytes,
    name: str,
    shape: Mapping[str, Any],
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
) -> ImportBatch:
    """Keep a file that was looked through, with the mapping proposed for it. Emits `import.opened`."""
    require(actor, "import.run", product)
    require(actor, f"{kind}.create", product)
    if product.archived_at is not None:
        raise Conflict(f"{product.name} is archived. Restore it before adding to it.")
    stored = default_storage.save(f"imports/{uuid.uuid4().hex}", ContentFile(data))
    try:
        batch = ImportBatch.objects.create(
            workspace_id=product.workspace_id,
            product=product,
            kind=kind,
            file=stored,
            name=clean_file_name(name),
            size=len(data),
            sha256=hashlib.sha256(data).hexdigest(),
            shape=dict(shape),
            mapping=dict(mapping),
            options=dict(options),
            total=int(shape["rows"]),
            created_by_id=actor.user_id,
            created_at=timezone.now(),
        )
        _emit("opened", actor, batch)
    except BaseException:
        default_storage.delete(stored)
        raise
    return batch


def _emit(verb: str, actor: Actor, batch: ImportBatch, **data: Any) -> None:
    emit(
        f"import.{verb}", actor=actor, workspace_id=batch.workspace_id, product_id=batch.product_id,
        batch=batch.uuid, file=batch.name, of=batch.kind, **data,
    )  # fmt: skip


def _locked(batch: ImportBatch, version: int | None) -> ImportBatch:
    current = (
        ImportBatch.objects.select_for_update(of=("self",))
        .select_related("product__workspace")
        .get(pk=batch.pk)
    )
    if version is not None and current.version != version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    return current


@service
def import_map(
    *,
    actor: Actor,
    batch: ImportBatch,
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
    version: int | None = None,
) -> ImportBatch:
    """Say how the file is to be read. What an earlier check found is forgotten. Raises Conflict once rows are in."""
    require(actor, "import.run", batch.product)
    current = _locked(batch, version)
    if not current.may_change:
        raise Conflict(
            f"{current.name} is {current.get_state_display().lower()}; its mapping stands."
        )
    current.mapping, current.options = dict(mapping), dict(options)
    current.state, current.counts, current.error = DRAFT, {}, ""
    current.version += 1
    current.save(update_fields=["mapping", "options", "state", "counts", "error", "version"])
    ImportRow.objects.filter(batch=current, trial=True).delete()
    return current


@service
def import_ask(*, actor: Actor, batch: ImportBatch, trial: bool) -> ImportBatch:
    """Ask for the check (`trial`) or for the import itself. Whoever asks is whose rights every row is written with."""
    require(actor, "import.run", batch.product)
    if actor.user_id is None:
        raise NotAllowed("Sign in to import.")
    current = _locked(batch, None)
    job = current.job if current.is_working else None
    stuck = current.is_working and (job is None or job.state == DEAD)
    if not current.may_change and not stuck:
        raise Conflict(f"{current.name} is {current.get_state_display().lower()} already.")
    strict = bool(current.options.get("all_or_nothing"))
    if not trial and strict and (current.state != CHECKED or current.count("refused")):
        raise Conflict(
            f"{current.count('refused')} rows would be refused, and this import takes all rows or none."
            if current.state == CHECKED
            else "This import takes all rows or none: check it first."
        )
    if not (stuck and current.state == RUNNING and not trial):
        _begin(current)
    current.state = CHECKING if trial else RUNNING
    current.version += 1
    current.save()
    _enqueue(actor, current, "import.check" if trial else "import.run")
    _emit("checked" if trial else "started", actor, current)
    return current


def _begin(batch: ImportBatch) -> None:
    """From the first row: an import that failed half way finds the rows that are in by their ids."""
    batch.phase, batch.position, batch.counts, batch.error = "rows", 0, {}, ""
    ImportRow.objects.filter(batch=batch).delete()


@service
def import_undo(*, actor: Actor, batch: ImportBatch) -> ImportBatch:
    """Ask for the records that the import made to be archived again."""
    require(actor, "import.run", batch.product)
    require(actor, f"{batch.kind}.archive", batch.product)
    current = _locked(batch, None)
    if current.state != FINISHED:
        raise Conflict("Only an import that is done can be taken back.")
    _enqueue(actor, current, "import.undo")
    return current


def _enqueue(actor: Actor, batch: ImportBatch, kind: str) -> None:
    enqueue(
        JobRequest(
            kind=kind,
            key=batch.job_key,
            workspace_id=batch.workspace_id,
            product_id=batch.product_id,
            payload={"batch": str(batch.uuid)},
            requested_by=actor.user_id,
        )
    )


@service
def import_undone(*, actor: Actor, batch: ImportBatch, archived: int) -> ImportBatch:
    """Note that what the import made is put away again."""
    require(actor, "import.run", batch.product)
    current = _locked(batch, None)
    if current.state != FINISHED:
        raise Conflict("Only an import that is done can be taken back.")
    current.state = UNDONE
    current.version += 1
    current.save(update_fields=["state", "version"])
    _emit("undone", actor, current, archived=archived)
    return current


@service
def import_mapping_save(
    *,
    actor: Actor,
    product: Product,
    kind: str,
    name: str,
    mapping: Mapping[str, Any],
    options: Mapping[str, Any],
) -> ImportMapping:
    """Keep a mapping under a name; the same name replaces it."""
    require(actor, "import.run", product)
    label = " ".join(name.split())[:80]
    if not label:
        raise Invalid(fields={"name": "Give the mapping a name."})
    kept = ImportMapping.objects.filter(product=product, kind=kind)
    if kept.exclude(name=label).count() >= KEPT_MAPPINGS:
        raise Conflict(f"A product keeps at most {KEPT_MAPPINGS} mappings per kind of record.")
    row, _ = ImportMapping.objects.update_or_create(
        product=product,
        kind=kind,
        name=label,
        defaults={
            "workspace_id": product.workspace_id,
            "mapping": dict(mapping),
            "options": dict(options),
            "created_by_id": actor.user_id,
        },
    )
    return row
