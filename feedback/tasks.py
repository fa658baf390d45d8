"""Jobs of the feedback room."""

from __future__ import annotations

from typing import Any

from feedback.services.demand import demand_recompute
from plm.runner import Run, job_handler


@job_handler("feedback.demand_recompute")
def recompute_demand(run: Run) -> dict[str, Any]:
    """Count the demand of a product's ideas anew, or that of a whole workspace."""
    workspace_id = run.job.workspace_id
    if workspace_id is None:
        return {"changed": 0}
    return {"changed": demand_recompute(workspace_id=workspace_id, product_id=run.job.product_id)}
