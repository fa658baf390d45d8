"""What is kept of the plans of products with so many changes that no page can read them."""

from __future__ import annotations

from collections.abc import Callable

from django.core.cache import cache
from django.utils import timezone

from plm.models import Event, Product
from plm.models.event import PLAN_VERBS
from roadmap.forecasting.coverage import coverage
from roadmap.selectors.pasts import AT_ONCE, kept_name, past_read
from roadmap.selectors.plan_pasts import KeptPast, as_plain


def plans_due(workspace_id: int) -> list[int]:
    """Products, by primary key, that are too long to be read at once and of which something happened since they were read,
    or not on this day. Two statements for each product."""
    due = []
    for product in Product.objects.filter(workspace_id=workspace_id, archived_at=None):
        events = Event.objects.filter(product=product)
        plans = events.filter(verb__in=PLAN_VERBS).order_by("sequence")
        if not plans.values_list("sequence", flat=True)[AT_ONCE : AT_ONCE + 1]:
            continue
        last = events.order_by("-sequence").values_list("sequence", flat=True).first()
        if cache.get(f"{kept_name(product)}:of") != (last, timezone.localdate()):
            due.append(product.pk)
    return due


def plans_keep(*, product_id: int, at_work: Callable[[], None]) -> int:
    """Read all plans of a product and keep in the cache what pages need of them; how many plans there are.

    Nothing in the database is changed, so this needs no transaction; `at_work` is called between its parts. Whoever loses
    the cache waits for the next run.
    """
    product = Product.objects.get(pk=product_id)
    read_at = timezone.now()
    past, last = past_read(product)
    at_work()
    told = coverage(past.courses.values(), past.today, at_work)
    name = kept_name(product)
    kept = KeptPast(past.today, read_at, past.reference, told, past.went)
    cache.set(name, as_plain(kept, read_at), timeout=None)
    cache.set(f"{name}:at", read_at, timeout=None)
    cache.set(f"{name}:of", (last, past.today), timeout=None)
    return kept.plans
