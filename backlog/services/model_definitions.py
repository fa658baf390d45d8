"""What the criteria and the formula of a scoring model may be: from what somebody sent to a definition, or what is wrong."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.utils.text import slugify

from backlog.models import Assessment, ScoringModel
from plm.errors import Conflict, Invalid
from plm.numerals import is_plain
from plm.scoring import scales
from plm.scoring.definition import MOST_FACTORS, Definition
from plm.scoring.expression import FUNCTIONS, FormulaError
from plm.scoring.expression.checking import parse_score
from plm.scoring.factor import Factor
from plm.scoring.methods import CONFIDENCES, FORMULA, RICE, WEIGHTED, method_of

OWN = (WEIGHTED, FORMULA)
"""Methods whose criteria are their owner's."""
MOST_LEVELS, MOST_LEVEL_TEXT, MOST_HELP, FURTHEST = 20, 300, 500, 1e12
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")


def definition_begun(method: str) -> Definition:
    """What a model of this method begins with."""
    described = method_of(method)
    return Definition(method, described.factors, described.text if method == FORMULA else "")


def definition_changed(
    model: ScoringModel | None,
    old: Definition,
    rows: Sequence[Mapping[str, Any]] | None,
    formula: str | None = None,
    confidence: str | None = None,
) -> Definition:
    """The definition with these criteria, this formula, and confidence counting so; None leaves what is there.

    Raises Invalid with one message per field (`criteria.0.weight`, `formula`); where the text is no formula, the
    FormulaError with its place is the cause.
    """
    factors = old.factors if rows is None else _factors(model, old, rows)
    old = _confident(old, confidence)
    if old.method != FORMULA:
        if formula:
            raise Invalid(
                fields={
                    "formula": f"{old.described.label} has its formula. Make a model with a formula of your own."
                }
            )
        return replace(old, factors=factors)
    text = old.formula if formula is None else formula.strip()
    _formula_check(text, [f.key for f in factors])
    return replace(old, factors=factors, formula=text)


def _confident(old: Definition, confidence: str | None) -> Definition:
    if confidence is None or confidence == old.confidence:
        return old
    if confidence not in dict(CONFIDENCES):
        raise Invalid(
            fields={"confidence": f"Confidence counts as one of: {', '.join(dict(CONFIDENCES))}."}
        )
    if old.method != RICE:
        raise Invalid(
            fields={"confidence": f"{old.described.label} does not have RICE's confidence."}
        )
    return replace(old, confidence=confidence)


def _formula_check(text: str, keys: Sequence[str]) -> None:
    try:
        parse_score(text, keys)
    except FormulaError as error:
        raise Invalid(fields={"formula": str(error)}) from error


def _factors(
    model: ScoringModel | None, old: Definition, rows: Sequence[Mapping[str, Any]]
) -> tuple[Factor, ...]:
    if old.method not in OWN:
        return _as_they_are(old, rows)
    if not 1 <= len(rows) <= MOST_FACTORS:
        raise Invalid(fields={"criteria": f"A model has 1 to {MOST_FACTORS} criteria."})
    known = {f.key: f for f in old.factors} | _known(model)
    slots = {key: f.slot for key, f in known.items()} if model else {}
    errors: dict[str, str] = {}
    factors: list[Factor] = []
    for place, row in enumerate(rows):
        factor = _factor(row, known, f"criteria.{place}", errors)
        if factor.key in {f.key for f in factors}:
            errors[f"criteria.{place}.label"] = "Two criteria of one model cannot have one name."
        if old.method == FORMULA and (not _NAME.match(factor.key) or factor.key in FUNCTIONS):
            errors.setdefault(
                f"criteria.{place}.label",
                "A formula reads a factor by a name of letters, digits and _ that begins with a letter"
                f" and is no function ({', '.join(FUNCTIONS)}).",
            )
        factors.append(factor)
    if errors:
        raise Invalid(fields=errors)
    return tuple(_place(f, slots) for f in factors)


def _as_they_are(old: Definition, rows: Sequence[Mapping[str, Any]]) -> tuple[Factor, ...]:
    if [str(row.get("key", "")) for row in rows] == [f.key for f in old.factors]:
        return old.factors
    raise Invalid(
        fields={
            "criteria": f"{old.described.label} has its {len(old.factors)} factors."
            " Make a weighted model or a formula of your own to choose them."
        }
    )


def _known(model: ScoringModel | None) -> dict[str, Factor]:
    """Every criterion that was taken out of the model, by key: it may come back."""
    if model is None:
        return {}
    found = {}
    for c in model.criteria.filter(removed=True):
        start = Factor(
            c.key, c.label, c.slot, c.weight, backward=c.backward, help=c.help,
            levels=tuple((float(value), str(text)) for value, text in c.levels),
        )  # fmt: skip
        kept = scales.SCALES.get(c.scale, scales.SCALES["linear"])
        ends = replace(kept, low=c.scale_min, high=c.scale_max, unit=c.unit or kept.unit)
        found[c.key] = _on(start, ends)
    return found


def _on(factor: Factor, scale: scales.Scale) -> Factor:
    """The factor on that scale."""
    return replace(
        factor, scale=scale.kind, low=scale.low, high=scale.high, choices=scale.choices,
        percent=scale.percent, whole=scale.whole, unit=scale.unit,
    )  # fmt: skip


