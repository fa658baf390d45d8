"""Jobs of the feedback room."""

from __future__ import annotations

from typing import Any

from feedback.services.demand import demand_recompute
from plm.runner import Run, job_handler


@job_handler("feedback.demand_recompute")
def recompute_demand(run: Run) -> dict[str, Any]:
    """Count the demand of a product's ideas anew, or that of a whole workspace."""
    job = run.job
    return {"changed": demand_recompute(workspace_id=job.workspace_id, product_id=job.product_id)}
