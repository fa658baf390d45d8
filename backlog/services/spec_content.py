"""The content of a specification: checked on the way in, kept as a snapshot, read back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Max
from django.utils import timezone

from backlog.criteria import criterion
from backlog.models import Requirement, Spec, SpecVersion
from backlog.models.spec import MOSCOW, REQUIREMENT_STATES, REQUIREMENT_TYPES
from ideas.models import Segment
from plm.errors import Invalid
from plm.events import plain
from plm.permissions import Actor
from plm.selectors import members_of

CONTENT_FIELDS = (
    "title",
    "description",
    "problem",
    "audience",
    "goals",
    "non_goals",
    "success_metric",
    "success_unit",
    "success_baseline",
    "success_target",
    "success_due",
    *Spec.rowsets,
)
LISTS = ("goals", "non_goals")
MOST_LINES, LONGEST_LINE = 200, 2000
MOST_REQUIREMENTS, MOST_CRITERIA, LONGEST_TEXT = 500, 100, 10_000
CHOICES = {"type": REQUIREMENT_TYPES, "moscow": MOSCOW, "state": REQUIREMENT_STATES}
DEFAULTS = {"type": "functional", "moscow": "must", "state": "open"}
REQUIREMENT_FIELDS = ("text", "type", "moscow", "acceptance", "state", "owner", "estimate")
MOST_POINTS = 999_999
DROPPED = "dropped"
"""A state of a requirement, and the mark of one in the content of a version."""


def cleaned_lists(values: Mapping[str, Any]) -> dict[str, list[str]]:
    """Goals and non-goals as lists of single texts. Raises Invalid."""
    cleaned = {}
    for name in LISTS:
        if name not in values:
            continue
        lines = [" ".join(str(line).split()) for line in values[name] or []]
        lines = [line for line in lines if line]
        if len(lines) > MOST_LINES or any(len(line) > LONGEST_LINE for line in lines):
            raise Invalid(
                fields={name: f"At most {MOST_LINES} entries of at most {LONGEST_LINE} characters."}
            )
        cleaned[name] = lines
    return cleaned


def cleaned_requirements(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Requirements as they are stored. Raises Invalid that names the row, counted from 1."""
    if len(rows) > MOST_REQUIREMENTS:
        raise Invalid(fields={"requirements": f"At most {MOST_REQUIREMENTS} requirements."})
    cleaned = [_requirement(number, row) for number, row in enumerate(rows, start=1)]
    ids = [row["id"] for row in cleaned if row["id"]]
    if len(ids) != len(set(ids)):
        raise Invalid(fields={"requirements": "One requirement is given twice."})
    return cleaned


