"""Rows for the importer, one list per kind of record."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from analytics.management.kubernetes.source import (
    NOT_A_METRIC,
    STATUSES,
    Source,
    day_of,
)
from analytics.management.kubernetes.steps import STAGES

# Label and type of the fields that the features bring along and the product does not have.
OWN_FIELDS = (
    ("Maturity", "text"), ("Status in source", "text"), ("Latest milestone", "text"), ("Planned alpha", "text"),
    ("Planned beta", "text"), ("Planned stable", "text"), ("Feature gates", "text"), ("Path in source", "text"),
    ("Updated in source", "date"), ("Authors", "number"), ("Reviewers", "number"), ("Approvers", "number"),
)  # fmt: skip
SPEC_STATES = {"implementable": "approved", "implemented": "approved"}
CRITERIA = "Graduation: the feature meets its criteria"


def item_rows(source: Source) -> list[dict[str, Any]]:
    """Every feature as a backlog item, the ones that only the history knows at the end."""
    return [_item(source, feature) for feature in (*source.features, *source.gone)]


def _item(source: Source, feature: Mapping[str, Any]) -> dict[str, Any]:
    def links(column: str) -> list[str]:
        known = source.numbers - {feature["number"]}
        return [str(number) for number in feature[column] if number in known]

    return {
        "external_id": str(feature["number"]),
        "title": feature["title"],
        "description": feature["summary"],
        "state": feature["status"] or "",
        "team": feature["group"],
        "tags": [t for t in feature["participating"] if _is_word(t)],
        "created_at": _born(source, feature),
        "relation.relates": links("see_also"),
        "relation.replaces": links("replaces"),
        "relation.replaced_by": links("superseded_by"),
        "custom": {
            "maturity": feature["stage"],
            "status_in_source": feature["status"],
            "latest_milestone": feature["latest_milestone"],
            **{f"planned_{stage}": feature[stage] for stage in STAGES},
            "feature_gates": ", ".join(feature["feature_gates"]),
            "path_in_source": feature["path"],
            "updated_in_source": day_of(feature["updated"]),
            "authors": feature["authors"],
            "reviewers": feature["reviewers"],
            "approvers": feature["approvers"],
        },
    }


def _born(source: Source, feature: Mapping[str, Any]) -> str:
    """The day a feature names, unless its history begins before it."""
    steps = source.history.get(feature["number"])
    first = steps[0].day.isoformat() if steps else ""
    return min(filter(None, (day_of(feature["created"]), first)), default="")


def _is_word(text: str) -> bool:
    return len(text) <= 40 and text.strip().casefold() not in NOT_A_METRIC


def state_values(rows: list[dict[str, Any]], skip: str) -> dict[str, str]:
    """How the texts of the status become states; a text nobody can read leaves the state at its beginning."""
    return {row["state"]: STATUSES.get(row["state"], skip) for row in rows if row["state"]}


def spec_rows(source: Source, met: Mapping[str, Mapping[str, bool]]) -> list[dict[str, Any]]:
    """Every feature's specification. `met` has, by feature, the criteria that stand and whether they are met: where
    they are still the same, they are left alone."""
    return [_spec(feature, met.get(str(feature["number"]))) for feature in source.features]


def _spec(feature: Mapping[str, Any], met: Mapping[str, bool] | None) -> dict[str, Any]:
    row: dict[str, Any] = {
        "external_id": str(feature["number"]),
        "item": str(feature["number"]),
        "title": feature["title"],
        "problem": "\n\n".join(
            part for part in (feature["summary"], feature["motivation"]) if part
        ),
        "goals": feature["goals"],
        "non_goals": feature["non_goals"],
        "state": SPEC_STATES.get(feature["status"], "draft"),
        "created_at": day_of(feature["created"]),
    }
    criteria = list(
        dict.fromkeys(text.strip()[:2000] for text in feature["graduation"] if text.strip())
    )
    if criteria and (met is None or list(met) != criteria):
        acceptance = [{"text": text, "met": bool((met or {}).get(text))} for text in criteria]
        row["requirements"] = [
            {"text": CRITERIA, "type": "quality", "moscow": "must", "acceptance": acceptance}
        ]
    return row


def release_rows(source: Source, as_of: date) -> list[dict[str, Any]]:
    """Every release. One that lies after the day of the data is planned, or under way."""
    rows = []
    known = _known_since(source)
    for version, release in source.releases.items():
        is_out = date.fromisoformat(release["released"]) <= as_of
        begun = date.fromisoformat(release["cycle_begins"]) <= as_of
        rows.append(
            {
                "external_id": version, "title": version, "created_at": known[version], "description": release["theme"] or "",
                "state": "released" if is_out else "in_progress" if begun else "planned",
                "cycle_begins": release["cycle_begins"], "freeze_on": release["code_freeze"],
                "release_on": release["released"], "released_on": release["released"] if is_out else "",
            }
        )  # fmt: skip
    return rows


def _known_since(source: Source) -> dict[str, str]:
    """By release, the day since which it was known: the begin of work on it, or the day before a plan first names it."""
    since = {version: str(release["cycle_begins"]) for version, release in source.releases.items()}
    for steps in source.history.values():
        for step in steps:
            day = (step.day - timedelta(days=1)).isoformat()
            for version in {step.known[column] for column in (*STAGES, "latest_milestone")}:
                if version in since:
                    since[version] = min(since[version], day)
    return since


def milestone_rows(source: Source, as_of: date) -> list[dict[str, Any]]:
    """The two freezes of every release."""
    rows = []
    known = _known_since(source)
    for version, release in source.releases.items():
        for column, words in (
            ("enhancements_freeze", "enhancements freeze"),
            ("code_freeze", "code freeze"),
        ):
            reached = date.fromisoformat(release[column]) <= as_of
            rows.append(
                {
                    "external_id": f"{version}/{column}", "title": f"{version} {words}", "on": release[column],
                    "type": "gate", "release": version, "created_at": known[version], "state": "reached" if reached else "planned",
                }
            )  # fmt: skip
    return rows


def metric_rows(source: Source) -> list[dict[str, Any]]:
    """Every measure that some feature names, once. The unit is what the name itself ends in."""
    users: dict[str, list[dict[str, Any]]] = {}
    for feature in source.features:
        for name in dict.fromkeys(" ".join(m.split()) for m in feature["metrics"]):
            if name.casefold() not in NOT_A_METRIC:
                users.setdefault(name, []).append(feature)
    return [_metric(name, features) for name, features in users.items()]


def _metric(name: str, features: list[dict[str, Any]]) -> dict[str, Any]:
    listed = "\n".join(f"- {f['number']} {f['title']}" for f in features)
    words = name.partition("{")[0].partition(" ")[0]
    unit = next(
        (u for u in ("seconds", "bytes") if words.removesuffix("_total").endswith(f"_{u}")), ""
    )
    digest = hashlib.sha256(name.encode()).hexdigest()
    return {
        "external_id": name if len(name) <= 200 else digest,
        "title": name[:250],
        "description": f"`{name}` tells whether these features work:\n\n{listed}",
        "unit": unit,
        "item": str(features[0]["number"]) if len(features) == 1 else "",
    }
