"""Where a record of stage 1 came from: always from its own product."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from plm.errors import Invalid
from plm.models import StageRecord


def check_origins(model: type[StageRecord], product_id: int, values: Mapping[str, Any]) -> None:
    """Raises Invalid for an origin of another product: not everybody who reads the record may read that one."""
    wrong = {
        name: "Choose one of the same product."
        for name in model.origins
        if values.get(name) is not None and values[name].product_id != product_id
    }
    if wrong:
        raise Invalid(fields=wrong)
