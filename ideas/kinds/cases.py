"""What pages, API and importer need to know of business cases."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ideas.filters.cases import CaseFilter
from ideas.forms.cases import CaseForm
from ideas.kinds.tabs import DISCOVERY
from ideas.models import BusinessCase
from ideas.selectors.cases import case_page
from ideas.serializers.cases import CaseSerializer
from ideas.services.cases import appraisal_of, case_create, case_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.permissions import Actor
from plm.stages import IDEAS


def _page(actor: Actor, case: BusinessCase) -> Mapping[str, Any]:
    return case_page(actor, case, appraisal_of(case))


def _percent(rate: float) -> str:
    return f"{rate * 100:g} % a year"


BUSINESS_CASE = Kind(
    name="business_case",
    label="Business case",
    plural="Business cases",
    path="business-cases",
    icon="calculator",
    stage=IDEAS,
    model=BusinessCase,
    form=CaseForm,
    filters=CaseFilter,
    serializer=CaseSerializer,
    create=case_create,
    update=case_update,
    columns=default_columns(
        Column("npv_money", "Net present value", "npv", numeric=True),
        Column("loss_share", "Chance of a loss", "loss", numeric=True),
    ),
    orders={**DEFAULT_ORDERS, "npv": "npv", "loss": "loss"},
    detail=_page,
    detail_template="ideas/case_detail.html",
    related=("idea__product__workspace",),
    properties=lambda case: [
        ("Idea", case.idea.reference if case.idea else None, case.idea.get_absolute_url() if case.idea else ""),
        ("Currency", case.currency, ""),
        ("Reckoned over", f"{case.periods} {case.get_period_display().lower()}", ""),
        ("Discount rate", _percent(case.annual_rate), ""),
        ("Borrowing, reinvesting", f"{_percent(case.finance_rate)}, {_percent(case.reinvest_rate)}", ""),
        ("Low and high are", case.get_meaning_display(), ""),
        ("Shape between them", case.get_shape_display(), ""),
    ],
    tabs=DISCOVERY,
    empty_text="A business case says what an idea costs and brings, and how sure that is. Begin one for an idea that is worth the question.",
)  # fmt: skip
