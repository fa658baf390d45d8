"""Imported files that name somebody who is erased."""

from __future__ import annotations

import re

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from plm.models import ImportBatch, ImportRow
from plm.models.imports import FAILED, FINISHED, UNDONE
from plm.redaction import ERASED, redacted
from plm.tabular import Unreadable, cell_text, read_table


def imports_erase(*, workspace_id: int, name: str, pattern: re.Pattern[str]) -> int:
    """Empty the files of imports that name the person, with the samples taken from them; how many.

    What the import did stays listed. One that was not done is over: its file would have to be sent again.
    """
    emptied = 0
    for batch in ImportBatch.objects.filter(workspace_id=workspace_id).order_by("pk"):
        if batch.kind == "person":
            ImportRow.objects.filter(batch=batch, title__iexact=name).update(
                title=ERASED, problems=[]
            )
        if not _names(batch, pattern):
            continue
        stored = str(batch.file.name)
        default_storage.delete(stored)
        default_storage.save(stored, ContentFile(b""))
        columns = [{**c, "samples": [], "distinct": None} for c in batch.shape.get("columns", [])]
        batch.shape = {**redacted(batch.shape, pattern, names=True), "columns": columns}
        if batch.state not in {FINISHED, UNDONE, FAILED}:
            batch.state = FAILED
            batch.error = (
                "The file named a person who was erased since. Send it again without them."
            )
        batch.version += 1
        batch.save()
        emptied += 1
    return emptied


def _names(batch: ImportBatch, pattern: re.Pattern[str]) -> bool:
    try:
        with batch.file.open("rb") as stored:
            table = read_table(stored.read(), batch.name)
        return any(
            pattern.search(cell_text(cell)) for row in table.rows() for cell in row.values.values()
        )
    except (Unreadable, FileNotFoundError):
        return False
