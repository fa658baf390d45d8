"""What customers sent in and waits for the team, and the rules by which it does."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ideas.forms.moderation import ModerationForm, shown
from ideas.kinds.tabs import DISCOVERY
from ideas.selectors.moderation import moderation_queue, moderation_rules
from ideas.services.moderation import moderation_update, posts_publish, posts_reject
from plm.errors import Invalid, PlmError, Stale
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy

DECISIONS = {"publish": posts_publish, "spam": posts_reject}


@policy("idea.view", methods=("GET", "POST"), write="portal.edit")
def queue(request: PlmRequest) -> HttpResponse:
    """Posts that wait; POST publishes the chosen ones or puts them away as spam (`do`)."""
    if request.method == "POST":
        decide = DECISIONS.get(request.POST.get("do", ""))
        if decide is None:
            raise Invalid(fields={"do": "Choose publish or spam."})
        count = decide(actor=request.actor, product=request.product, posts=_chosen(request))
        what = "published" if request.POST["do"] == "publish" else "put away as spam"
        messages.success(request, f"{count} post{'' if count == 1 else 's'} {what}.")
        return HttpResponseRedirect(request.path)
    home = request.product.get_absolute_url()
    context = {
        "posts": moderation_queue(request.actor, request.product),
        "tabs": [{"label": label, "url": home + path, "current": path == "ideas/moderation"} for label, path in DISCOVERY],
        "may_decide": request.actor.may("portal.edit", request.workspace.pk, request.product.pk),
        "rules_url": reverse("ideas:moderation_rules", args=[request.workspace.slug, request.product.key]),
    }  # fmt: skip
    return render(request, "ideas/moderation.html", context)


def _chosen(request: PlmRequest) -> list[UUID]:
    try:
        chosen = [UUID(given) for given in request.POST.getlist("post")]
    except ValueError:
        chosen = []
    if not chosen:
        raise Invalid(fields={"post": "Choose at least one post on the list first."})
    return chosen


@policy("portal.edit", methods=("GET", "POST"))
def rules(request: PlmRequest) -> HttpResponse:
    """Which posts wait for the team."""
    found = moderation_rules(request.product)
    form = ModerationForm(request.POST if request.method == "POST" else None, rules=found)
    here = reverse("ideas:moderation", args=[request.workspace.slug, request.product.key])
    if request.method == "POST" and form.is_valid():
        try:
            moderation_update(
                actor=request.actor, product=request.product, version=form.cleaned_data["version"], values=form.values()
            )  # fmt: skip
        except Stale:
            now = moderation_rules(request.product)
            return conflict_page(
                request, form, shown(now), name="the rules", version=now.version, keep_url=request.path
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(
                request, "The rules are saved. They hold for what comes in from now on."
            )
            return HttpResponseRedirect(here)
    context = {"form": form, "title": "Rules of moderation", "cancel_url": here}
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)
