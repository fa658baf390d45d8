"""Records that hold lists of like rows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from ideas.rowsets import RowSet
from plm.models import StageRecord


class RowRecord(StageRecord):
    """A record with lists of rows in JSON columns; `rowsets` says, by column, what a row is."""

    rowsets: ClassVar[Mapping[str, RowSet]]

    class Meta(StageRecord.Meta):
        abstract = True
