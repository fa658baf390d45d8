"""The base of every API view: one caller, one workspace, POSTs that may be sent twice."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any, ClassVar

from django.core.exceptions import RequestDataTooBig
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import cached_property
from rest_framework.exceptions import MethodNotAllowed
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from plm.api.auth import caller_of
from plm.api.renderers import OrjsonRenderer
from plm.errors import Invalid, TooLarge
from plm.kinds import product_of
from plm.models import IdempotencyKey, Product
from plm.permissions import Actor
from plm.services.guard import require, require_in

JSON = OrjsonRenderer()
ANYTHING = {"*/*", "application/json"}


class Replay(Exception):
    def __init__(self, stored: IdempotencyKey) -> None:
        super().__init__()
        self.stored = stored


class PlmView(APIView):
    """`policies` names, per action (or per HTTP verb in lower case), the permission action the call needs."""

    policies: ClassVar[Mapping[str, str]] = {}
    workspace_wide: ClassVar[bool] = False
    """Rows that belong to no product: the call is judged by the role in the workspace, before its body is read."""
    _key_id: int | None = None

    @cached_property
    def actor(self) -> Actor:
        return caller_of(self.request)[0]

    @cached_property
    def workspace_id(self) -> int:
        return caller_of(self.request)[1]

    def perform_content_negotiation(self, request: Request, force: bool = False) -> Any:  # noqa: FBT001, FBT002 - DRF's
        """JSON for who takes anything, which is nearly every call, without asking each renderer."""
        if request.META.get("HTTP_ACCEPT", "*/*") in ANYTHING and self.renderer_classes == [
            OrjsonRenderer
        ]:
            return JSON, JSON.media_type
        return super().perform_content_negotiation(request, force)

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        response = self._answered(request, *args, **kwargs)
        del self.response  # It knows this view, which is in circles of its own: see OrjsonRenderer.
        return response

    def _answered(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """A POST with an Idempotency-Key is one transaction with the note of its answer."""
        self._key_id = None
        if request.method != "POST" or "Idempotency-Key" not in request.headers:
            return super().dispatch(request, *args, **kwargs)
        try:
            body = request.body
        except RequestDataTooBig:  # `initial` says so, after it has asked who calls.
            self._body_hash = ""
            return super().dispatch(request, *args, **kwargs)
        self._body_hash = hashlib.sha256(request.path.encode() + b"\n" + body).hexdigest()
        response: Any = None
        with transaction.atomic():
            response = super().dispatch(request, *args, **kwargs)
            self._settle(response)
        return response

    def _settle(self, response: Any) -> None:
        """Keep the answer with the effect, or take both back."""
        if self._key_id is None or not isinstance(response, Response):
            return
        if response.status_code < 300:
            self._remember(response.render())
        else:
            transaction.set_rollback(True)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        if self.workspace_wide:
            name = getattr(self, "action", None) or str(request.method).lower()
            if name not in self.policies:
                raise MethodNotAllowed(str(request.method))
            require_in(self.actor, self.policies[name], self.workspace_id)
        if request.method == "POST" and "Idempotency-Key" in request.headers:
            self._claim_key(request, request.headers["Idempotency-Key"])

    def _claim_key(self, request: Any, key: str) -> None:
        """Take the key, waiting for a call in flight that holds it; raise Replay if it was answered already."""
        if not self._body_hash:
            raise TooLarge("With an Idempotency-Key a request body has at most 5 MB.")
        if not 1 <= len(key) <= 255:
            raise Invalid("An Idempotency-Key has 1 to 255 characters.")
        actor = request.user.actor
        owner = f"token:{actor.token_id}" if actor.token_id else f"user:{actor.user_id}"
        with connection.cursor() as cursor:
            cursor.execute(
                "INSERT INTO plm_idempotencykey (owner, key, request_hash, status, body, headers, created_at)"
                " VALUES (%s, %s, %s, 0, %s, '{}', %s) ON CONFLICT (owner, key) DO NOTHING RETURNING id",
                [
                    owner,
                    key,
                    self._body_hash,
                    b"",
                    connection.ops.adapt_datetimefield_value(timezone.now()),
                ],
            )
            row = cursor.fetchone()
        if row is not None:
            self._key_id = row[0]
            return
        stored = IdempotencyKey.objects.get(owner=owner, key=key)
        if stored.request_hash != self._body_hash:
            raise Invalid(
                "This Idempotency-Key was used for another request. Choose a new one.",
                fields={"Idempotency-Key": "Used for another request."},
            )
        raise Replay(stored)

    def _remember(self, response: Any) -> None:
        kept = {name: response[name] for name in ("Location", "ETag") if name in response}
        IdempotencyKey.objects.filter(pk=self._key_id or 0).update(
            status=response.status_code, body=response.content, headers=kept
        )

    def handle_exception(self, exc: Exception) -> Response:
        if isinstance(exc, Replay):
            answer: Any = HttpResponse(
                bytes(exc.stored.body), status=exc.stored.status, content_type="application/json"
            )
            for name, value in exc.stored.headers.items():
                answer[name] = value
            answer["Idempotency-Replayed"] = "true"
            return answer  # type: ignore[no-any-return]
        return super().handle_exception(exc)

    def finalize_response(self, request: Any, response: Any, *args: Any, **kwargs: Any) -> Any:
        if isinstance(response, Response):
            response = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(self, "rate_headers", {}).items():
            response[name] = value
        response.setdefault("Cache-Control", "private, no-cache")
        return response


class OfProduct(PlmView):
    """Something of a product that is no record, below `products/<key>/`."""

    single = True

    def product(self, key: str, action: str) -> Product:
        """The product, for a caller who may do this in it. Raises NotVisible, NotAllowed."""
        found = product_of(self.actor, self.workspace_id, key[:10])
        require(self.actor, action, found)
        return found
