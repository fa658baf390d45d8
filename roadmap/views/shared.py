"""What a shared link opens, and the same for whoever manages it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from uuid import UUID

from django.core import signing
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from limits import RateLimitItemPerHour, RateLimitItemPerMinute

from plm.api.throttles import within
from plm.errors import InvalidQuery
from plm.web.errors import error_page
from plm.web.framing import framable_by
from plm.web.policy import PUBLIC, PlmRequest, policy
from plm.web.secret_links import SECRET_HEADERS, missed
from roadmap.forms.shares import UnlockForm
from roadmap.models import Share
from roadmap.selectors.asked import window_asked
from roadmap.selectors.shared import Opened, SharedView, opened_by, shared_view
from roadmap.selectors.shared_changes import shared_changes
from roadmap.selectors.shared_drawn import shared_board, shared_slides, shared_timeline
from roadmap.selectors.shared_files import FILES, ways_of
from roadmap.services.ledger import shown_note
from roadmap.services.shares import password_opens, share_viewed
from roadmap.timeline import Window
from roadmap.views.roadmap import neighbours
from roadmap.views.shared_kept import answer_kept_or, to_be_noted
from roadmap.views.shares import share_named

MISSES = RateLimitItemPerMinute(20)
TRIES = RateLimitItemPerMinute(5)
TRIES_OF_ALL = RateLimitItemPerHour(200)
UNLOCKED = "share_unlocked"
UNLOCKED_FOR = 12 * 3600
NOBODY: Mapping[str, object] = {"me": None, "messages": (), "csrf_token": ""}
"""What a page that is kept for the next reader must not take from this one."""
# A page with a form names its own site to itself, or the form would be refused as one of another site.
FORM_HEADERS = {**SECRET_HEADERS, "Referrer-Policy": "same-origin"}
Draw = Callable[[PlmRequest, Share, SharedView], HttpResponse]


def opened(request: PlmRequest, token: str, draw: Draw) -> HttpResponse:
    """What `draw` makes of the share behind a secret, if it opens and is unlocked; else a clear answer and nothing of it."""
    found = opened_by(token)
    if found is None:
        return nothing_behind(request)
    if found.share.password and not _is_unlocked(request, found.share):
        return _with(HttpResponseRedirect(f"/share/{token}/unlock"), SECRET_HEADERS)
    if _is_noted(found):
        share_viewed(share=found.share, viewer=found.viewer)
    response = answer_kept_or(request, found.share, lambda: _drawn(request, found.share, draw))
    return framable_by(request, _with(response, SECRET_HEADERS), found.share.allowed_origins)


def _is_noted(found: Opened) -> bool:
    """Whether this look is written down; asked first, so that most looks write nothing at all."""
    now, viewer = timezone.now(), found.viewer
    return to_be_noted(found.share.last_viewed_at, now) or (
        viewer is not None and to_be_noted(viewer.opened_at, now)
    )


def _drawn(request: PlmRequest, share: Share, draw: Draw) -> HttpResponse:
    """The answer of this moment; what it shows goes into the ledger."""
    view = shared_view(share)
    shown_note(share=share, view=view)
    return draw(request, share, view)


def nothing_behind(request: PlmRequest) -> HttpResponse:
    """The one answer to links that are mistyped, expired, revoked or of something else; 429 where there were too many."""
    if not within(MISSES, "share-miss", request.META.get("REMOTE_ADDR", "")):
        return missed(request, allowed=False)
    response = error_page(
        request, 404, "This link opens nothing",
        "It may have expired, been closed, or lost a letter on its way. Ask whoever gave it to you for a new one.",
        hint="",
    )  # fmt: skip
    return _with(response, SECRET_HEADERS)


def _with(response: HttpResponse, headers: dict[str, str]) -> HttpResponse:
    for name, value in headers.items():
        response[name] = value
    return response


def _is_unlocked(request: PlmRequest, share: Share) -> bool:
    """Whether this browser gave the password of this very share, as it is now, within the last twelve hours."""
    try:
        held = signing.loads(request.COOKIES.get(UNLOCKED, ""), salt=UNLOCKED, max_age=UNLOCKED_FOR)
    except signing.BadSignature:
        return False
    return bool(held == [str(share.uuid), share.version])


@policy(PUBLIC, scope="none")
def shared(request: PlmRequest, token: str) -> HttpResponse:
    """The page that a link opens."""
    return opened(request, token, shared_page)


def shared_page(request: PlmRequest, share: Share, view: SharedView) -> HttpResponse:
    """The view of a share, from its own rows alone: the same for holders of the link and for whoever manages it."""
    context: dict[str, object] = {
        "public_name": share.product.name,
        "public_kind": "Roadmap",
        "public_url": "?",
        **NOBODY,
        "progress": share.shows("progress"),
        "view": view,
        "ways": ways_of(share),
        "changed": shared_changes(share, view),
    }
    if share.view == "board":
        template, context["columns"] = "roadmap/shared_board.html", shared_board(view)
    else:
        template, shown = "roadmap/shared_timeline.html", _window(request)
        query = f"year={shown.year}&span={shown.span}&half={shown.half}" if request.GET else ""
        context |= {"chart": shared_timeline(view, shown), **neighbours(shown)}
        context["ways"] = ways_of(share, query)
    return render(request, template, context)


def _window(request: PlmRequest) -> Window:
    """The time that is asked for; this year where the question makes no sense."""
    try:
        return window_asked(request.GET)
    except InvalidQuery:
        return window_asked(type(request.GET)())


@policy(PUBLIC, scope="none")
def presented(request: PlmRequest, token: str) -> HttpResponse:
    """The same view for a wall: a lane or a quarter after another."""
    return opened(request, token, presentation)


def presentation(request: PlmRequest, share: Share, view: SharedView) -> HttpResponse:
    by = "quarter" if request.GET.get("by") == "quarter" and share.shows("dates") else "lane"
    context = {
        "public_name": share.product.name,
        **NOBODY,
        "slides": shared_slides(view, by),
        "by": by,
        "dated": share.shows("dates"),
        "lanes": "column" if share.view == "board" else "lane",
        "back": "." if request.path.startswith("/share/") else "view",
    }
    return render(request, "roadmap/shared_present.html", context)


@policy(PUBLIC, scope="none")
def shared_file(request: PlmRequest, token: str, form: str) -> HttpResponse:
    """What a link shows as csv, xlsx, pdf or a picture (png), or as a calendar (ics)."""
    return opened(request, token, lambda asked, share, view: file_answer(asked, share, view, form))


def file_answer(request: PlmRequest, share: Share, view: SharedView, form: str) -> HttpResponse:
    if form not in FILES:
        return error_page(
            request, 404, "There is no such file", f"This view comes as {', '.join(FILES)}."
        )
    if form == "ics" and not share.shows("dates"):
        return error_page(
            request, 404, "There is no calendar", "This view tells no dates. It comes as csv, xlsx, pdf, png."
        )  # fmt: skip
    made = FILES[form](share, view, _window(request))
    response = HttpResponse(made.content, content_type=made.content_type)
    kept = "inline" if made.inline else "attachment"
    response["Content-Disposition"] = f'{kept}; filename="{made.name}"'
    return response


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def unlock(request: PlmRequest, token: str) -> HttpResponse:
    """The password of a share: asked for, tried a few times a minute, remembered for this link alone."""
    found = opened_by(token)
    if found is None:
        return nothing_behind(request)
    if not found.share.password or _is_unlocked(request, found.share):
        return _with(HttpResponseRedirect(f"/share/{token}/"), SECRET_HEADERS)
    form = UnlockForm(request.POST if request.method == "POST" else None)
    status = 200
    if form.is_bound and form.is_valid():
        if not _may_try(request, found):
            response = error_page(
                request, 429, "Too many tries", "Wait a minute, then enter the password again."
            )
            response["Retry-After"] = "60"
            return _with(response, FORM_HEADERS)
        if password_opens(found.share, form.cleaned_data["password"]):
            return _unlocked(request, token, found.share)
        form.add_error("password", "That is not the password. Ask whoever gave you the link.")
    if form.errors:
        status = 422
    context = {"form": form, "public_kind": "Roadmap", "public_name": "Shared view", "me": None}
    response = render(request, "roadmap/shared_locked.html", context, status=status)
    return _with(response, FORM_HEADERS)


def _may_try(request: PlmRequest, found: Opened) -> bool:
    """Few tries from one address, and from all together no more than a guesser could use."""
    share = str(found.share.pk)
    return within(TRIES, "share-password", share, request.META.get("REMOTE_ADDR", "")) and within(
        TRIES_OF_ALL, "share-passwords", share
    )


def _unlocked(request: PlmRequest, token: str, share: Share) -> HttpResponse:
    response = _with(HttpResponseRedirect(f"/share/{token}/"), SECRET_HEADERS)
    response.set_cookie(
        UNLOCKED,
        signing.dumps([str(share.uuid), share.version], salt=UNLOCKED),
        max_age=UNLOCKED_FOR,
        path=f"/share/{token}/",
        secure=request.is_secure(),
        httponly=True,
        samesite="Lax",
    )
    return response


@policy("share.view")
def view_as(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """The page as its audience sees it. That somebody who manages it looked is not noted."""
    return _as(request, uuid, shared_page)


@policy("share.view")
def present_as(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _as(request, uuid, presentation)


@policy("share.view")
def file_as(request: PlmRequest, uuid: UUID, form: str) -> HttpResponse:
    return _as(request, uuid, lambda asked, share, view: file_answer(asked, share, view, form))


def _as(request: PlmRequest, uuid: UUID, draw: Draw) -> HttpResponse:
    share = share_named(request, uuid)
    response = draw(request, share, shared_view(share))
    response["Cache-Control"] = "private, no-store"
    return response
