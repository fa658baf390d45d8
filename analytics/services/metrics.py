"""Writes on metrics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from analytics.models import Metric
from analytics.models.metric import DEFINITION
from analytics.services.rollups import metric_mark
from plm.errors import Invalid
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import record_create, record_update


@service
def metric_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Metric:
    """Define a metric; without a key it gets one from its title. Emits `metric.created`.

    The figures of events that came before are computed as soon as a worker gets to it.
    """
    require(actor, "metric.create", product)
    given = dict(values)
    if given.get("key"):
        _key_is_free(product, given["key"])
    else:
        given["key"] = _free_key(product, str(given.get("title", "")))
    if "aggregation" not in given and given.get("source") == "events":
        given["aggregation"] = "count"
    metric = record_create(
        Metric, actor=actor, product=product, values=given, tags=tags, custom=custom, reason=reason
    )
    if metric.source == "events":
        metric_mark(metric=metric)
    return metric


@service
def metric_update(
    *,
    actor: Actor,
    record: Metric,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> Metric:
    """Change a metric. Emits `metric.updated`. Another definition has all its figures computed from zero."""
    require(actor, "metric.edit", record.product)
    given = dict(values)
    if "key" in given and given["key"] != record.key:
        if given["key"]:
            _key_is_free(record.product, given["key"])
        else:
            given.pop("key")
    before = {name: getattr(record, name) for name in DEFINITION}
    changed = record_update(
        record, actor=actor, version=version, values=given, tags=tags, custom=custom, reason=reason
    )
    if any(getattr(changed, name) != old for name, old in before.items()):
        metric_mark(metric=changed)
    return changed


def _key_is_free(product: Product, key: str) -> None:
    if Metric.objects.filter(product=product, key=key).exists():
        raise Invalid(fields={"key": f"Another metric of {product.name} has the key {key}."})


def _free_key(product: Product, title: str) -> str:
    """A key made of the title, with a number at its end if that one is taken."""
    words = re.sub(r"[^a-z0-9]+", "-", title.casefold()).strip("-")
    stem = (words if words[:1].isalpha() else f"metric-{words}".strip("-"))[:50]
    taken = set(
        Metric.objects.filter(product=product, key__startswith=stem).values_list("key", flat=True)
    )
    if stem not in taken:
        return stem
    return next(name for n in range(2, len(taken) + 3) if (name := f"{stem}-{n}") not in taken)
