"""Reviews of specifications on their page, and the settings of a product that they follow."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.forms.reviews import SpecPolicyForm, policy_shown
from backlog.models import BacklogItem, Spec
from backlog.selectors.reviews import possible_reviewers, spec_policy
from backlog.services import reviews
from backlog.services.items import item_move
from backlog.services.readiness import spec_policy_update
from plm.errors import Invalid, PlmError, Stale
from plm.numerals import whole_number
from plm.web.conflicts import conflict_page
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy, record_as
from plm.web.shell import settings_tabs


def _back(spec: Spec) -> HttpResponse:
    return HttpResponseRedirect(f"{spec.get_absolute_url()}#review")


def _reason(request: PlmRequest) -> str:
    return request.POST.get("reason", "")[: reviews.LONGEST_REASON]


@policy("spec.edit", scope="record", methods=("POST",))
def review_ask(request: PlmRequest) -> HttpResponse:
    """Ask the chosen people (`reviewer`, several) to review it."""
    spec = record_as(request, Spec)
    asked = set(request.POST.getlist("reviewer"))
    people = [user for user in possible_reviewers(spec) if str(user.uuid) in asked]
    reviews.review_ask(actor=request.actor, spec=spec, reviewers=people)
    names = ", ".join(str(user) for user in people)
    messages.success(request, f"Asked for a review: {names}.")
    return _back(spec)


@policy("spec.edit", scope="record", methods=("POST",))
def review_withdraw(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Ask a reviewer no longer."""
    spec = record_as(request, Spec)
    review = reviews.review_named(spec, uuid)
    reviews.review_withdraw(actor=request.actor, spec=spec, review=review)
    messages.success(request, f"{review.reviewer} is no longer asked.")
    return _back(spec)


@policy("spec.comment", scope="record", methods=("POST",))
def review_answer(request: PlmRequest) -> HttpResponse:
    """Approve the version that was read (`number`), or request changes with a reason."""
    spec = record_as(request, Spec)
    number = whole_number(request.POST.get("number", ""), digits=9)
    if number is None:
        raise Invalid(fields={"number": "Say which version you read."})
    row = reviews.review_answer(
        actor=request.actor, spec=spec, verdict=request.POST.get("verdict", ""), number=number,
        reason=_reason(request),
    )  # fmt: skip
    text = "Your approval counts." if row.verdict == "approved" else "You requested changes."
    messages.success(request, text)
    return _back(spec)


@policy("spec.move", scope="record", methods=("POST",))
def spec_sign(request: PlmRequest) -> HttpResponse:
    """Lock the version that stands and approve the specification."""
    spec = reviews.spec_sign_off(actor=request.actor, spec=record_as(request, Spec))
    messages.success(request, f"{spec.reference} is approved; this version is locked.")
    return _back(spec)


@policy("spec.move", scope="record", methods=("POST",))
def spec_open_again(request: PlmRequest) -> HttpResponse:
    """Make an approved specification a draft again."""
    spec = record_as(request, Spec)
    reviews.spec_reopen(actor=request.actor, spec=spec, reason=_reason(request))
    messages.success(request, f"{spec.reference} is a draft again. Its sign-off stays to be read.")
    return _back(spec)


@policy("item.override", scope="record", methods=("POST",))
def item_override(request: PlmRequest) -> HttpResponse:
    """Send an item into delivery before it is ready, with a reason."""
    moved = item_move(
        record_as(request, BacklogItem), actor=request.actor, state=request.POST.get("state", ""),
        reason=_reason(request), overriding=True,
    )  # fmt: skip
    messages.success(request, f"{moved.reference} is now {moved.state_label.lower()}.")
    return HttpResponseRedirect(moved.get_absolute_url())


@policy("spec_policy.edit", methods=("GET", "POST"))
def spec_settings(request: PlmRequest) -> HttpResponse:
    """How many approvals a specification needs, and what ready means."""
    product = request.product
    found = spec_policy(product)
    form = SpecPolicyForm(
        request.POST if request.method == "POST" else None,
        initial={**policy_shown(found), "version": found.version},
    )
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        try:
            spec_policy_update(
                actor=request.actor, product=product, version=values.pop("version"), values=values
            )
        except Stale:
            now = spec_policy(product)
            return conflict_page(
                request, form, policy_shown(now), name="what is asked of specifications",
                version=now.version, keep_url=request.path,
            )  # fmt: skip
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, "What is asked of specifications is saved.")
            return HttpResponseRedirect(request.path)
    context = {
        "tabs": settings_tabs(request),
        "title": "Specifications",
        "intro": f"When a specification of {product.name} is approved, and when its item is ready to be built.",
        "form": form,
    }
    return render(request, "plm/settings.html", context, status=422 if form.errors else 200)
