"""Prioritization over the API: scoring models, assessments, places fixed by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.viewsets import ViewSetMixin

from backlog.models import Assessment, BacklogItem, ScoringModel, ScoringModelVersion
from backlog.selectors.explain import explained, item_named
from backlog.selectors.priority import explanation_of, items_by_reference
from backlog.serializers.priority import (
    AssessmentBulkSerializer,
    AssessmentSerializer,
    FactorChangeAnswer,
    FactorChangeSerializer,
    JudgedAnswer,
    PinSerializer,
    RankAnswer,
    ScoringModelAnswer,
    ScoringModelChangeSerializer,
    ScoringModelSerializer,
    UnpinSerializer,
    assessment_json,
    explanation_json,
    model_json,
)
from backlog.serializers.standings import ExplainedAnswer, explained_json
from backlog.services.assessments import BULK_LIMIT, assessment_set, assessments_set
from backlog.services.factor_changes import FactorChange, factor_change
from backlog.services.ranks import item_rank_pin, item_rank_unpin
from backlog.services.scoring_models import (
    scoring_model_activate,
    scoring_model_create,
    scoring_model_update,
    scoring_models_ensure,
)
from plm.api.answers import BULK_REPORT, paged
from plm.api.parameters import PRODUCT, REFERENCE, UUID
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.models import Product


def model_in(product: Product, uuid: Any) -> ScoringModel:
    """A model of the product by its id, or the active one. Raises Invalid."""
    if uuid is None:
        model = scoring_models_ensure(product=product)
    else:
        found = ScoringModel.objects.filter(product=product, uuid=uuid).first()
        if found is None:
            raise Invalid(fields={"model": "This product has no such scoring model."})
        model = found
    model.product = product
    return model


class ItemPriority(ViewSetMixin, PlmView):
    """What prioritization adds to items: `assessment`, `pin`, `unpin`."""

    tags: ClassVar[Mapping[str, str]] = dict.fromkeys(
        ("assessment", "assess", "assess_all", "explanation", "pin", "unpin"), "Prioritization"
    )

    policies: ClassVar[Mapping[str, str]] = {
        "assessment": "item.view", "assess": "item.assess", "assess_all": "item.assess", "pin": "item.rank",
        "unpin": "item.rank", "explanation": "item.view",
    }  # fmt: skip

    def get_record(self, reference: str) -> Any:
        raise NotImplementedError

    @extend_schema(
        responses=JudgedAnswer,
        parameters=[OpenApiParameter("model", UUID, description="Id of a model.")],
    )
    @action(detail=True, methods=["get"])
    def assessment(self, request: Request, reference: str) -> Response:
        """What was judged of the item (under the active model unless `model` names another), and why its score is so."""
        item = self.get_record(reference)
        asked = AssessmentSerializer(
            data={"values": {}, "model": request.query_params.get("model")}
        )
        asked.is_valid(raise_exception=True)
        return self._judged(item, model_in(item.product, asked.validated_data["model"]))

    @extend_schema(
        responses=ExplainedAnswer,
        parameters=[OpenApiParameter("against", REFERENCE, description="Another item to compare with.")],
    )  # fmt: skip
    @action(detail=True, methods=["get"])
    def explanation(self, request: Request, reference: str) -> Response:
        """Why the item stands where it stands: inputs and where they come from, what its factors do beside the median and
        the item above, what would make it the first, how far weights may move, chances against others, and the history.
        """
        refuse_unknown(request.query_params, {"workspace", "against"})
        item = self.get_record(reference)
        scoring_models_ensure(product=item.product)
        asked = request.query_params.get("against")
        against = item_named(self.actor, item, asked) if asked else None
        if asked is not None and against is None:
            raise Invalid(fields={"against": "There is no other item of that reference in this product."})  # fmt: skip
        found = explained(self.actor, item, against)
        if found is None:
            raise NotVisible
        return Response(explained_json(found))

    def _judged(self, item: BacklogItem, model: ScoringModel) -> Response:
        definition = model.versions.get(version=model.version).formula
        kept = Assessment.objects.filter(scoring_model=model, item=item)
        body = assessment_json(item, model, definition, kept.select_related("assessed_by").first())
        why = explanation_of(item)
        body["explanation"] = explanation_json(why) if why else None
        return Response(body)

    @extend_schema(request=AssessmentSerializer, responses=JudgedAnswer)
    @assessment.mapping.patch
    def assess(self, request: Request, reference: str) -> Response:
        """Judge some factors; what is left out stays. The item's score follows at once, ranks a moment later."""
        return self._assess(request, reference, whole=False)

    @extend_schema(request=AssessmentSerializer, responses=JudgedAnswer)
    @assessment.mapping.put
    def assess_all(self, request: Request, reference: str) -> Response:
        """Judge all factors; what is left out is not judged any more."""
        return self._assess(request, reference, whole=True)

    def _assess(self, request: Request, reference: str, *, whole: bool) -> Response:
        item = self.get_record(reference)
        asked = AssessmentSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        model = model_in(item.product, asked.validated_data.get("model"))
        values = dict(asked.validated_data["values"])
        if whole:
            definition = model.versions.get(version=model.version).formula
            values = {**{f.key: None for f in definition.factors}, **values}
        done = assessment_set(
            actor=self.actor, item=item, values=values, model=model,
            reason=asked.validated_data.get("reason", ""),
        )  # fmt: skip
        item.score = done.item.score
        return self._judged(item, model)

    @extend_schema(request=PinSerializer, responses=RankAnswer)
    @action(detail=True, methods=["post"])
    def pin(self, request: Request, reference: str) -> Response:
        """Fix the item's place in the ranked list, with a reason. It stays there whatever the scores do."""
        item = self.get_record(reference)
        asked = PinSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        pinned = item_rank_pin(
            actor=self.actor, item=item, rank=asked.validated_data.get("rank"),
            after=self._neighbour(asked.validated_data.get("after")), reason=asked.validated_data["reason"],
        )  # fmt: skip
        return self._place(item, pinned)

    def _neighbour(self, reference: str | None) -> BacklogItem | None:
        if not reference:
            return None
        try:
            found: BacklogItem = self.get_record(reference)
        except NotVisible:
            raise Invalid(fields={"after": "There is no such item here."}) from None
        return found

    @extend_schema(request=UnpinSerializer, responses=RankAnswer)
    @action(detail=True, methods=["post"])
    def unpin(self, request: Request, reference: str) -> Response:
        """Let the scores place the item again."""
        item = self.get_record(reference)
        asked = UnpinSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        freed = item_rank_unpin(
            actor=self.actor, item=item, reason=asked.validated_data.get("reason", "")
        )
        return self._place(item, freed)

    @staticmethod
    def _place(item: BacklogItem, now: BacklogItem) -> Response:
        return Response(
            {"reference": item.reference, "rank": now.rank, "rank_pinned": now.rank_pinned}
        )


