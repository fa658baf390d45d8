"""Who calls the API: a token bound to one workspace, or a signed-in browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework import exceptions
from rest_framework.authentication import BaseAuthentication
from rest_framework.authentication import SessionAuthentication as DjangoSession
from rest_framework.permissions import BasePermission

from plm.errors import Invalid
from plm.models import Workspace
from plm.permissions import Actor
from plm.selectors import actor_of, actor_of_token, product_key
from plm.services.members import token_used_today

if TYPE_CHECKING:
    from rest_framework.request import Request
    from rest_framework.views import APIView


class Caller:
    """What DRF calls the user: the actor, and the workspace the call is about (None until a session names one)."""

    is_authenticated = True

    def __init__(
        self, actor: Actor, workspace_id: int | None, named: tuple[str, int | None] | None = None
    ) -> None:
        self.actor, self.workspace_id, self._named = actor, workspace_id, named

    def product_key(self, key: str) -> int | None:
        """The primary key of the workspace's product with that key; it was mostly read along with the token."""
        if self._named is not None and self._named[0] == key:
            return self._named[1]
        return product_key(self.workspace_id or 0, key)


class TokenAuthentication(BaseAuthentication):
    """`Authorization: Bearer plm_…`. A malformed or dead token is refused, never taken for a visitor."""

    def authenticate(self, request: Request) -> tuple[Caller, str] | None:
        header = request.META.get("HTTP_AUTHORIZATION")
        if header is None:
            return None
        scheme, _, token = header.partition(" ")
        if scheme.lower() not in {"bearer", "token"} or not token.strip().isascii():
            raise exceptions.AuthenticationFailed("Send: Authorization: Bearer plm_<id>_<secret>.")
        named = request.query_params.get("product", "").upper()
        login = actor_of_token(token.strip(), named)
        if login is None:
            raise exceptions.AuthenticationFailed("The token is unknown, expired or revoked.")
        if login.stale_use:
            token_used_today(login.token_id)
        return Caller(login.actor, login.workspace_id, (named, login.product_id)), token

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class SessionAuthentication(DjangoSession):
    """The browser's session, with CSRF checks. The workspace is `?workspace=<address>`, or the only one there is."""

    def authenticate(self, request: Request) -> tuple[Caller, None] | None:
        found = super().authenticate(request)
        if found is None:
            return None
        actor = actor_of(found[0])
        slug = request.query_params.get("workspace")
        if slug:
            row = (
                Workspace.objects.visible_to(actor)
                .filter(slug=slug)
                .values_list("pk", flat=True)
                .first()
            )
            return Caller(actor, row if row is not None else -1), None
        only = next(iter(actor.grants)) if len(actor.grants) == 1 else None
        return Caller(actor, only), None


class HasActor(BasePermission):
    """Every call needs a caller; what the caller may do, the two doors decide."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        del view
        return isinstance(request.user, Caller)


def caller_of(request: Any) -> tuple[Actor, int]:
    """(actor, workspace id) of a call. Raises Invalid when a session with several workspaces names none."""
    caller: Caller = request.user
    if caller.workspace_id is None:
        raise Invalid(
            "Say which workspace: ?workspace=<address>.", fields={"workspace": "Required here."}
        )
    return caller.actor, caller.workspace_id
