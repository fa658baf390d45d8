"""Writes on metrics."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Any

from analytics.models import Metric
from analytics.models.metric import DEFINITION
from analytics.services.rollups import metric_mark
from analytics.stats.tree import MOST_LEVELS, chain_up, height_of
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
    _place(actor, product, None, given, reason)
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
    _place(actor, record.product, record, given, reason)
    before = {name: getattr(record, name) for name in DEFINITION}
    changed = record_update(
        record, actor=actor, version=version, values=given, tags=tags, custom=custom, reason=reason
    )
    if any(getattr(changed, name) != old for name, old in before.items()):
        metric_mark(metric=changed)
    return changed


def _place(
    actor: Actor, product: Product, metric: Metric | None, given: dict[str, Any], reason: str
) -> None:
    """Where a metric will stand in the tree of its product, checked with the tree held still until the commit.

    A new North Star takes over from the one there is. Raises Invalid for what would make a ring, go deeper than
    MOST_LEVELS, or lead out of the product.
    """
    star = bool(given.get("north_star", metric is not None and metric.north_star))
    parent: Metric | None = given.get("parent")
    if given.get("north_star") and "parent" not in given:
        given["parent"] = None
    if star and parent is not None:
        raise Invalid(fields={"parent": "The North Star drives no other metric."})
    moves = parent is not None and (metric is None or metric.parent_id != parent.pk)
    rises = star and not (metric is not None and metric.north_star)
    if not (moves or rises):
        return
    Product.objects.select_for_update().get(pk=product.pk)
    if parent is not None:
        _check_parent(product, metric, parent)
    other = Metric.objects.filter(product=product, north_star=True).first() if rises else None
    if other is not None:
        why = reason or f"{given.get('title') or (metric and metric.title)} is the North Star now"
        record_update(other, actor=actor, version=None, values={"north_star": False}, reason=why)


def _check_parent(product: Product, metric: Metric | None, parent: Metric) -> None:
    if parent.product_id != product.pk:
        raise Invalid(fields={"parent": "Choose a metric of the same product."})
    above = dict(Metric.objects.filter(product=product).values_list("pk", "parent_id"))
    chain = list(chain_up(parent.pk, above))
    own = metric.pk if metric is not None else None
    if own in chain:
        raise Invalid(
            fields={
                "parent": "That one is driven by this metric itself, so they would form a ring."
            }
        )
    if len(chain) + height_of(own, above) > MOST_LEVELS:
        raise Invalid(fields={"parent": f"A metric tree has at most {MOST_LEVELS} levels."})


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
