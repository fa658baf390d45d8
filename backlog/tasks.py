"""Jobs of the backlog room."""

from __future__ import annotations

from backlog.services.progress import item_progress_recompute
from backlog.services.scores import scores_recompute
from plm.runner import Run, job_handler


@job_handler("backlog.scores_recompute")
def scores_recompute_job(run: Run) -> dict[str, int]:
    """Scores and ranks of one product."""
    return {"items": scores_recompute(product_id=run.payload["product"])}


@job_handler("backlog.progress")
def progress_job(run: Run) -> dict[str, int]:
    """What is done below each item of one product."""
    return {"changed": item_progress_recompute(product_id=run.payload["product"])}
