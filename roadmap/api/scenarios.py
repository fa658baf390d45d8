"""Scenarios of a roadmap over the API."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import BacklogItem
from plm.api.answers import listed
from plm.api.records import etag, version_of
from plm.api.views import OfProduct
from plm.errors import Conflict, Invalid, NotVisible, Stale
from plm.filters import refuse_unknown
from plm.kinds import record_by_reference
from roadmap.models import RoadmapScenario
from roadmap.selectors.scenario_compared import Compared, Side, applied_lines, compared, titles_of
from roadmap.selectors.scenarios import (
    FIRST_VERSION,
    ITEM_FIELDS,
    Overlay,
    items_named,
    overlay_of,
    scenarios_of,
    with_counts,
)
from roadmap.serializers.scenarios import (
    RoadmapScenarioAnswer,
    RoadmapScenarioChangeInput,
    RoadmapScenarioInput,
    RoadmapScenarioWhole,
    ScenarioAppliedAnswer,
    ScenarioApplyInput,
    ScenarioComparisonAnswer,
    ScenarioPlaceInput,
    ScenarioTakenBackAnswer,
)
from roadmap.services.scenario_applying import scenario_apply, scenario_apply_undo
from roadmap.services.scenario_changes import (
    scenario_give_back,
    scenario_place_set,
    scenario_take_out,
)
from roadmap.services.scenarios import (
    scenario_archive,
    scenario_create,
    scenario_duplicate,
    scenario_restore,
    scenario_update,
)

MOST = 200


class OfScenarios(OfProduct):
    """Scenarios below a product."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}

    def one(self, key: str, uuid: UUID, action: str) -> RoadmapScenario:
        product = self.product(key, action)
        rows = with_counts(scenarios_of(self.actor, product))
        found: RoadmapScenario | None = rows.filter(uuid=uuid).first()
        if found is None:
            raise NotVisible
        found.product = product
        return found

    def whole(self, key: str, uuid: UUID, code: int = 200) -> Response:
        """The answer with what differs."""
        row = self.one(key, uuid, "scenario.view")
        if row.applied_at is not None:
            overlay = overlay_of(self.actor, row.product, row)
            lines = applied_lines(self.actor, overlay)
            titles = titles_of(row.product, lines)
        else:
            found = compared(self.actor, row.product, None, row)
            overlay, lines, titles = found.b.overlay, found.lines, found.titles
        body = {
            **_scenario(row),
            "differences": [_difference(line, overlay, titles) for line in lines],
            "gone": [item.reference for item in overlay.gone.values()],
        }
        return Response(body, status=code, headers={"ETag": etag(row.version)})


class RoadmapScenariosView(OfScenarios):
    """The scenarios of a roadmap."""

    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "scenario.view", "post": "scenario.create"}
    serializer_class = RoadmapScenarioInput

    @extend_schema(responses=listed("RoadmapScenarios", RoadmapScenarioAnswer))
    def get(self, request: Request, key: str) -> Response:
        """All of them, archived ones too, the newest 200 first."""
        refuse_unknown(request.query_params, {"workspace"})
        rows = with_counts(scenarios_of(self.actor, self.product(key, "scenario.view")))[:MOST]
        return Response({"results": [_scenario(row) for row in rows]})

    @extend_schema(request=RoadmapScenarioInput, responses={201: RoadmapScenarioWhole})
    def post(self, request: Request, key: str) -> Response:
        """Begin a scenario that is still the plan, or a copy of another one. The plan stays as it is."""
        product = self.product(key, "scenario.create")
        given = RoadmapScenarioInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        source = values.pop("copy_of", None)
        if source is None:
            made = scenario_create(actor=self.actor, product=product, **values)
        else:
            found = scenarios_of(self.actor, product).filter(uuid=source).first()
            if found is None:
                raise Invalid(fields={"copy_of": "There is no such scenario of this product."})
            found.product = product
            made = scenario_duplicate(actor=self.actor, scenario=found, **values)
        return self.whole(key, made.uuid, status.HTTP_201_CREATED)


