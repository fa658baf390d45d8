"""The methods by which items are scored: the factors of each on their native scales, and its arithmetic.

A method stands here once as a pure formula and once as the same text in the language of formulas (`expression/`). Columns
of draws and the statement of the database are both derived from that text; all agree to the last bit.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from plm.scoring import ice as ices
from plm.scoring import wsjf as wsjfs
from plm.scoring.cost_of_delay import cd3
from plm.scoring.factor import Factor
from plm.scoring.ice import ice
from plm.scoring.opportunity import opportunity
from plm.scoring.rice import IMPACTS, LEAST_EFFORT, rice, rice_unweighted
from plm.scoring.value_effort import value_effort
from plm.scoring.wsjf import wsjf

RICE, WEIGHTED, WSJF, FORMULA = "rice", "weighted", "wsjf", "formula"
MULTIPLIER, WIDTH = "multiplier", "width"
CONFIDENCES = (
    (MULTIPLIER, "It multiplies the score"),
    (WIDTH, "It sets how wide the impact is drawn"),
)
"""How RICE's confidence counts: one of two ways, so that what is unsure is not counted twice."""


@dataclass(frozen=True, slots=True)
class Method:
    """One way to score. `says` is its formula, `lead` what its score means and where it misleads.

    `formula` takes the factors in their order; `text` says the same in the language of formulas. A weighted model has
    neither: its factors are its owner's; nor has a formula of one's own, whose text here is what it begins with.
    """

    name: str
    label: str
    says: str
    lead: str
    factors: tuple[Factor, ...]
    formula: Callable[..., float | None] | None = None
    text: str = ""


_RICE = Method(
    RICE, "RICE", "reach × impact × confidence / effort",
    "The score is people touched in a quarter, weighted by impact and confidence, per person-month.",
    (
        Factor("reach", "Reach", 1, low=0, high=1e9, unit="people per quarter",
               help="How many people it touches in a quarter."),
        Factor("impact", "Impact", 2, low=0.25, high=3, choices=IMPACTS,
               help="How much it does for each of them."),
        Factor("confidence", "Confidence", 3, low=0, high=1, percent=True,
               help="100 % high, 80 % medium, 50 % low; below that it is a moonshot."),
        Factor("effort", "Effort", 4, low=LEAST_EFFORT, high=1000, unit="person-months",
               help="Work of all teams together; half a month at the least."),
    ),
    rice, "reach * impact * confidence / effort",
)  # fmt: skip

_RICE_WIDTH = replace(
    _RICE, says="reach × impact / effort",
    lead="The score is people touched in a quarter, weighted by impact, per person-month. Confidence is no factor of it:"
    " it sets how far the impact may be from its likely value, so that it decides how sure a rank is and not which.",
    formula=rice_unweighted, text="reach * impact / effort",
)  # fmt: skip

_WEIGHTED = Method(
    WEIGHTED, "Weighted scoring", "Σ weight × value / Σ weight",
    "The weighted mean of the criteria. Only the ratio of the weights counts; the share beside each is what it comes to.",
    (
        Factor("customer_need", "Customer need", 1, help="1: nobody misses it. 5: customers cannot do without."),
        Factor("market_demand", "Market demand", 2, help="1: a few ask. 5: the market expects it."),
        Factor("ease", "Ease of implementation", 3, help="1: hardest to build. 5: easiest."),
    ),
)  # fmt: skip
"""Equal weights are a default to begin with, not a finding about what matters."""


def _ice_factors(variant: str) -> tuple[Factor, ...]:
    low, high = ices.confidence_range(variant)
    share = variant == ices.UNIT_CONFIDENCE
    sure = "How sure we are of both, as a share." if share else "1: a guess. 10: measured."
    return (
        Factor("impact", "Impact", 1, low=ices.LOW, high=ices.HIGH, help="1: hardly felt. 10: changes what the product is."),
        Factor("confidence", "Confidence", 2, low=low, high=high, percent=share, help=sure),
        Factor("ease", "Ease", 3, low=ices.LOW, high=ices.HIGH, help="1: many months of all teams. 10: a day."),
    )  # fmt: skip


def _ice(name: str, variant: str, label: str, says: str, text: str) -> Method:
    lead = "Four ways to put the three together are in use, and their scores do not compare: this is one, by its name."
    return Method(
        name, label, says, lead, _ice_factors(variant), partial(ice, variant=variant), text
    )


