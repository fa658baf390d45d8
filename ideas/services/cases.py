"""Writes on business cases."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from ideas.finance.case import Appraisal, Case, appraised
from ideas.finance.lines import LineProblem, cleaned, lines_of
from ideas.finance.ranges import SHAPES
from ideas.models import BusinessCase
from ideas.models.case import MOST_PERIODS, PERIODS
from ideas.services.origins import check_origins
from plm.errors import Invalid
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.ranges import MEANINGS
from plm.services.guard import require
from plm.services.records import record_create, record_locked, record_update

RATES = ("annual_rate", "finance_rate", "reinvest_rate")
HIGHEST_RATE = 10.0


@service
def case_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> BusinessCase:
    """Start a business case; without lines it is worth 0. Emits `business_case.created`.

    Raises Invalid, with a message for each line and field that is wrong.
    """
    require(actor, "business_case.create", product)
    check_origins(BusinessCase, product.pk, values)
    blank = BusinessCase(product=product)
    return record_create(
        BusinessCase,
        actor=actor,
        product=product,
        values=_reckoned(blank, values),
        tags=tags,
        custom=custom,
        reason=reason,
    )


@service
def case_update(
    *,
    actor: Actor,
    record: BusinessCase,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
) -> BusinessCase:
    """Change a business case; `values["lines"]`, where given, are all its lines. Emits `business_case.updated`."""
    require(actor, "business_case.edit", record.product)
    check_origins(BusinessCase, record.product_id, values)
    current = record_locked(record, version=version)
    return record_update(
        current,
        actor=actor,
        version=version,
        values=_reckoned(current, values),
        tags=tags,
        custom=custom,
        reason=reason,
    )


def lines_tried(case: BusinessCase, lines: list[dict[str, Any]]) -> Mapping[str, Any]:
    """The figures of the case if these were its lines; nothing is written. Raises Invalid as `case_update` does."""
    return _reckoned(case, {"lines": lines})


def appraisal_of(case: BusinessCase) -> Appraisal:
    """Everything the case says, reckoned anew from its lines: the same figures every time."""
    return appraised(
        Case(
            lines_of(case.lines), case.periods, case.period, case.annual_rate, case.finance_rate,
            case.reinvest_rate, case.shape, case.meaning,
        )
    )  # fmt: skip


def _reckoned(case: BusinessCase, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values, with lines in their stored form and the figures that follow from them."""
    given = dict(values)
    probe = BusinessCase(
        **{
            name: given.get(name, getattr(case, name))
            for name in ("period", "periods", *RATES, "shape", "meaning", "lines")
        }
    )
    _check_frame(probe)
    try:
        probe.lines = cleaned(probe.lines, periods=probe.periods)
    except LineProblem as problem:
        raise Invalid("The lines do not add up to a case.", fields=problem.fields) from None
    if "lines" in given or probe.lines != case.lines:
        given["lines"] = probe.lines
    found = appraisal_of(probe)
    figures = (found.npv, found.spread.p10, found.spread.p50, found.spread.p90)
    if not all(map(math.isfinite, figures)):
        raise Invalid(
            "These figures grow beyond every measure.",
            fields={"lines": "Check growth and periods: the sums are too large to reckon with."},
        )
    return given | {
        "npv": found.npv,
        "npv_p10": found.spread.p10,
        "npv_p50": found.spread.p50,
        "npv_p90": found.spread.p90,
        "loss": found.spread.loss,
        "irr": found.internal.single,
        "payback": found.payback,
    }


def _check_frame(case: BusinessCase) -> None:
    wrong: dict[str, str] = {}
    if not 1 <= case.periods <= MOST_PERIODS:
        wrong["periods"] = f"Give 1 to {MOST_PERIODS} periods."
    for name in RATES:
        rate = getattr(case, name)
        if not -1 < rate <= HIGHEST_RATE:
            wrong[name] = "Give an annual rate above -1 and up to 10, such as 0.08 for 8 %."
    for name, choices in (("period", PERIODS), ("shape", SHAPES), ("meaning", MEANINGS)):
        if getattr(case, name) not in dict(choices):
            wrong[name] = "Choose one of those offered."
    if wrong:
        raise Invalid("The frame of the case is not whole.", fields=wrong)
