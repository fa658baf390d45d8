"""What pages, API and importer need to know of stage gates."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ideas.filters.gates import GateFilter
from ideas.forms.gates import DecisionForm, GateForm
from ideas.kinds.tabs import DISCOVERY
from ideas.models import Gate
from ideas.selectors.gates import gate_page
from ideas.serializers.gates import GateSerializer
from ideas.services.gates import gate_create, gate_move, gate_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.permissions import Actor
from plm.stages import IDEAS


def _page(actor: Actor, gate: Gate) -> Mapping[str, Any]:
    form = DecisionForm(initial={"version": gate.version})
    return {**gate_page(actor, gate), "decision_form": form}


GATE = Kind(
    name="gate",
    label="Gate",
    plural="Gates",
    path="gates",
    icon="signpost",
    stage=IDEAS,
    model=Gate,
    form=GateForm,
    filters=GateFilter,
    serializer=GateSerializer,
    create=gate_create,
    update=gate_update,
    move=gate_move,
    columns=default_columns(Column("advice_label", "Criteria say")),
    orders=DEFAULT_ORDERS,
    detail=_page,
    detail_template="ideas/gate_detail.html",
    related=("idea__product__workspace", "case__product__workspace"),
    properties=lambda gate: [
        ("Idea", gate.idea.reference if gate.idea else None, gate.idea.get_absolute_url() if gate.idea else ""),
        ("Business case", gate.case.reference if gate.case else None, gate.case.get_absolute_url() if gate.case else ""),
        ("Least score", gate.threshold, ""),
    ],
    tabs=DISCOVERY,
    empty_text="A gate is a decision prepared: what must hold, what should, and what would make you stop. Write one before the work begins.",
)  # fmt: skip