_ICES = (
    _ice("ice", ices.PRODUCT, "ICE, product of 1 to 10",
         "impact × confidence × ease", "impact * confidence * ease"),
    _ice("ice_tenth", ices.PRODUCT_OVER_TEN, "ICE, product divided by 10",
         "impact × confidence × ease / 10", "impact * confidence * ease / 10"),
    _ice("ice_share", ices.UNIT_CONFIDENCE, "ICE, confidence in percent",
         "impact × confidence (%) × ease", "impact * confidence * ease"),
    _ice("ice_mean", ices.MEAN, "ICE, mean of 1 to 10",
         "(impact + confidence + ease) / 3", "(impact + confidence + ease) / 3"),
)  # fmt: skip

_FIBONACCI = tuple((value, f"{value:g}") for value in wsjfs.FIBONACCI)
_WSJF = Method(
    WSJF, "WSJF", "(value + time criticality + risk or opportunity) / job size",
    "Each column is judged on its own, relative to its smallest item, which is 1. Judge all anew when the set changes.",
    tuple(
        Factor(key, label, slot, low=1, high=20, choices=_FIBONACCI, help=help_text)
        for slot, ((key, label), help_text) in enumerate(
            zip(
                wsjfs.COLUMNS,
                (
                    "What users and the business gain, beside the item that gains them least.",
                    "How much is lost by waiting: a date, a window, customers who leave.",
                    "What risk it takes away, or what it makes possible later.",
                    "How much work it is, beside the smallest item.",
                ),
                strict=True,
            ),
            start=1,
        )
    ),
    wsjf, "(business_value + time_criticality + risk_opportunity) / job_size",
)  # fmt: skip

_VALUE_EFFORT = Method(
    "value_effort", "Value and effort", "value / effort",
    "Value for each unit of effort, both on 1 to 10. Small items win it easily: look at the value beside it.",
    (
        Factor("value", "Value", 1, low=1, high=10, help="1: hardly any. 10: the most we can imagine."),
        Factor("effort", "Effort", 2, low=1, high=10, help="1: a day or two. 10: the largest thing we would begin."),
    ),
    value_effort, "value / effort",
)  # fmt: skip

_CD3 = Method(
    "cd3", "Cost of delay (CD3)", "cost of delay per week / weeks of work",
    "The best order for one team that does one thing after another, where each week of delay costs the same."
    " With deadlines, parallel teams or items that wait for another it need not be the best.",
    (
        Factor("cost_per_week", "Cost of delay", 1, low=0, high=1e12, unit="per week",
               help="What a week of not having it costs, in the product's currency."),
        Factor("weeks", "Duration", 2, low=0.1, high=520, unit="weeks", help="How long it takes from start to use."),
    ),
    cd3, "cost_per_week / weeks",
)  # fmt: skip

_OPPORTUNITY = Method(
    "opportunity", "Opportunity score", "importance + what of it is not satisfied",
    "For needs and outcomes, 0 to 20: above 15 extreme, 12 to 15 high, 10 to 12 worth a look, below 10 served.",
    (
        Factor("importance", "Importance", 1, low=0, high=10,
               help="Ten times the share of people asked who answer 4 or 5 of 5; no mean."),
        Factor("satisfaction", "Satisfaction", 2, low=0, high=10,
               help="Likewise, of how satisfied they are with what they have today."),
    ),
    opportunity, "importance + max(importance - satisfaction, 0)",
)  # fmt: skip

_OWN = Method(
    FORMULA, "Formula of your own", "a formula over factors you name",
    "Name the factors, give each its scale, and write how they make a score.",
    (
        Factor("value", "Value", 1, low=1, high=10, help="1: hardly any. 10: the most we can imagine."),
        Factor("effort", "Effort", 2, low=1, high=10, help="1: a day or two. 10: the largest thing we would begin."),
    ),
    text="value / effort",
)  # fmt: skip

_METHODS = {
    method.name: method
    for method in (_WEIGHTED, _RICE, *_ICES, _WSJF, _VALUE_EFFORT, _CD3, _OPPORTUNITY, _OWN)
}
METHODS = tuple((method.name, method.label) for method in _METHODS.values())


def method_of(name: str, confidence: str = MULTIPLIER) -> Method:
    """The method of that name; RICE by how its confidence counts. Raises KeyError for one nobody knows."""
    return _RICE_WIDTH if (name, confidence) == (RICE, WIDTH) else _METHODS[name]
