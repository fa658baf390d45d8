"""The portal's people: their own page, following and commenting, and the link that stops the mails of an idea."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt

from ideas.forms.moderation import CommentForm
from ideas.selectors import portal as selectors
from ideas.selectors.follows import portal_following
from ideas.selectors.portal_own import portal_own
from ideas.services.follows import follow_named, follow_stop
from ideas.services.moderation import portal_comment
from ideas.services.portal import portal_follow, portal_mails_set
from ideas.views.portal import idea_page, links_of, portal_page, reader_of, sign_in_first
from plm.errors import NotVisible, PlmError
from plm.web.pages import show_errors
from plm.web.policy import PUBLIC, PlmRequest, policy


@policy(PUBLIC, scope="none")
def you(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """A customer's own page: their name, the ideas they care about, and which mails they get."""
    product = selectors.portal_product(slug, key)
    if request.actor.is_anonymous:
        return sign_in_first(product, request.get_full_path())
    reader = reader_of(request, product)
    own = portal_own(reader.actor, product, reader)
    return portal_page(
        request, "ideas/portal_you.html", product, reader, tab="you", framed=True, own=own
    )


@policy(PUBLIC, scope="none", methods=("POST",))
def mails(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Turn all mails about ideas of this portal off (`on=0`) or on again."""
    product = selectors.portal_product(slug, key)
    home = selectors.portal_shown(product).own_url
    if request.actor.is_anonymous:
        return sign_in_first(product, home)
    on = request.POST.get("on") == "1"
    portal_mails_set(actor=request.actor, product=product, on=on)
    said = _("You get mails again.") if on else _("You get no more mails from this portal.")
    messages.success(request, said)
    return HttpResponseRedirect(home)


@policy(PUBLIC, scope="none", methods=("POST",))
def follow(request: PlmRequest, slug: str, key: str, number: int) -> HttpResponse:
    """Follow an idea (`on=1`) or stop following it; whoever is not signed in is asked to.

    `back=you` leads to one's own page afterwards, else it goes on with the idea.
    """
    product = selectors.portal_product(slug, key)
    reader = reader_of(request, product)
    found = selectors.portal_idea(product, number, reader)
    home = selectors.portal_ideas(reader.actor, product, [found], portal=reader.portal)[0].url
    fragment = bool(request.headers.get("HX-Request"))
    if request.actor.is_anonymous:
        if fragment:
            raise NotVisible(_("Sign in to follow."))
        return sign_in_first(product, home)
    portal_follow(
        actor=request.actor, idea=found, following=request.POST.get("on") == "1", keys=links_of(request)
    )  # fmt: skip
    if fragment:
        context = {"follow": portal_following(reader.actor, found), "me": request.user}
        return render(request, "ideas/_portal_follow.html", context)
    if request.POST.get("back") == "you":
        messages.success(request, _("You no longer follow “%(title)s”.") % {"title": found.title})
        return HttpResponseRedirect(selectors.portal_shown(product, reader).own_url)
    return HttpResponseRedirect(home)


@policy(PUBLIC, scope="none", methods=("POST",))
def comment(request: PlmRequest, slug: str, key: str, number: int) -> HttpResponse:
    """Say something about an idea. What the rules hold is with the team first."""
    product = selectors.portal_product(slug, key)
    reader = reader_of(request, product)
    found = selectors.portal_idea(product, number, reader)
    home = selectors.portal_ideas(reader.actor, product, [found], portal=reader.portal)[0].url
    if request.actor.is_anonymous:
        return sign_in_first(product, home)
    form = CommentForm(request.POST)
    if form.is_valid():
        try:
            post = portal_comment(
                actor=request.actor, idea=found, keys=links_of(request), **form.cleaned_data
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            held = post.state == "held"
            messages.success(
                request,
                _(
                    "Thank you. Your comment is with the team; they publish it when they have read it."
                )
                if held
                else _("Thank you. Everybody can read your comment."),
            )
            return HttpResponseRedirect(f"{home}#comments-h")
    return idea_page(request, product, reader, found, said=form)


@csrf_exempt
@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def unfollow(request: PlmRequest, token: str) -> HttpResponse:
    """Stop the mails of one idea (RFC 8058). Looking changes nothing: programs that check mails follow every link.

    The signed token is all that is needed, so there is no form token either: a mail program sends the POST.
    """
    stopped = request.method == "POST"
    found = follow_stop(token=token) if stopped else follow_named(token)
    context = {
        "stopped": stopped or found.stopped_at is not None,
        # The title of an idea that is no longer public is nobody's business.
        "title": found.idea.title if found.idea.public and found.idea.archived_at is None else "",
    }
    return render(request, "ideas/portal_unfollow.html", context)
