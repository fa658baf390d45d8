"""Jobs of the ideas room."""

from __future__ import annotations

from collections.abc import Iterator

from ideas.models import Idea
from ideas.models.idea import IdeaQuerySet
from ideas.services.similar import AT_ONCE, ideas_changed, terms_store
from ideas.services.trending import trending_store
from plm.events import enqueue
from plm.jobs import JobRequest
from plm.models import Product
from plm.runner import Run, job_handler
from plm.services.clock import every

every(24 * 3600, "ideas.terms_all")
every(24 * 3600, "ideas.trending_all")


@job_handler("ideas.terms", atomic=False)
def take_words(run: Run) -> dict[str, int]:
    """The words of a product's ideas, for finding similar ones."""
    product_id = run.job.product_id or 0
    changed = ideas_changed(product_id)
    done = 0
    for keys in _portions(changed):
        with run.step(progress=done, total=len(changed)):
            done += terms_store(product_id=product_id, keys=keys)
    return {"ideas": done}


@job_handler("ideas.terms_all")
def take_all_words(run: Run) -> dict[str, int]:
    """Ask for the words of what came into the database by other ways than services."""
    products = Product.objects.filter(workspace_id=run.job.workspace_id, archived_at=None)
    behind = [pk for pk in products.values_list("pk", flat=True) if ideas_changed(pk)]
    for pk in behind:
        enqueue(JobRequest("ideas.terms", f"ideas.terms:{pk}", run.job.workspace_id, pk))
    return {"products": len(behind)}


@job_handler("ideas.trending")
def trend_again(run: Run) -> dict[str, int]:
    """Where one idea stands in the trending order."""
    return {"ideas": trending_store(keys=[int(run.payload["idea"])])}


@job_handler("ideas.trending_new", atomic=False)
def trend_new(run: Run) -> dict[str, int]:
    """The same for the ideas of a product that have no figure yet."""
    return _trend(run, Idea.objects.filter(product_id=run.job.product_id or 0, trending=0))


@job_handler("ideas.trending_all", atomic=False)
def trend_all_again(run: Run) -> dict[str, int]:
    """The same for all ideas of a workspace: for what came into the database by other ways than services."""
    return _trend(run, Idea.objects.filter(workspace_id=run.job.workspace_id))


def _trend(run: Run, rows: IdeaQuerySet) -> dict[str, int]:
    keys = list(rows.order_by("pk").values_list("pk", flat=True))
    changed = done = 0
    for portion in _portions(keys):
        with run.step(progress=done, total=len(keys)):
            changed += trending_store(keys=portion)
            done += len(portion)
    return {"ideas": changed}


def _portions(keys: list[int]) -> Iterator[list[int]]:
    for start in range(0, len(keys), AT_ONCE):
        yield keys[start : start + AT_ONCE]
