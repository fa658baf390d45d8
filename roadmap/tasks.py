"""Jobs of the roadmap room."""

from __future__ import annotations

from typing import Any

from plm.runner import Run, job_handler
from roadmap.services.capacity import Solution, plan_now, plan_solved, plan_store
from roadmap.services.releases import release_ship


@job_handler("roadmap.release_ship")
def ship(run: Run) -> dict[str, Any]:
    """Set the day of a release that went out and move the ideas it fulfils."""
    return {"ideas": release_ship(release_id=int(run.payload["release"]))}


@job_handler("roadmap.plan", atomic=False)
def plan(run: Run) -> dict[str, Any]:
    """Plan a product to capacity. Solving holds no transaction; a worker that dies leaves the plan before."""
    with run.step():
        product, inputs = plan_now(int(run.payload["product"]))
    if inputs is None:
        return {"items": 0}
    found = plan_solved(inputs)
    if isinstance(found, Solution):
        for _ in found.priced():
            with run.step():  # Renews the lease: all prices together may take longer than one.
                pass
    with run.step(progress=1, total=1):
        proposal = plan_store(product=product, mark=inputs.mark, found=found)
    return {"items": len(proposal.result.get("items", ())), "problem": proposal.problem.get("kind", "")}  # fmt: skip