class ScoringModelViewSet(ViewSetMixin, PlmView):
    """Scoring models of products."""

    lookup_field = "uuid"
    lookup_value_regex = "[0-9a-fA-F-]{36}"
    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    policies: ClassVar[Mapping[str, str]] = {
        "list": "scoring_model.view", "retrieve": "scoring_model.view", "create": "scoring_model.create",
        "partial_update": "scoring_model.edit", "activate": "scoring_model.edit",
    }  # fmt: skip

    def _visible(self) -> Any:
        rows = ScoringModel.objects.visible_to(self.actor, "scoring_model.view")
        return rows.filter(workspace_id=self.workspace_id).select_related("product")

    def _one(self, uuid: str) -> ScoringModel:
        try:
            found: ScoringModel | None = self._visible().filter(uuid=uuid).first()
        except (ValueError, TypeError):
            raise NotVisible from None
        if found is None:
            raise NotVisible
        return found

    @staticmethod
    def _json(model: ScoringModel) -> dict[str, Any]:
        return model_json(model, model.versions.get(version=model.version).formula)

    def _answer(self, model: ScoringModel, code: int = 200) -> Response:
        return Response(self._json(model), status=code, headers={"ETag": etag(model.version)})

    @extend_schema(
        responses=paged("ScoringModelPage", ScoringModelAnswer, "next"), parameters=[PRODUCT]
    )
    def list(self, request: Request) -> Response:
        """All models of the products you see, or of one product. A product is ranked by its active one."""
        rows = self._visible().order_by("product_id", "name")
        if key := request.query_params.get("product"):
            product = product_of(self.actor, self.workspace_id, key)
            scoring_models_ensure(product=product)
            rows = rows.filter(product=product)
        models = list(rows[:1000])
        versions = {
            (v.scoring_model_id, v.version): v.formula
            for v in ScoringModelVersion.objects.filter(scoring_model__in=models)
        }
        found = [model_json(m, versions[m.pk, m.version]) for m in models]
        return Response({"results": found, "next": None})

    @extend_schema(responses=ScoringModelAnswer)
    def retrieve(self, request: Request, uuid: str) -> Response:
        """One model with its criteria and its ETag."""
        del request
        return self._answer(self._one(uuid))

    @extend_schema(request=ScoringModelSerializer, responses={201: ScoringModelAnswer})
    def create(self, request: Request) -> Response:
        """Add a model to a product. It ranks nothing before it is activated."""
        asked = ScoringModelSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        values = dict(asked.validated_data)
        try:
            product = product_of(self.actor, self.workspace_id, values.pop("product"))
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None
        made = scoring_model_create(actor=self.actor, product=product, **values)
        return self._answer(made, status.HTTP_201_CREATED)

    @extend_schema(request=ScoringModelChangeSerializer, responses=ScoringModelAnswer)
    def partial_update(self, request: Request, uuid: str) -> Response:
        """Change the name or the criteria of a model you have read (`If-Match`). The scores follow by a job."""
        model = self._one(uuid)
        version = version_of(request)
        asked = ScoringModelChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        changed = scoring_model_update(
            actor=self.actor, model=model, version=version, **asked.validated_data
        )
        return self._answer(changed)

    @extend_schema(request=UnpinSerializer, responses=ScoringModelAnswer)
    @action(detail=True, methods=["post"])
    def activate(self, request: Request, uuid: str) -> Response:
        """Rank the product by this model. What was judged under the others is kept."""
        asked = UnpinSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        model = scoring_model_activate(
            actor=self.actor, model=self._one(uuid), reason=asked.validated_data.get("reason", "")
        )
        return self._answer(self._one(str(model.uuid)))


