"""The policy of each route, declared once, walked by the permission matrix.

`@policy` also opens the two doors for the view: it fetches workspace, product or record through `visible_to` and asks
`require` before the view runs, so that a view never authorises by hand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.db.models import CharField, QuerySet
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
)

from plm.composed import KeyRead
from plm.errors import Invalid, NotVisible
from plm.kinds import product_of, record_by_reference
from plm.models import Product, StageRecord, User, Workspace
from plm.permissions import Actor
from plm.querysets import Slot
from plm.services.guard import require, require_in
from plm.services.once import form_key_settle, form_key_take
from plm.web.merging import MERGE, with_picks

R = TypeVar("R", bound=StageRecord)
PUBLIC = "public"
SIGNED_IN = "signed in"
MEMBER = "workspace.view"


class PlmRequest(HttpRequest):
    """A request as a view behind `@policy` sees it. Which of the three is set depends on the route's scope."""

    actor: Actor
    user: User
    workspace: Workspace
    product: Product
    record: Any


def record_as(request: PlmRequest, model: type[R]) -> R:
    """The request's record, if it is of that kind. Raises NotVisible."""
    if not isinstance(request.record, model):
        raise NotVisible
    return request.record


def looked(response: HttpResponse) -> HttpResponse:
    """The answer to a form that was sent for a look and wrote nothing: its key is free to be sent again."""
    response.looked = True  # type: ignore[attr-defined]
    return response


@dataclass(frozen=True, slots=True)
class Policy:
    """`action` is PUBLIC, SIGNED_IN or an action of the permission table; `*` in it stands for the record's kind.

    `write` is the action that a POST needs where it is another one.
    """

    action: str
    scope: str
    methods: tuple[str, ...]
    write: str = ""

    def action_for(self, method: str) -> str:
        return self.write if self.write and method == "POST" else self.action


View = Callable[..., HttpResponseBase]


def policy(
    action: str,
    *,
    scope: str = "product",
    methods: tuple[str, ...] = ("GET",),
    write: str = "",
) -> Callable[[View], View]:
    """Declare who may call a view: `scope` is none, workspace, product or record.

    The view loses the URL arguments that the scope consumed (`slug`, `key`, `reference`).
    """
    allowed = (*methods, "HEAD") if "GET" in methods else methods
    declared = Policy(action, scope, tuple(methods), write)

    def decorate(view: View) -> View:
        @wraps(view)
        def inner(request: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method not in allowed:
                return HttpResponseNotAllowed(allowed)
            if action != PUBLIC and request.actor.is_anonymous:
                if request.headers.get("HX-Request"):
                    raise NotVisible("Sign in first.")
                return redirect_to_login(request.get_full_path())
            _open(request, declared, kwargs)
            if request.method == "POST" and MERGE in request.POST:
                request.POST = with_picks(request.POST)
            key = request.POST.get("form_key", "") if request.method == "POST" else ""
            if key and not request.actor.is_anonymous:
                return _once(request, key, lambda: view(request, **kwargs))
            return view(request, **kwargs)

        inner.policy = declared  # type: ignore[attr-defined]
        return inner

    return decorate


def _once(request: Any, key: str, view: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """A form with a key: sent twice, by a double click or from the history, it acts once and leads to the same place.

    What was refused has made nothing, and is taken back with the key. A page that shows a secret once leads nowhere:
    the second sending says so.
    """
    if len(key) > 64:
        raise Invalid(fields={"form_key": "Load the page again."})
    user_id = request.actor.person_key
    with transaction.atomic():
        led = form_key_take(user_id=user_id, key=key)
        if led is not None:
            if not led:
                messages.info(request, "That form was sent twice; it acted once.")
            return HttpResponseRedirect(led or request.path)
        response = view()
        if response.status_code >= 400 or getattr(response, "looked", False):
            transaction.set_rollback(True)
        elif isinstance(response, HttpResponseRedirect):
            form_key_settle(user_id=user_id, key=key, location=response.url)
    return response


@KeyRead
def _workspace(actor: Actor, _: None) -> QuerySet[Workspace]:
    return Workspace.objects.visible_to(actor).filter(slug=Slot("slug", CharField()))


def _open(request: Any, declared: Policy, kwargs: dict[str, Any]) -> None:
    if declared.scope == "none":
        return
    needed = declared.action_for(request.method)
    workspace = _workspace.first(request.actor, slug=kwargs.pop("slug"))
    if workspace is None:
        raise NotVisible
    request.workspace = workspace
    if declared.scope == "workspace":
        if needed not in {PUBLIC, SIGNED_IN, MEMBER}:
            require_in(request.actor, needed, workspace.pk)
        return
    if declared.scope == "record":
        record: StageRecord = record_by_reference(
            request.actor, workspace.pk, kwargs.pop("reference")
        )
        request.record, request.product = record, record.product
        require(request.actor, needed.replace("*", record.kind), record.product)
        return
    request.product = product_of(request.actor, workspace.pk, kwargs.pop("key"))
    require(request.actor, needed, request.product)
