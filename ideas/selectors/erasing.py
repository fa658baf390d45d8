"""How far the erasing of a person is."""

from __future__ import annotations

from dataclasses import dataclass

from ideas.models import Person
from plm.models import Job
from plm.models.job import DEAD

ERASE = "ideas.erase_person"


@dataclass(frozen=True, slots=True)
class Erasure:
    """`problem` says why it came to its end without the person being erased, empty while it is under way."""

    job: Job
    problem: str


def erasure_key(person_id: int) -> str:
    """What the jobs that erase one person have in common."""
    return f"{ERASE}:{person_id}"


def erasure_of(person: Person) -> Erasure | None:
    """The erasing that was asked for last, None where none was or the person is erased."""
    if person.erasure_asked_at is None or person.erased_at is not None:
        return None
    rows = Job.objects.filter(workspace_id=person.workspace_id, key=erasure_key(person.pk))
    job = rows.order_by("-created_at", "-pk").first()
    if job is None:
        return None
    problem = str(job.result.get("refused", ""))
    if job.state == DEAD:
        problem = "It failed five times in a row; the job says where."
    return Erasure(job, problem)