class RoadmapScenarioView(OfScenarios):
    """One scenario of a roadmap."""

    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": True}
    policies: ClassVar[Mapping[str, str]] = {
        "get": "scenario.view", "patch": "scenario.edit", "delete": "scenario.edit",
    }  # fmt: skip
    serializer_class = RoadmapScenarioChangeInput

    @extend_schema(responses=RoadmapScenarioWhole)
    def get(self, request: Request, key: str, uuid: UUID) -> Response:
        """With what it has otherwise than the plan; of one that was applied, with what that changed."""
        refuse_unknown(request.query_params, {"workspace"})
        return self.whole(key, uuid)

    @extend_schema(request=RoadmapScenarioChangeInput, responses=RoadmapScenarioWhole)
    def patch(self, request: Request, key: str, uuid: UUID) -> Response:
        """Rename it, ask something else, or bring it back. `If-Match` holds the ETag you read."""
        row = self.one(key, uuid, "scenario.edit")
        given = RoadmapScenarioChangeInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        if version_of(request) != row.version:
            raise Stale(f"Version {row.version} stands now.", current=row.version)
        archived = values.pop("archived", None)
        if archived is False:
            row = scenario_restore(actor=self.actor, scenario=row)
        if values:
            row = scenario_update(
                actor=self.actor, scenario=row, version=row.version, values=values
            )
        if archived:
            scenario_archive(actor=self.actor, scenario=row)
        return self.whole(key, uuid)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, key: str, uuid: UUID) -> Response:
        """Archive it: it can still be read, and brought back."""
        del request
        scenario_archive(actor=self.actor, scenario=self.one(key, uuid, "scenario.edit"))
        return Response(status=status.HTTP_204_NO_CONTENT)


class ScenarioPlaceView(OfScenarios):
    """Where one item stands in a scenario."""

    if_match: ClassVar[Mapping[str, bool]] = {"PATCH": False, "DELETE": False}
    policies: ClassVar[Mapping[str, str]] = {"patch": "scenario.edit", "delete": "scenario.edit"}
    serializer_class = ScenarioPlaceInput

    def _item(self, row: RoadmapScenario, reference: str) -> BacklogItem:
        found = record_by_reference(self.actor, self.workspace_id, reference)
        if not isinstance(found, BacklogItem) or found.product_id != row.product_id:
            raise NotVisible
        return found

    @extend_schema(request=ScenarioPlaceInput, responses=RoadmapScenarioWhole)
    def patch(self, request: Request, key: str, uuid: UUID, reference: str) -> Response:
        """Let the item stand otherwise, put it in, or take it `out`. `If-Match` is honoured when sent: the item's `version`."""
        row = self.one(key, uuid, "scenario.edit")
        item = self._item(row, reference)
        context = {"actor": self.actor, "workspace_id": self.workspace_id}
        given = ScenarioPlaceInput(data=request.data, context=context)
        given.is_valid(raise_exception=True)
        values = dict(given.validated_data)
        version = version_of(request) if "If-Match" in request.headers else None
        if values.pop("out", False):
            if values:
                raise Invalid(fields={"out": "What is taken out stands nowhere: send `out` alone."})
            scenario_take_out(actor=self.actor, scenario=row, item=item, version=version)
        else:
            scenario_place_set(
                actor=self.actor, scenario=row, item=item, values=values, version=version
            )
        return self.whole(key, uuid)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, key: str, uuid: UUID, reference: str) -> Response:
        """Let the item stand as in the plan again."""
        row = self.one(key, uuid, "scenario.edit")
        version = version_of(request) if "If-Match" in request.headers else None
        item = self._item(row, reference)
        scenario_give_back(actor=self.actor, scenario=row, item=item, version=version)
        return Response(status=status.HTTP_204_NO_CONTENT)


class ScenarioCompareView(OfScenarios):
    """A scenario beside the plan or another one."""

    policies: ClassVar[Mapping[str, str]] = {"get": "scenario.view"}

    @extend_schema(
        parameters=[
            OpenApiParameter("with", UUID, description="Another scenario of the product; the plan unless given.")
        ],
        responses=ScenarioComparisonAnswer,
    )  # fmt: skip
    def get(self, request: Request, key: str, uuid: UUID) -> Response:
        """What the scenario has otherwise, and what both add up to."""
        refuse_unknown(request.query_params, {"workspace", "with"})
        row = self.one(key, uuid, "scenario.view")
        other = self._other(key, request.query_params.get("with"))
        found = compared(self.actor, row.product, other, row)
        return Response(
            {
                "a": _figures(found.a), "b": _figures(found.b),
                "differences": [_difference(line, found.b.overlay, found.titles) for line in found.lines],
            }
        )  # fmt: skip

    def _other(self, key: str, asked: str | None) -> RoadmapScenario | None:
        if asked is None:
            return None
        try:
            return self.one(key, UUID(asked), "scenario.view")
        except (ValueError, NotVisible):
            raise Invalid(fields={"with": "Name another scenario of this product."}) from None


