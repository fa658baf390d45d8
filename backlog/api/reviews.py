"""Reviews, sign-offs and the definition of ready over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.models import BacklogItem, Spec
from backlog.selectors.readiness import readiness, readiness_rows, spec_of
from backlog.selectors.reviews import (
    possible_reviewers,
    review_rows,
    review_standing,
    sign_off_rows,
    spec_policy,
    version_number,
)
from backlog.serializers.reviews import (
    ReadinessAnswer,
    ReopenInput,
    ReviewAnswer,
    ReviewAnswerInput,
    ReviewAskInput,
    ReviewWithdrawInput,
    SignOffInput,
    SpecPolicyAnswer,
    SpecPolicyInput,
)
from backlog.services.readiness import spec_policy_update
from backlog.services.reviews import (
    review_answer,
    review_ask,
    review_named,
    review_withdraw,
    spec_reopen,
    spec_sign_off,
)
from plm.api.records import etag, version_of
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible
from plm.filters import refuse_unknown
from plm.kinds import product_of
from plm.models import Product
from plm.services.guard import require
from plm.stages import SPECIFICATION


def review_json(spec: Spec) -> dict[str, Any]:
    """The review of a specification as it stands."""
    number = version_number(spec)
    stands = review_standing(spec, number=number)
    return {
        "number": number,
        "approvals": stands.approvals,
        "needed": stands.needed,
        "lacks": stands.lacks,
        "reviews": [
            {
                "id": row["uuid"],
                "reviewer": {"id": row["reviewer"].uuid, "name": str(row["reviewer"])},
                **{
                    name: row[name]
                    for name in (
                        "state", "number", "reason", "asked_at", "answered_at", "reminded_at"
                    )
                },
            }
            for row in review_rows(spec, number)
        ],
        "sign_offs": [
            {
                "number": row.version.number,
                "signed_by": str(row.signed_by) if row.signed_by else None,
                "signed_at": row.signed_at,
                "approvals": row.approvals,
                "reopened_by": str(row.reopened_by) if row.reopened_by else None,
                "reopened_at": row.reopened_at,
                "reopened_reason": row.reopened_reason,
            }
            for row in sign_off_rows(spec)
        ],
    }  # fmt: skip


def readiness_json(spec: Spec | None) -> dict[str, Any]:
    """What the definition of ready says; without a specification nothing is asked."""
    if spec is None:
        return {"specification": None, "ready": True, "gates": False, "conditions": []}
    found = readiness(spec)
    rows = [{k: v for k, v in row.items() if k != "url"} for row in readiness_rows(spec, found)]
    return {
        "specification": spec.reference,
        "ready": found.ready,
        "gates": found.policy.gates,
        "conditions": rows,
    }


class ItemReadiness:
    """What is missing before an item may be built."""

    @extend_schema(responses=ReadinessAnswer)
    @action(detail=True, methods=["get"])
    def readiness(self: Any, request: Request, reference: str) -> Response:
        """The product's definition of ready, applied to this and its specification."""
        refuse_unknown(request.query_params, {"workspace"})
        record = self.get_record(reference)
        return Response(
            readiness_json(spec_of(record) if isinstance(record, BacklogItem) else record)
        )


