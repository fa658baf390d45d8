"""Where a workspace's days begin."""

from __future__ import annotations

from datetime import date, tzinfo
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.utils import timezone

from plm.models import Product


@lru_cache(maxsize=64)
def zone_named(name: str) -> tzinfo:
    """The time zone of that name, or UTC when there is none."""
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        return ZoneInfo("UTC")


def zone_of(product: Product) -> tzinfo:
    """The time zone in which the product's days begin: that of its workspace."""
    return zone_named(product.workspace.time_zone)


def today_of(product: Product) -> date:
    """Which day it is in the product's workspace."""
    return timezone.now().astimezone(zone_of(product)).date()
