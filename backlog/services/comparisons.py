"""Writes of judgements about criteria in pairs, and of the weights that come of them."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import combinations
from typing import Any

from backlog.models import CriteriaComparison, ScoringModel, ScoringModelVersion
from backlog.selectors.comparisons import Result, comparison_of, impossible
from backlog.services.scoring_models import scoring_model_update
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.permissions import Actor
from plm.scoring.ahp import MOST_CR, SAATY_2008, SOURCES, judgement_problem
from plm.scoring.factor import Factor
from plm.scoring.judgements import snapped, written
from plm.services.guard import require

GROUP, MINE = "group", "mine"
WHOSE = ((GROUP, "Weights of the group"), (MINE, "My weights"))
DIGITS = 4
"""Weights are kept as percent with four decimals; only their ratio counts."""

Given = Mapping[tuple[str, str], float | None]
"""By the keys of two criteria how many times more the first matters than the second."""


@service
def comparison_set(
    *, actor: Actor, model: ScoringModel, version: int | None, judgements: Given
) -> CriteriaComparison:
    """Keep what the actor judges of the criteria of a model, whole: a pair left out is not judged any more. What was
    said of criteria that were taken out stays.

    `version` is that of the person's own judgements (0: none yet). Emits `scoring_model.compared` with what changed.
    Raises Stale, Invalid (by "key:key"), Conflict where the criteria are not compared in pairs.
    """
    require(actor, "scoring_model.compare", model.product)
    ScoringModel.objects.select_for_update().get(pk=model.pk)
    found = model.versions.get(version=model.version)
    _possible(found)
    row = CriteriaComparison.objects.filter(
        scoring_model=model, person_id=actor.person_key
    ).first() or CriteriaComparison(
        workspace_id=model.workspace_id, scoring_model=model, person_id=actor.user_id, version=0
    )
    if version is not None and version != row.version:
        raise Stale("You have saved other judgements since.", current=row.version)
    factors = found.formula.factors
    wanted = judgements_clean(factors, judgements)
    changes = _changes(row, factors, wanted)
    if not changes:
        return row
    now = {f.key for f in factors}
    row.judgements = {
        name: value for name, value in row.judgements.items() if not set(name.split(":")) <= now
    } | wanted
    row.version += 1
    row.save()
    emit(
        "scoring_model.compared", actor=actor, workspace_id=model.workspace_id, product_id=model.product_id,
        changes=changes, model=model.name,
    )  # fmt: skip
    return row


def _possible(version: ScoringModelVersion) -> None:
    why = impossible(version)
    if why:
        raise Conflict(why)


def judgements_clean(factors: tuple[Factor, ...], given: Given) -> dict[str, float]:
    """Judgements as they are kept, by "key:key" in the order of the alphabet. Raises Invalid, pair by pair."""
    labels = {f.key: f.label for f in factors}
    errors: dict[str, str] = {}
    found: dict[str, float] = {}
    for (first, second), value in given.items():
        at, name = f"{first}:{second}", ":".join(sorted((first, second)))
        if first == second or not {first, second} <= labels.keys():
            errors[at[:90]] = f"Name two criteria of the model: {', '.join(labels)}."
        elif name in found:
            errors[at] = f"{labels[first]} and {labels[second]}: judge each pair once."
        elif value is not None:
            wrong = judgement_problem(value)
            if wrong:
                errors[at] = f"{labels[first]} and {labels[second]}: {wrong}"
                continue
            exact = snapped(value)
            found[name] = exact if first < second else snapped(1 / exact)
    if errors:
        raise Invalid(fields=errors)
    return found


def _changes(
    row: CriteriaComparison, factors: tuple[Factor, ...], wanted: Mapping[str, float]
) -> dict[str, tuple[Any, Any]]:
    """By pair what was said before and what is said now, as people write it."""
    new = CriteriaComparison(judgements=dict(wanted))
    found: dict[str, tuple[Any, Any]] = {}
    for a, b in combinations(factors, 2):
        before, after = row.value(a.key, b.key), new.value(a.key, b.key)
        if before != after:
            words = [None if value is None else written(value) for value in (before, after)]
            found[f"{a.label} over {b.label}"] = (words[0], words[1])
    return found


@service
def comparison_use(
    *, actor: Actor, model: ScoringModel, whose: str, version: int | None, reason: str = ""
) -> ScoringModel:
    """Give the model the weights that judgements come to, of the group or of the actor, as a new version whose reason
    says so. `version` is that of the model.

    Raises Stale, Invalid, and Conflict where there are no weights or they contradict themselves (CR above 0.10).
    """
    require(actor, "scoring_model.edit", model.product)
    if whose not in dict(WHOSE):
        raise Invalid(fields={"whose": "Choose the weights of the group or your own."})
    if len(reason) > 1500:
        raise Invalid(fields={"reason": "Write at most 1500 characters."})
    ScoringModel.objects.select_for_update().get(pk=model.pk)
    found = comparison_of(actor, model)
    _possible(found.version)
    result = found.group if whose == GROUP else found.mine
    if result is None or result.weights is None:
        raise Conflict(result.problem if result else "Nobody has judged a pair yet.")
    _consistent(result)
    criteria = [
        {"key": factor.key, "label": factor.label, "weight": round(100 * share, DIGITS)}
        for factor, share in zip(found.factors, result.weights.weights, strict=True)
    ]
    names = [one.name for one in found.people] if whose == GROUP else [result.name]
    said = f"Weights by AHP: {_whose(names)}, {_measured(result)}."
    return scoring_model_update(
        actor=actor, model=model, version=version, criteria=criteria,
        reason=f"{said} {reason.strip()}".strip(),
    )  # fmt: skip


def _consistent(result: Result) -> None:
    if result.weights is None or result.weights.acceptable is not False:
        return
    text = f"The judgements contradict each other: CR {result.weights.cr:.2f}, at most {MOST_CR:.2f} is accepted."
    worst = result.contradiction
    if worst is not None:
        text += f" Look at {worst.pair.first.label} against {worst.pair.second.label} first: {worst.pair.written} was given"
        text += f", {worst.fits.written} would fit." if worst.fits else "."
    raise Conflict(text)


def _whose(names: list[str]) -> str:
    return f"judgements of {names[0]}" if len(names) == 1 else f"geometric mean of the judgements of {len(names)} people ({', '.join(names)})"[:400]  # fmt: skip


def _measured(result: Result) -> str:
    cr = result.weights.cr if result.weights else None
    text = (
        "CR not known"
        if cr is None
        else f"CR {cr:.3f} by the random index of {SOURCES[SAATY_2008]}"
    )
    return f"{text}, {result.missing} of {len(result.pairs)} pairs not judged" if result.missing else text  # fmt: skip
