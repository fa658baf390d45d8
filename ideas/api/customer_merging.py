"""Merging over the API: a part of the resources of companies and people."""

from __future__ import annotations

from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.selectors.duplicates import likely_duplicates
from ideas.services.customer_merging import customer_merge, customer_unmerge
from plm.api.answers import listed
from plm.api.serializers import Input
from plm.errors import Invalid


class CustomerMergeBody(Input):
    into = serializers.UUIDField(help_text="The one that stands for both from now on.")
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class CustomerUnmergeBody(Input):
    reason = serializers.CharField(max_length=2000, required=False, allow_blank=True, default="")


class LikelyDuplicate(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="customer.uuid")
    name = serializers.CharField(source="customer.name")
    external_id = serializers.CharField(source="customer.external_id")
    why = serializers.CharField()


class MergingOfCustomers:
    """Mixed into the view sets of companies and people."""

    actor: Any
    one: Any
    rows: Any
    answer: Any
    uuid_of: Any
    noun: ClassVar[str]

    @extend_schema(request=CustomerMergeBody)
    @action(detail=True, methods=["post"])
    def merge(self, request: Request, uuid: str) -> Response:
        """Make this one a part of `into`: votes (each person once), feedback, people and the rest go along."""
        source = self.one(uuid=self.uuid_of(uuid))
        given = CustomerMergeBody(data=request.data)
        given.is_valid(raise_exception=True)
        target = self.rows().filter(uuid=given.validated_data["into"]).first()
        if target is None:
            raise Invalid(fields={"into": f"There is no such {self.noun} in this workspace."})
        customer_merge(
            actor=self.actor, source=source, target=target, reason=given.validated_data["reason"]
        )
        return self._as_it_stands(source)

    @extend_schema(request=CustomerUnmergeBody)
    @action(detail=True, methods=["post"])
    def unmerge(self, request: Request, uuid: str) -> Response:
        """Take the merge back: this one has again all that went along and still stands."""
        source = self.one(uuid=self.uuid_of(uuid))
        given = CustomerUnmergeBody(data=request.data)
        given.is_valid(raise_exception=True)
        customer_unmerge(actor=self.actor, customer=source, reason=given.validated_data["reason"])
        return self._as_it_stands(source)

    @extend_schema(responses=listed("LikelyDuplicates", LikelyDuplicate))
    @action(detail=True, methods=["get"])
    def duplicates(self, request: Request, uuid: str) -> Response:
        """Others that are probably the same, the likelier first, with what speaks for it."""
        del request
        found = likely_duplicates(self.actor, self.one(uuid=self.uuid_of(uuid)))
        return Response({"results": LikelyDuplicate(found, many=True).data})

    def _as_it_stands(self, row: Any) -> Response:
        answer: Response = self.answer(self.one(pk=row.pk))
        return answer