class AssessmentViewSet(ViewSetMixin, PlmView):
    """Assessments of many items at once."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    policies: ClassVar[Mapping[str, str]] = {"bulk": "item.assess", "change": "item.assess"}

    @extend_schema(request=AssessmentBulkSerializer, responses={200: BULK_REPORT})
    @action(detail=False, methods=["post"])
    def bulk(self, request: Request) -> Response:
        """Judge up to 1000 items of one product: rows {item, values}. Good rows are in, bad ones are reported."""
        body: Any = request.data
        rows = body.get("items") if isinstance(body, dict) else None
        if not isinstance(rows, list) or not 1 <= len(rows) <= BULK_LIMIT:
            raise Invalid(fields={"items": f"Send a list of 1 to {BULK_LIMIT} rows."})
        head = AssessmentBulkSerializer(data={**body, "items": []})
        head.is_valid(raise_exception=True)
        try:
            product = product_of(self.actor, self.workspace_id, head.validated_data["product"])
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None
        report = self._write(product, head.validated_data, rows)
        failed = sum(1 for row in report if row["status"] == "error")
        return Response({"rows": report, "failed": failed})

    def _write(
        self, product: Product, head: Mapping[str, Any], rows: list[Any]
    ) -> list[dict[str, Any]]:
        named = (row.get("item", "") if isinstance(row, dict) else "" for row in rows)
        items = items_by_reference(product, map(str, named))
        report: list[dict[str, Any]] = []
        good: list[tuple[int, BacklogItem, Mapping[str, Any]]] = []
        for place, row in enumerate(rows):
            wrong = _row_problem(row, items)
            report.append({"row": place, "status": "error" if wrong else "saved", "errors": wrong})
            if not wrong:
                good.append((place, items[str(row["item"]).upper()], row["values"]))
        errors = assessments_set(
            actor=self.actor, product=product, rows=[(item, values) for _, item, values in good],
            model=model_in(product, head.get("model")), reason=head.get("reason", ""),
        )  # fmt: skip
        for (place, item, _), error in zip(good, errors, strict=True):
            report[place]["reference"] = item.reference
            if error is not None:
                report[place] |= {"status": "error", "errors": error.fields}
        return report

    @extend_schema(request=FactorChangeSerializer, responses=FactorChangeAnswer)
    @action(detail=False, methods=["post"])
    def change(self, request: Request) -> Response:
        """Change one factor of many items: set it, multiply it, add to it, or empty it (`how`).

        An item that cannot take it is reported with its reason and stays as it was; the others are written.
        """
        asked = FactorChangeSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        given = asked.validated_data
        try:
            product = product_of(self.actor, self.workspace_id, given["product"])
        except NotVisible:
            raise Invalid(fields={"product": "There is no such product here."}) from None
        found = items_by_reference(product, given["items"])
        chosen = [found[name.upper()] for name in given["items"] if name.upper() in found]
        changes = factor_change(
            actor=self.actor, product=product, items=chosen, key=given["factor"], how=given["how"],
            value=given.get("value"), model=model_in(product, given.get("model")), reason=given.get("reason", ""),
        ) if chosen else []  # fmt: skip
        rows = [_changed(one) for one in changes]
        rows += [
            {"reference": name, "status": "error", "detail": "There is no such item in this product.", "before": None, "after": None}
            for name in given["items"]
            if name.upper() not in found
        ]  # fmt: skip
        return Response({"rows": rows, "failed": sum(row["status"] == "error" for row in rows)})


def _changed(one: FactorChange) -> dict[str, Any]:
    status = "error" if one.error else "changed" if one.changed else "unchanged"
    after = one.before if one.error else one.after
    return {
        "reference": one.item.reference, "status": status, "detail": one.error, "before": one.before, "after": after,
    }  # fmt: skip


def _row_problem(row: Any, items: Mapping[str, BacklogItem]) -> dict[str, str]:
    if not isinstance(row, dict) or not isinstance(row.get("values"), dict):
        return {"values": "Send rows of the form {item, values}."}
    if str(row.get("item", "")).upper() not in items:
        return {"item": "There is no such item in this product."}
    return {}
