"""System checks of the house: what a model must declare."""

from __future__ import annotations

from typing import Any

from django.core.checks import CheckMessage, Error, register
from django.db.models import ForeignKey

from plm.lineage import edges_of, record_models


@register()
def records_declare_themselves(**_: Any) -> list[CheckMessage]:
    """Every kind of record names its kind, its workflow and origins that lead somewhere."""
    problems: list[CheckMessage] = []
    for model in record_models():
        missing = [n for n in ("kind", "workflow", "origins") if not hasattr(model, n)]
        if missing:
            problems.append(
                Error(f"{model.__name__} does not declare {', '.join(missing)}.", id="plm.E001")
            )
            continue
        try:
            edges_of(model)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with the declaration is the finding
            problems.append(Error(f"{model.__name__}.origins: {error}", id="plm.E002"))
        problems += [
            Error(
                f"{model.__name__}.{field.name}: links to records must be PROTECT or SET_NULL.",
                id="plm.E003",
            )
            for field in model._meta.local_fields
            if isinstance(field, ForeignKey)
            and field.name in model.origins
            and getattr(field.remote_field.on_delete, "__name__", "") not in {"PROTECT", "SET_NULL"}
        ]
    return problems
