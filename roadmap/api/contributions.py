"""What items do for goals, and whether the work serves the goals, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import BacklogItem
from backlog.selectors.balance import scopes
from backlog.selectors.priority import scoring_of
from backlog.services.scoring_models import scoring_models_ensure
from plm.api.answers import listed
from plm.api.views import OfProduct, PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import record_by_reference
from plm.permissions import Actor
from plm.services.guard import require
from roadmap.models import Objective
from roadmap.selectors.alignment import alignment_of
from roadmap.selectors.contributions import contributions_of, goals_inherited, goals_served
from roadmap.serializers.contributions import (
    AlignmentAnswer,
    ContributionAnswer,
    ContributionInput,
    ContributionsAnswer,
    alignment_json,
    serves_json,
)
from roadmap.services.contributions import contribution_set

TAGS: Mapping[str, str] = {"": "Roadmap"}
MOST = 1000


class ContributionsView(PlmView):
    """The goals an item serves."""

    tags = TAGS
    single = True
    policies: ClassVar[Mapping[str, str]] = {"get": "contribution.view", "put": "contribution.edit"}
    serializer_class = ContributionInput

    def _item(self, reference: str, action: str) -> BacklogItem:
        found = record_by_reference(self.actor, self.workspace_id, reference)
        if not isinstance(found, BacklogItem):
            raise NotVisible
        require(self.actor, action, found.product)
        return found

    def _answer(self, item: BacklogItem) -> Response:
        served = goals_served(self.actor, item)
        inherited = None if served else goals_inherited(self.actor, item)
        return Response({"reference": item.reference, **serves_json(served, inherited)})

    @extend_schema(responses=ContributionsAnswer)
    def get(self, request: Request, reference: str) -> Response:
        """The goals with their percent of the work on the item, that of its place on the roadmap first."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._answer(self._item(reference, "contribution.view"))

    @extend_schema(request=ContributionInput, responses=ContributionsAnswer)
    def put(self, request: Request, reference: str) -> Response:
        """Set what the item does for one goal other than that of its place."""
        item = self._item(reference, "contribution.edit")
        given = ContributionInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        contribution_set(
            actor=self.actor,
            item=item,
            objective=named_goal(self.actor, self.workspace_id, values.pop("objective")),
            **values,
        )
        return self._answer(item)


def named_goal(actor: Actor, workspace_id: int, name: str) -> Objective:
    """The goal with this reference. Raises Invalid for what is none."""
    try:
        found = record_by_reference(actor, workspace_id, name)
    except NotVisible:
        found = None
    if not isinstance(found, Objective):
        raise Invalid(fields={"objective": "Give the reference of a goal, such as ATL-3."})
    return found


class ProductContributionsView(OfProduct):
    """What the items of a product do for other goals than that of their place."""

    tags = TAGS
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "contribution.view"}

    @extend_schema(
        responses=listed("Contributions", ContributionAnswer),
        parameters=[
            OpenApiParameter("objective", str, description="The reference of a goal: what is done for it.")
        ],
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        """By goal and then by item: the first 1,000. One is set and taken back at its item."""
        refuse_unknown(request.query_params, {"workspace", "objective"})
        product = self.product(key, "contribution.view")
        rows = contributions_of(self.actor, product)
        if asked := request.query_params.get("objective"):
            rows = rows.filter(objective=named_goal(self.actor, self.workspace_id, asked))
        return Response(
            {
                "results": [
                    {
                        "reference": row.item.reference, "title": row.item.title, "objective": row.objective.reference,
                        "percent": row.percent,
                    }
                    for row in rows[:MOST]
                ]
            }
        )  # fmt: skip


class AlignmentView(OfProduct):
    """Whether the work serves the goals."""

    tags = TAGS
    policies: ClassVar[Mapping[str, str]] = {"get": "item.view"}

    @extend_schema(
        responses=AlignmentAnswer,
        parameters=[
            OpenApiParameter(
                "scope", {"type": "string", "examples": ["planned", "roadmap", "release", "top"]},
                description="Of which items: what is planned or in work if left out.",
            )
        ],
    )  # fmt: skip
    def get(self, request: Request, key: str) -> Response:
        """Planned effort by goal against the target shares, items that serve no goal, goals that nothing serves."""
        refuse_unknown(request.query_params, {"workspace", "scope"})
        product = self.product(key, "item.view")
        known = [one.name for one in scopes()]
        asked = request.query_params.get("scope", known[0])
        if asked not in known:
            raise Invalid(fields={"scope": f"One of: {', '.join(known)}."})
        scoring_models_ensure(product=product)
        scoring = scoring_of(product)
        if scoring is None:
            raise NotVisible
        found = alignment_of(self.actor, product, scoring, scope=asked)
        return Response({"product": product.key, **alignment_json(found)})
