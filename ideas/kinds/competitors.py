"""What pages, API and importer need to know of competitors."""

from __future__ import annotations

from ideas.filters.competitors import CompetitorFilter
from ideas.forms.competitors import CompetitorForm
from ideas.kinds.tabs import DISCOVERY
from ideas.models import Competitor
from ideas.selectors.competitors import competitor_page
from ideas.serializers.competitors import CompetitorSerializer
from ideas.services.competitors import competitor_create, competitor_update
from plm.kinds import DEFAULT_ORDERS, Column, Kind, default_columns
from plm.stages import IDEAS

COMPETITOR = Kind(
    name="competitor",
    label="Competitor",
    plural="Competitors",
    path="competitors",
    icon="swords",
    stage=IDEAS,
    model=Competitor,
    form=CompetitorForm,
    filters=CompetitorFilter,
    serializer=CompetitorSerializer,
    create=competitor_create,
    update=competitor_update,
    columns=default_columns(Column("website", "Website")),
    orders=DEFAULT_ORDERS,
    default_order="title",
    detail=competitor_page,
    detail_template="ideas/competitor_detail.html",
    properties=lambda competitor: [("Website", competitor.website, competitor.website)],
    tabs=DISCOVERY,
    empty_text="A competitor is whoever your customers could choose instead, even a spreadsheet. Write the first one down, then compare.",
)