def _requirement(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    text = str(row.get("text") or "").strip()
    if not text or len(text) > LONGEST_TEXT:
        raise Invalid(
            fields={"requirements": f"Requirement {number} needs a text of 1 to {LONGEST_TEXT} characters."}
        )  # fmt: skip
    cleaned: dict[str, Any] = {"id": str(row.get("id") or ""), "text": text}
    for name, choices in CHOICES.items():
        value = str(row.get(name) or DEFAULTS[name])
        if value not in dict(choices):
            known = ", ".join(n for n, _ in choices)
            raise Invalid(
                fields={"requirements": f"Requirement {number}: {name} is one of {known}."}
            )
        cleaned[name] = value
    cleaned["acceptance"] = _criteria(number, row.get("acceptance") or [])
    cleaned["owner"] = row.get("owner") or None
    estimate = row.get("estimate")
    if estimate is not None and not 0 <= estimate <= MOST_POINTS:
        raise Invalid(
            fields={
                "requirements": f"Requirement {number}: an estimate is from 0 to {MOST_POINTS}."
            }
        )
    cleaned["estimate"] = estimate
    return cleaned


def _criteria(number: int, parts: Sequence[Any]) -> list[dict[str, Any]]:
    try:
        criteria = [criterion(part) for part in parts]
    except ValueError as error:
        raise Invalid(fields={"requirements": f"Requirement {number}: {error}"}) from None
    if len(criteria) > MOST_CRITERIA or any(len(p["text"]) > LONGEST_LINE for p in criteria):
        raise Invalid(
            fields={
                "requirements": f"Requirement {number}: at most {MOST_CRITERIA} criteria of at most"
                f" {LONGEST_LINE} characters."
            }
        )
    return [part for part in criteria if part["text"]]


def requirement_row(row: Requirement) -> dict[str, Any]:
    """A stored requirement as `spec_update` takes it."""
    return {"id": str(row.uuid), **{name: getattr(row, name) for name in REQUIREMENT_FIELDS}}


def requirements_text(rows: Iterable[Requirement]) -> str:
    """All requirements as one text, for the history's diff."""
    lines = []
    for row in sorted(rows, key=lambda r: r.position):
        said = [row.get_moscow_display(), *_marks(row)]
        lines.append(f"{', '.join(said)}: {row.text}")
        lines += [f"  - {part['text']}" for part in row.acceptance]
    return "\n".join(lines)


def _marks(row: Requirement) -> list[str]:
    """What a requirement has beyond the common case."""
    marks = [row.get_type_display().lower()] if row.type != "functional" else []
    if row.state != "open":
        marks.append(row.get_state_display().lower())
    if row.estimate is not None:
        marks.append(f"{row.estimate.normalize():f} points")
    return [*marks, str(row.owner)] if row.owner else marks


def content_of(spec: Spec) -> dict[str, Any]:
    """The whole content as JSON keeps it; checks of criteria are no content. That a requirement is dropped is: nobody
    builds it any more."""
    content = {name: plain(getattr(spec, name)) for name in CONTENT_FIELDS}
    content["requirements"] = [
        _requirement_content(row)
        for row in Requirement.objects.filter(spec=spec).select_related("owner")
    ]
    content["segments"] = [
        {"name": name, "id": str(uuid)}
        for name, uuid in spec.segment_links.order_by("segment__name").values_list(
            "segment__name", "segment__uuid"
        )
    ]
    return content


def _requirement_content(row: Requirement) -> dict[str, Any]:
    found = {
        "id": str(row.uuid),
        "text": row.text,
        "type": row.type,
        "moscow": row.moscow,
        "owner": {"id": str(row.owner.uuid), "name": str(row.owner)} if row.owner else None,
        "estimate": plain(row.estimate),
        "acceptance": [
            {name: text for name, text in part.items() if name != "met"} for part in row.acceptance
        ],
    }
    return {**found, DROPPED: True} if row.state == DROPPED else found


def version_add(
    spec: Spec, content: Mapping[str, Any], *, actor: Actor, reason: str, number: int | None = None
) -> SpecVersion:
    """Keep the content as the next version. The specification must be locked, or new."""
    if number is None:
        last = SpecVersion.objects.filter(spec=spec).aggregate(last=Max("number"))["last"]
        number = (last or 0) + 1
    return SpecVersion.objects.create(
        workspace_id=spec.workspace_id,
        spec=spec,
        number=number,
        content=content,
        author_id=actor.user_id,
        reason=reason,
        created_at=timezone.now(),
    )


def stored_values(spec: Spec, content: Mapping[str, Any]) -> dict[str, Any]:
    """The values that make this content stand again, for `spec_update`.

    Requirements that are still there keep their state, but for whether they are dropped, and, where the text is the
    same, their checked criteria. Owners who left and segments that are gone do not come back.
    """
    values: dict[str, Any] = {name: content.get(name) for name in CONTENT_FIELDS if name in content}
    for name in ("success_baseline", "success_target"):
        values[name] = Decimal(values[name]) if values.get(name) is not None else None
    due = values.get("success_due")
    values["success_due"] = date.fromisoformat(due) if due else None
    known = {str(row.uuid): row for row in Requirement.objects.filter(spec=spec)}
    members = {str(person.uuid): person for person in members_of(spec.workspace_id)}
    values["requirements"] = [
        _again(row, known, members) for row in content.get("requirements", [])
    ]
    ids = [row["id"] for row in content.get("segments", [])]
    values["segments"] = list(Segment.objects.filter(workspace_id=spec.workspace_id, uuid__in=ids))
    return values


def _again(
    row: Mapping[str, Any], known: Mapping[str, Requirement], members: Mapping[str, Any]
) -> dict[str, Any]:
    now = known.get(str(row.get("id")))
    met = {part["text"] for part in now.acceptance if part.get("met")} if now else set()
    estimate = row.get("estimate")
    return {
        **row,
        "id": row.get("id") if now else "",
        "state": _state_again(row, now),
        "owner": members.get((row.get("owner") or {}).get("id", "")),
        "estimate": None if estimate is None else Decimal(estimate),
        "acceptance": [{**part, "met": part["text"] in met} for part in row.get("acceptance", [])],
    }


def _state_again(row: Mapping[str, Any], now: Requirement | None) -> str:
    if row.get(DROPPED):
        return DROPPED
    return now.state if now and now.state != DROPPED else "open"