class SpecReviews(ItemReadiness):
    """The review of a specification."""

    policies: ClassVar[Mapping[str, str]] = {
        "readiness": "spec.view", "review": "spec.view", "review_ask": "spec.edit",
        "review_withdraw": "spec.edit", "review_answer": "spec.comment", "sign_off": "spec.move",
        "reopen": "spec.move",
    }  # fmt: skip

    @extend_schema(responses=ReviewAnswer)
    @action(detail=True, methods=["get"])
    def review(self: Any, request: Request, reference: str) -> Response:
        """Who is asked, what they said of which version, and all sign-offs, newest first."""
        refuse_unknown(request.query_params, {"workspace"})
        return Response(review_json(self.get_record(reference)))

    @extend_schema(request=ReviewAskInput, responses=ReviewAnswer)
    @action(detail=True, methods=["post"], url_path="review/ask")
    def review_ask(self: Any, request: Request, reference: str) -> Response:
        """Ask people to review it; whoever answered already is asked again. A draft goes into review."""
        asked = taken(ReviewAskInput, request)["reviewers"]
        spec = self.get_record(reference)
        people = [user for user in possible_reviewers(spec) if user.uuid in asked]
        if len(people) != len(set(asked)):
            raise Invalid(fields={"reviewers": "Give the ids of people who may see this product."})
        review_ask(actor=self.actor, spec=spec, reviewers=people)
        return Response(review_json(spec))

    @extend_schema(request=ReviewWithdrawInput, responses=ReviewAnswer)
    @action(detail=True, methods=["post"], url_path="review/withdraw")
    def review_withdraw(self: Any, request: Request, reference: str) -> Response:
        """Ask one of the reviewers no longer, by the id of the review."""
        asked, spec = taken(ReviewWithdrawInput, request)["review"], self.get_record(reference)
        try:
            review = review_named(spec, asked)
        except NotVisible:
            raise Invalid(fields={"review": "Give the id of a review of this."}) from None
        review_withdraw(actor=self.actor, spec=spec, review=review)
        return Response(review_json(spec))

    @extend_schema(request=ReviewAnswerInput, responses=ReviewAnswer)
    @action(detail=True, methods=["post"], url_path="review/answer")
    def review_answer(self: Any, request: Request, reference: str) -> Response:
        """Approve the version you read, or request changes and say which. Only who is asked answers."""
        given, spec = taken(ReviewAnswerInput, request), self.get_record(reference)
        review_answer(actor=self.actor, spec=spec, **given)
        return Response(review_json(spec))

    @extend_schema(request=SignOffInput, responses=ReviewAnswer)
    @action(detail=True, methods=["post"], url_path="sign-off")
    def sign_off(self: Any, request: Request, reference: str) -> Response:
        """Lock the version that stands and approve the specification; 409 says what is still missing."""
        given = taken(SignOffInput, request)
        spec = spec_sign_off(
            actor=self.actor, spec=self.get_record(reference), version=_read(request), **given
        )
        return Response(review_json(spec))

    @extend_schema(request=ReopenInput, responses=ReviewAnswer)
    @action(detail=True, methods=["post"])
    def reopen(self: Any, request: Request, reference: str) -> Response:
        """Make an approved specification a draft again; its sign-off stays to be read."""
        given = taken(ReopenInput, request)
        spec = spec_reopen(
            actor=self.actor, spec=self.get_record(reference), version=_read(request), **given
        )
        return Response(review_json(spec))


def taken(sort: Any, request: Request) -> dict[str, Any]:
    """The body of a call as its serializer checked it."""
    given = sort(data=request.data)
    given.is_valid(raise_exception=True)
    return dict(given.validated_data)


def _read(request: Request) -> int | None:
    return version_of(request) if "If-Match" in request.headers else None


class SpecPolicyView(PlmView):
    """What a product asks of its specifications."""

    tags: ClassVar[Mapping[str, str]] = {"": SPECIFICATION.label}
    single = True
    if_match: ClassVar[Mapping[str, bool]] = {"PUT": True}
    policies: ClassVar[Mapping[str, str]] = {"get": "spec.view", "put": "spec_policy.edit"}
    serializer_class = SpecPolicyInput

    def _product(self, key: str, needed: str) -> Product:
        product = product_of(self.actor, self.workspace_id, key[:10])
        require(self.actor, needed, product)
        return product

    @extend_schema(responses=SpecPolicyAnswer)
    def get(self, request: Request, key: str) -> Response:
        """Approvals needed, days until a reminder, and the definition of ready."""
        refuse_unknown(request.query_params, {"workspace"})
        return self._answer(self._product(key, "spec.view"))

    @extend_schema(request=SpecPolicyInput, responses=SpecPolicyAnswer)
    def put(self, request: Request, key: str) -> Response:
        """Set them whole. `If-Match` holds the ETag you read."""
        product = self._product(key, "spec_policy.edit")
        given = taken(SpecPolicyInput, request)
        spec_policy_update(
            actor=self.actor, product=product, version=version_of(request), values=given
        )
        return self._answer(product)

    def _answer(self, product: Product) -> Response:
        policy = spec_policy(product)
        body = {
            "product": product.key,
            "approvals_needed": policy.approvals_needed,
            "remind_after_days": policy.remind_after_days,
            "conditions": policy.conditions,
            "gates": policy.gates,
        }
        return Response(body, headers={"ETag": etag(policy.version)})
