"""What pages, API and importer need to know of ideas."""

from __future__ import annotations

from typing import Any

from ideas.filters.ideas import IdeaFilter
from ideas.forms.ideas import IdeaForm
from ideas.kinds.tabs import DISCOVERY
from ideas.models import Idea
from ideas.selectors.follows import told_outside
from ideas.selectors.ideas import idea_page
from ideas.serializers.ideas import IdeaSerializer
from ideas.services.ideas import idea_create, idea_move, idea_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, Money, default_columns
from plm.stages import IDEAS


def _triaged(idea: Idea) -> list[tuple[str, Any, str]]:
    found: list[tuple[str, Any, str]] = []
    if idea.snoozed_until:
        found.append(("Put off until", idea.snoozed_until.isoformat(), ""))
    if idea.duplicate_of:
        found.append(("Duplicate of", idea.duplicate_of, idea.duplicate_of.get_absolute_url()))
    return found


IDEA = Kind(
    name="idea",
    label="Idea",
    plural="Ideas",
    path="ideas",
    icon="lightbulb",
    stage=IDEAS,
    model=Idea,
    form=IdeaForm,
    filters=IdeaFilter,
    serializer=IdeaSerializer,
    create=idea_create,
    update=idea_update,
    move=idea_move,
    tells_outside=told_outside,
    columns=default_columns(
        Column("votes_count", "Votes", "votes", numeric=True),
        Column("demand_companies", "Companies", "companies", numeric=True),
        Column("demand_revenue", "Revenue", "revenue", numeric=True, money=True),
        Column("get_source_display", "Source"),
        Column("get_type_display", "Type"),
    ),
    orders={
        **DEFAULT_ORDERS,
        "votes": "votes_count",
        "companies": "demand_companies",
        "revenue": "demand_revenue",
        "demand": "demand_weighted",
    },
    default_order="-votes",
    detail=idea_page,
    detail_template="ideas/idea_detail.html",
    form_template="ideas/idea_form.html",
    properties=lambda idea: [
        ("Source", idea.get_source_display(), ""),
        ("Type", idea.get_type_display(), ""),
        ("Size", idea.get_size_display(), ""),
        ("Votes", idea.votes_count, ""),
        ("Asked for by", f"{idea.demand_people} people, {idea.demand_companies} companies", ""),
        ("Their revenue a month", Money(idea.demand_revenue, idea.product.workspace.currency), ""),
        ("On the portal", "Yes" if idea.public else "No", ""),
        ("Board", str(idea.board or ""), ""),
        *_triaged(idea),
    ],
    related=("duplicate_of__product__workspace", "split_from__product__workspace", "board"),
    tabs=DISCOVERY,
    empty_text="Ideas come from customers, stakeholders, experts, research and the team. Write the first one down.",
)
