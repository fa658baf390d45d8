"""Specifications."""

from __future__ import annotations

from typing import Any

from backlog.filters.specs import SpecFilter
from backlog.forms.specs import SpecForm
from backlog.models import Spec
from backlog.selectors.specs import spec_page
from backlog.selectors.threads import comments_in_threads
from backlog.serializers.specs import SpecSerializer
from backlog.services.specs import spec_create, spec_move, spec_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.stages import SPECIFICATION


def _spec_properties(spec: Any) -> list[tuple[str, Any, str]]:
    unit = f" {spec.success_unit}" if spec.success_unit else ""
    return [("Specifies", f"{spec.item.reference} {spec.item.title}", spec.item.get_absolute_url())] + [
        (label, f"{value.normalize():f}{unit}" if value is not None else None, "")
        for label, value in (("Baseline", spec.success_baseline), ("Target", spec.success_target))
    ]  # fmt: skip


SPEC = Kind(
    name="spec",
    label="Specification",
    plural="Specifications",
    path="specs",
    icon="file-text",
    stage=SPECIFICATION,
    model=Spec,
    form=SpecForm,
    filters=SpecFilter,
    serializer=SpecSerializer,
    create=spec_create,
    update=spec_update,
    move=spec_move,
    columns=default_columns(Column("item", "Specifies")),
    orders=DEFAULT_ORDERS,
    detail=spec_page,
    detail_template="backlog/spec_detail.html",
    form_template="backlog/spec_form.html",
    properties=_spec_properties,
    comments_apart=comments_in_threads,
    related=("item__product__workspace",),
    empty_text="A specification says which problem a feature solves, for whom, and how you will know that it worked.",
)