class RoadmapScenarioApplyView(OfScenarios):
    """Putting a scenario into the plan."""

    policies: ClassVar[Mapping[str, str]] = {"post": "placement.edit"}
    serializer_class = ScenarioApplyInput

    @extend_schema(request=ScenarioApplyInput, responses={200: ScenarioAppliedAnswer})
    def post(self, request: Request, key: str, uuid: UUID) -> Response:
        """All of it or the named items, in one transaction, with the reason on each change. It is closed afterwards."""
        row = self.one(key, uuid, "placement.edit")
        given = ScenarioApplyInput(data=request.data)
        given.is_valid(raise_exception=True)
        values = given.validated_data
        named = items_named(overlay_of(self.actor, row.product, row))
        chosen = None
        if "items" in values:
            chosen = {_key(named, one["item"], "items"): one["mark"] for one in values["items"]}
        kept = [_key(named, name, "keep") for name in values["keep"]]
        if row.applied_at is not None:
            raise Conflict(f"{row.name} was applied already. Nothing was applied twice.")
        done = scenario_apply(
            actor=self.actor, scenario=row, reason=values["reason"], chosen=chosen, kept=kept
        )
        return Response({"applied": done.applied, "left": done.left})


class RoadmapScenarioUndoView(OfScenarios):
    """Taking an application back."""

    policies: ClassVar[Mapping[str, str]] = {"post": "placement.edit"}
    serializer_class = None

    @extend_schema(request=None, responses={200: ScenarioTakenBackAnswer})
    def post(self, request: Request, key: str, uuid: UUID) -> Response:
        """Give items back what the plan had before, where nobody moved them since, and open the scenario again."""
        del request
        row = self.one(key, uuid, "placement.edit")
        back, left = scenario_apply_undo(actor=self.actor, scenario=row)
        return Response({"back": back, "left": left})


def _key(named: Mapping[str, int], name: str, field: str) -> int:
    if name not in named:
        raise Invalid(fields={field: f"{name[:40]} is no item that this scenario has otherwise."})
    return named[name]


def _scenario(row: Any) -> dict[str, Any]:
    plain = ("name", "question", "state", "changed", "version", "created_at", "updated_at", "applied_at", "applied_reason")  # fmt: skip
    return {
        "id": row.uuid,
        **{name: getattr(row, name) for name in plain},
        "created_by": str(row.created_by) if row.created_by else None,
        "applied_by": str(row.applied_by) if row.applied_by else None,
    }


def _difference(line: Compared, overlay: Overlay, titles: Mapping[str, str]) -> dict[str, Any]:
    """Teams and people are told by name, goals and releases by reference."""
    change = overlay.changes.get(line.key)

    def told(name: str, values: Iterable[Any]) -> list[Any]:
        return [titles.get(v, v) if name in ITEM_FIELDS else v for v in values]

    return {
        "item": line.reference, "title": line.title, "change": line.said.kind, "days": line.said.days,
        "fields": {name: told(name, pair) for name, pair in line.said.fields.items()},
        "conflict": [
            dict(zip(("field", "base", "plan", "scenario"), (name, *told(name, three)), strict=True))
            for name, three in line.clash.items()
        ],
        "mark": line.mark, "version": change.version if change else FIRST_VERSION, "outcome": line.outcome,
        "chances": [share if share is None else round(share, 4) for share in line.chances],
    }  # fmt: skip


def _figures(side: Side) -> dict[str, Any]:
    found = side.figures
    return {
        "name": side.name, "items": found.items, "last_end": found.last, "late": found.late,
        "conflicts": found.conflicts, "overloads": None if found.overloads is None else list(found.overloads),
        "forecast": found.forecast, "in_time": found.in_time if found.in_time is None else round(found.in_time, 2),
    }  # fmt: skip
