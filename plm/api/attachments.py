"""Files on any record, over the API."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar
from uuid import UUID

from django.http import FileResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.parsers import FormParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import AttachmentAnswer, listed
from plm.api.renderers import OrjsonParser
from plm.api.shared import RecordView
from plm.errors import Invalid, NotVisible
from plm.models import Attachment
from plm.selectors import file_address, kept_file
from plm.services import notes


class AttachmentsView(RecordView):
    policies: ClassVar[Mapping[str, str]] = {"get": "*.view", "post": "*.attach"}
    parser_classes = [MultiPartParser, FormParser, OrjsonParser]

    @extend_schema(responses=listed("Attachments", AttachmentAnswer))
    def get(self, request: Request, reference: str) -> Response:
        """The files on the record."""
        del request, reference
        record = self.record("view")
        rows = Attachment.objects.filter(record_id=record.pk)
        return Response({"results": [_attachment(row, record) for row in rows]})

    @extend_schema(
        request={
            "multipart/form-data": {
                "type": "object",
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "image": {
                        "type": "boolean",
                        "default": False,
                        "description": "Refuse what a page cannot show.",
                    },
                },
                "required": ["file"],
            }
        },
        responses={201: AttachmentAnswer},
    )
    def post(self, request: Request, reference: str) -> Response:
        """Add a file of any type, as multipart form data under `file`; 413 when it is larger than the installation allows.

        With `image` only PNG, JPEG, GIF and WebP of at most 10 MB are taken, judged by content and not by name. Any
        Markdown text of the record shows such a file as `![name](url)`, with the `url` of the answer; images from
        anywhere else become links.
        """
        del reference
        record = self.record("attach")
        upload = request.FILES.get("file")
        if upload is None:
            raise Invalid(fields={"file": "Send a file under this name."})
        image = str(request.POST.get("image", "")).lower()
        if image not in {"", "false", "0", "true", "1"}:
            raise Invalid(fields={"image": "Say true or false."})
        made = notes.attachment_add(
            actor=self.actor, record=record, upload=upload, name=upload.name or "file", image=image in {"true", "1"}
        )  # fmt: skip
        return Response(_attachment(made, record), status=status.HTTP_201_CREATED)


def _attachment(row: Attachment, record: Any) -> dict[str, Any]:
    return {
        "id": row.uuid,
        "url": file_address(record.get_absolute_url(), row),
        "name": row.name,
        "size": row.size,
        "sha256": row.sha256,
        "created_at": row.created_at,
    }


class AttachmentView(RecordView):
    policies: ClassVar[Mapping[str, str]] = {"get": "*.view", "delete": "*.attach"}

    def _found(self, action: str, uuid: UUID) -> tuple[Any, Attachment]:
        record = self.record(action)
        row = Attachment.objects.filter(record_id=record.pk, uuid=uuid).first()
        if row is None:
            raise NotVisible
        return record, row

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiTypes.BINARY})
    def get(self, request: Request, reference: str, uuid: UUID) -> FileResponse:
        """The file itself."""
        del request, reference
        _, row = self._found("view", uuid)
        return FileResponse(
            kept_file(row),
            as_attachment=True,
            filename=row.name,
            content_type="application/octet-stream",
            headers={
                "X-Content-Type-Options": "nosniff",
                "Content-Security-Policy": "default-src 'none'; sandbox",
                "Cache-Control": "private, no-store",
            },
        )

    @extend_schema(responses={204: None})
    def delete(self, request: Request, reference: str, uuid: UUID) -> Response:
        """Take the file off the record."""
        del request, reference
        record, row = self._found("attach", uuid)
        notes.attachment_remove(actor=self.actor, record=record, attachment=row)
        return Response(status=status.HTTP_204_NO_CONTENT)
