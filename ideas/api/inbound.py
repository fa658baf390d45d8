"""Mail handed over by a mail server: one raw message a call."""

from __future__ import annotations

from collections.abc import Mapping
from typing import IO, Any, ClassVar

from django.conf import settings
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import exceptions, serializers, status
from rest_framework.parsers import BaseParser
from rest_framework.request import Request
from rest_framework.response import Response

from ideas.models.intake import STATES
from ideas.selectors.intake import intake_open
from ideas.services.intake import TooOften, message_receive
from plm.api.views import PlmView
from plm.errors import Invalid, NotVisible, TooLarge

WAIT = 600


class MailParser(BaseParser):
    """A raw RFC 5322 message, as it is."""

    media_type = "message/rfc822"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        raw: bytes = stream.read(settings.MAIL_MAX_BYTES + 1)
        if len(raw) > settings.MAIL_MAX_BYTES:
            raise TooLarge(f"A message has at most {settings.MAIL_MAX_BYTES // (1024 * 1024)} MB.")
        return raw


class InboundAnswer(serializers.Serializer[Any]):
    """`id` names the message; the same Message-ID again is the same message."""

    id = serializers.UUIDField(source="uuid")
    state = serializers.ChoiceField(choices=[name for name, _ in STATES])


class InboundView(PlmView):
    """Whoever knows the secret address may send to it; no token and no account is asked for."""

    tags: ClassVar[Mapping[str, str]] = {"": "Ideas"}
    policies: ClassVar[Mapping[str, str]] = {"post": "public"}
    authentication_classes = ()
    permission_classes = ()
    parser_classes = (MailParser,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """An address nobody has answers so before anything of the body is read."""
        super().initial(request, *args, **kwargs)
        if not intake_open(kwargs["token"]):
            raise NotVisible

    def _claim_key(self, request: Any, key: str) -> None:
        """The Message-ID is the key."""

    @extend_schema(
        request={("message/rfc822"): OpenApiTypes.BINARY}, responses={202: InboundAnswer}, auth=[]
    )
    def post(self, request: Request, token: str) -> Response:
        """Hand a raw message over (`Content-Type: message/rfc822`). It is kept, and a job makes an idea of it."""
        raw: Any = request.data
        if not isinstance(raw, bytes) or not raw.strip():
            raise Invalid("The body is the raw message; there is none.")
        try:
            message = message_receive(token=token, raw=raw)
        except TooOften as error:
            raise exceptions.Throttled(WAIT, error.message) from None
        return Response(InboundAnswer(message).data, status=status.HTTP_202_ACCEPTED)
