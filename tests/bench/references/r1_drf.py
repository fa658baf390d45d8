"""R1: what a DRF tutorial gives, a ModelSerializer with a CursorPagination."""

from __future__ import annotations

from typing import Any

from rest_framework.pagination import CursorPagination
from rest_framework.renderers import JSONRenderer
from rest_framework.serializers import ModelSerializer
from rest_framework.viewsets import ReadOnlyModelViewSet

from backlog.models import BacklogItem


class ItemSerializer(ModelSerializer[BacklogItem]):
    class Meta:
        model = BacklogItem
        fields = [
            "uuid", "number", "title", "description", "state", "type", "priority", "estimate", "due_on", "score", "rank",
            "progress_done", "progress_total", "started_at", "done_at", "version", "created_at", "updated_at",
            "external_id", "custom",
        ]  # fmt: skip


class ByScore(CursorPagination):
    page_size = 50
    ordering = ("-score", "-reference_row_id")


class ItemView(ReadOnlyModelViewSet[BacklogItem]):
    authentication_classes = []
    permission_classes = []
    throttle_classes = []
    renderer_classes = [JSONRenderer]
    serializer_class = ItemSerializer
    pagination_class = ByScore

    def get_queryset(self) -> Any:
        product = int(self.request.query_params["product"])
        return BacklogItem.objects.filter(product_id=product, archived_at=None, score__isnull=False)
