"""Jobs of the analytics room."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from analytics.models import DirtyDay, IntakeWarning
from analytics.services.following import key_results_follow
from analytics.services.intake import rollups_ask
from analytics.services.rollups import rollups_catch_up
from plm.runner import Run, job_handler
from plm.services.clock import every

every(60, "analytics.sweep")
KEEP_WARNINGS = timedelta(days=90)
MAX_STEPS = 500


@job_handler("analytics.rollups", atomic=False)
def rollups(run: Run) -> dict[str, int]:
    """Bring a product's rollups up to date, a transaction per bundle of marks; whatever is left the sweep finds."""
    done = 0
    for _ in range(MAX_STEPS):
        with run.step(progress=done):
            marks = rollups_catch_up(product_id=run.job.product_id or 0)
        done += marks
        if not marks:
            break
    with run.step(progress=done):
        key_results_follow(product_id=run.job.product_id or 0)
    return {"marks": done}


@job_handler("analytics.sweep")
def sweep(run: Run) -> dict[str, int]:
    """Ask for the rollups of every product that has marks left, and forget old warnings."""
    workspace = run.job.workspace_id
    waiting = (
        DirtyDay.objects.filter(workspace_id=workspace)
        .values_list("product_id", flat=True)
        .distinct()
        .order_by("product_id")
    )
    products = list(waiting)
    for product_id in products:
        rollups_ask(workspace, product_id)
    old = timezone.now() - KEEP_WARNINGS
    warnings, _ = IntakeWarning.objects.filter(workspace_id=workspace, received_at__lt=old).delete()
    return {"products": len(products), "warnings": warnings}
