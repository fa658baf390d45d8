"""What the link of a guest opens, over the API: the same words and the same own answers as its page, nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import OpenApiParameter, extend_schema
from limits import RateLimitItemPerMinute
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response

from backlog.api.rounds_json import asked_json, own_json
from backlog.models import RoundParticipant
from backlog.selectors.rounds import guest_of
from backlog.serializers.rounds import GuestRound, RoundGivenInput
from backlog.services.rounds_answers import round_answer
from plm.api.throttles import within
from plm.api.views import PlmView
from plm.errors import NotVisible
from plm.filters import refuse_unknown
from plm.permissions import Actor

MISSES = RateLimitItemPerMinute(20)
WRITES = RateLimitItemPerMinute(600)
TOKEN = OpenApiParameter(
    "token", {"type": "string", "pattern": "^[A-Za-z0-9_-]{20,100}$"}, OpenApiParameter.PATH, required=True,
    description="The secret in the guest's link, `/share/{token}/round`.",
)  # fmt: skip
HEADERS = {"Cache-Control": "private, no-store", "X-Robots-Tag": "noindex"}


class GuestRoundView(PlmView):
    """Whoever holds the link of a guest answers as that guest; no token and no account is asked for."""

    tags: ClassVar[Mapping[str, str]] = {"": "Prioritization"}
    policies: ClassVar[Mapping[str, str]] = {"get": "public", "post": "public"}
    authentication_classes = ()
    permission_classes = ()
    serializer_class = RoundGivenInput

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """A link that opens nothing answers so before anything of the body is read."""
        super().initial(request, *args, **kwargs)
        guest = guest_of(kwargs["token"])
        if guest is None:
            if within(MISSES, "round-miss", request.META.get("REMOTE_ADDR", "")):
                raise NotVisible
            raise exceptions.Throttled(60, "Too many wrong addresses.")
        self.guest: RoundParticipant = guest

    def _claim_key(self, request: Any, key: str) -> None:
        """The last answer counts, so one that is sent twice needs no key."""

    @extend_schema(parameters=[TOKEN], responses=GuestRound, auth=[])
    def get(self, request: Request, token: str) -> Response:
        """The round as the guest reads it, and what they answered."""
        del token
        refuse_unknown(request.query_params, set())
        return self._answer()

    @extend_schema(parameters=[TOKEN], request=RoundGivenInput, responses=GuestRound, auth=[])
    def post(self, request: Request, token: str) -> Response:
        """Answer as the guest; which fields, the kind of the round says. The last answer counts."""
        del token
        if not within(WRITES, "round-answer", str(self.guest.pk)):
            raise exceptions.Throttled(60, "Too many answers at once.")
        given = RoundGivenInput(data=request.data)
        given.is_valid(raise_exception=True)
        actor = Actor(name=self.guest.name)
        round_answer(actor=actor, participant=self.guest, given=given.given())
        return self._answer()

    def _answer(self) -> Response:
        actor = Actor(name=self.guest.name)
        body = {**asked_json(self.guest), **own_json(self.guest, actor)}
        return Response(body, headers=HEADERS)
