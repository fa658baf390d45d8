"""Product events of somebody who is erased: they stay as those of nobody, who is still one."""

from __future__ import annotations

import uuid

from analytics.models import ProductEvent
from ideas.services.erasing import Traces


def events_erase(traces: Traces) -> None:
    """Give the actor of their events a name that leads nowhere: distinct people are counted as before."""
    events = ProductEvent.objects.filter(product__workspace_id=traces.workspace_id)
    nobody = f"erased-{uuid.uuid4().hex[:12]}"
    events.filter(actor__in=traces.ids).update(actor=nobody)
