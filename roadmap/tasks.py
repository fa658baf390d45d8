"""Jobs of the roadmap room."""

from __future__ import annotations

from typing import Any

from plm.runner import Run, job_handler
from roadmap.services.releases import release_ship


@job_handler("roadmap.release_ship")
def ship(run: Run) -> dict[str, Any]:
    """Set the day of a release that went out and move the ideas it fulfils."""
    return {"ideas": release_ship(release_id=int(run.payload["release"]))}
