"""The form of an item's place on the roadmap."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.models import BacklogItem
from plm.errors import Invalid, PlmError, Stale
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy, record_as
from roadmap.forms.plan import PlacementForm
from roadmap.models import Placement
from roadmap.services.placements import placement_remove, placement_set
from roadmap.views.moving import offer_following
from roadmap.views.roadmap import item_named


@policy("placement.edit", scope="record", methods=("GET", "POST"))
def place(request: PlmRequest) -> HttpResponse:
    """Place an item, or change its place."""
    item = record_as(request, BacklogItem)
    found = Placement.objects.with_links().filter(item=item).first()
    data = request.POST if request.method == "POST" else None
    form = PlacementForm(data, product=request.product, placement=found)
    if data is not None and form.is_valid():
        try:
            placement_set(
                actor=request.actor, item=item, values=form.values(),
                version=form.cleaned_data["version"], reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Stale:
            return _conflict(request, item, form)
        except Invalid as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{item.reference} has its place on the roadmap.")
            offer_following(request, item)
            return HttpResponseRedirect(item.get_absolute_url())
    context = {"form": form, "record": item, "placement": found}
    return render(request, "roadmap/place.html", context, status=422 if form.errors else 200)


def _conflict(request: PlmRequest, item: BacklogItem, form: PlacementForm) -> HttpResponse:
    now = Placement.objects.with_links().get(item=item)
    theirs = {name: getattr(now, name) for name in form.values()}
    return conflict_page(
        request, form, theirs, name=f"The place of {item.reference}", version=now.version,
        keep_url=item.get_absolute_url(),
    )  # fmt: skip


@policy("placement.edit", scope="record", methods=("POST",))
def unplace(request: PlmRequest) -> HttpResponse:
    """Take an item off the roadmap."""
    item = record_as(request, BacklogItem)
    placement_remove(actor=request.actor, item=item, reason=request.POST.get("reason", "")[:500])
    messages.success(request, f"{item.reference} is off the roadmap.")
    return HttpResponseRedirect(item.get_absolute_url())


@policy("placement.edit", methods=("POST",))
def place_named(request: PlmRequest) -> HttpResponse:
    """From a typed reference to the form of that item's place."""
    text = request.POST.get("reference", "").strip()[:24]
    reference = f"{request.product.key}-{text}" if text.isdecimal() else text
    try:
        item = item_named(request, reference)
    except PlmError:
        messages.error(request, f"There is no backlog item {text} in {request.product.name}.")
        return HttpResponseRedirect(f"{request.product.get_absolute_url()}roadmap/")
    return HttpResponseRedirect(f"{item.get_absolute_url()}/place")