def _factor(
    row: Mapping[str, Any], known: Mapping[str, Factor], at: str, errors: dict[str, str]
) -> Factor:
    label = " ".join(str(row.get("label") or "").split())
    key = str(row.get("key") or "") or slugify(label).replace("-", "_")[:40]
    before = known.get(key)
    label = label or (before.label if before else "")
    if not key or not 1 <= len(label) <= 80:
        errors[f"{at}.label"] = "Give the criterion a name of at most 80 characters."
    start = before or Factor(key, label, 0)
    weight = _float(row.get("weight", start.weight))
    if weight is None or not 0 < weight <= 1000:
        errors[f"{at}.weight"] = "A weight is above 0 (up to 1000); only the ratio counts."
    text = " ".join(str(row.get("help", start.help) or "").split())
    if len(text) > MOST_HELP:
        errors[f"{at}.help"] = f"Write at most {MOST_HELP} characters."
    scaled = _scaled(row, start, at, errors)
    found = replace(
        scaled, key=key[:40], label=label[:80], weight=weight or 1.0, help=text[:MOST_HELP],
        backward=bool(row.get("reversed", start.backward)),
    )  # fmt: skip
    levels = row.get("levels")
    if levels is None:
        # A level of the scale before says nothing on another one.
        return replace(found, levels=tuple(v for v in found.levels if not found.problem(v[0])))
    return replace(found, levels=_levels(levels, found, at, errors))


def _scaled(row: Mapping[str, Any], start: Factor, at: str, errors: dict[str, str]) -> Factor:
    """The factor on the scale the row asks for: a kind, with ends and a unit where the kind is open."""
    kind = str(row.get("scale") or start.scale)
    same = kind == start.scale
    if kind not in scales.SCALES:
        errors[f"{at}.scale"] = f"A scale is one of: {', '.join(scales.SCALES)}."
        return start
    ends: list[float | None] = []
    for name, now in (("scale_min", start.low), ("scale_max", start.high)):
        raw = row.get(name)
        value = (now if same else None) if raw is None else _float(raw)
        if raw is not None and (value is None or abs(value) > FURTHEST):
            errors[f"{at}.{name}"] = "Write a number between minus and plus a million million."
            return start
        ends.append(value)
    unit = row.get("unit")
    unit = (start.unit if same else "") if unit is None else " ".join(str(unit).split())
    if len(unit) > 40:
        errors[f"{at}.unit"] = "Write at most 40 characters."
        return start
    try:
        return _on(start, scales.scale(kind, ends[0], ends[1], unit if kind in scales.OPEN else ""))
    except ValueError as error:
        errors[f"{at}.scale_max"] = str(error)
        return start


def _levels(
    given: Any, factor: Factor, at: str, errors: dict[str, str]
) -> tuple[tuple[float, str], ...]:
    """The rubric: {value, text} of single values, each once, in the order of the scale."""
    found: dict[float, str] = {}
    for row in given if isinstance(given, Sequence) else ():
        value = _float(row.get("value")) if isinstance(row, Mapping) else None
        text = " ".join(str(row.get("text") or "").split()) if isinstance(row, Mapping) else ""
        wrong = "Give a value of the scale." if value is None else factor.problem(value)
        if wrong or value is None:
            errors[f"{at}.levels"] = f"A level of the rubric is no value of the scale: {wrong}"
            return ()
        if not 1 <= len(text) <= MOST_LEVEL_TEXT:
            errors[f"{at}.levels"] = (
                f"Say in 1 to {MOST_LEVEL_TEXT} characters what {value:g} means."
            )
        found[value] = text
    if len(found) > MOST_LEVELS:
        errors[f"{at}.levels"] = f"Describe {MOST_LEVELS} levels at the most."
    return tuple(sorted(found.items()))


def _float(value: Any) -> float | None:
    if isinstance(value, bool) or (isinstance(value, str) and not is_plain(value)):
        return None
    try:
        number = round(float(value), 6)
    except (TypeError, ValueError, OverflowError):
        return None
    return number if math.isfinite(number) else None


def _place(factor: Factor, slots: dict[str, int]) -> Factor:
    """The factor in its slot for good, or in a free one."""
    if factor.key not in slots:
        free = [n for n in range(1, MOST_FACTORS + 1) if n not in slots.values()]
        if not free:
            raise Invalid(
                fields={
                    "criteria": "This model has had ten criteria in its life. Make a new model."
                }
            )
        slots[factor.key] = free[0]
    return replace(factor, slot=slots[factor.key])


def scales_kept(model: ScoringModel, new: Definition) -> None:
    """A scale on which something was judged stays: a 4 of 5 is no 4 of 100. Raises Conflict."""
    before = {c.slot: (c.scale, c.scale_min, c.scale_max) for c in model.criteria.all()}
    for place, factor in enumerate(new.factors):
        scale = (factor.scale, factor.low, factor.high)
        if before.get(factor.slot, scale) == scale:
            continue
        judged = Assessment.objects.filter(
            scoring_model=model, **{f"v{factor.slot}__isnull": False}
        ).count()
        if judged:
            raise Conflict(
                f"{judged} items were judged by {factor.label} on its present scale."
                " Add another criterion for another scale.",
                fields={f"criteria.{place}.scale": "The scale is in use."},
            )
