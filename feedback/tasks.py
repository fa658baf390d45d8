"""Jobs of the feedback room."""

from __future__ import annotations

from typing import Any

from feedback.services.demand import demand_recompute
from ideas.selectors.demand import products_that_forget
from plm.runner import Run, job_handler
from plm.services.clock import every

every(86_400, "feedback.demand_fade")


@job_handler("feedback.demand_recompute")
def recompute_demand(run: Run) -> dict[str, Any]:
    """Count the demand of one idea, of a product's ideas, or that of a whole workspace."""
    job = run.job
    idea = job.payload.get("idea")
    changed = demand_recompute(
        workspace_id=job.workspace_id, product_id=job.product_id, idea_id=idea
    )
    return {"changed": changed}


@job_handler("feedback.demand_fade")
def fade_demand(run: Run) -> dict[str, Any]:
    """Once a day, in products where a voice loses weight with time."""
    workspace = run.job.workspace_id
    return {
        "changed": sum(
            demand_recompute(workspace_id=workspace, product_id=product)
            for product in products_that_forget(workspace)
        )
    }
