"""Pages of specifications beyond those every record has: checking off criteria, versions."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.models import Spec
from backlog.selectors.specs import spec_page, spec_versions, version_diff
from backlog.services.specs import criterion_check, spec_restore_version
from plm.errors import Invalid, NotVisible
from plm.numerals import whole_number
from plm.web.policy import PlmRequest, policy, record_as


@policy("*.edit", scope="record", methods=("POST",))
def spec_check(request: PlmRequest) -> HttpResponse:
    """Check off one acceptance criterion (`on=1`), or take the check back."""
    spec = record_as(request, Spec)
    criterion_check(
        actor=request.actor,
        spec=spec,
        requirement=request.POST.get("requirement", "")[:40],
        position=_number(request.POST.get("position"), "position"),
        met=request.POST.get("on") == "1",
    )
    if request.headers.get("HX-Request"):
        context = {"record": spec, **spec_page(request.actor, spec)}
        return render(request, "backlog/_requirements.html", context)
    return HttpResponseRedirect(f"{spec.get_absolute_url()}#requirements")


@policy("*.view", scope="record")
def spec_history(request: PlmRequest) -> HttpResponse:
    """All versions, and what differs between two of them (by default the last two)."""
    spec = record_as(request, Spec)
    versions = spec_versions(spec)
    last = versions[0].number if versions else 0
    newer = _number(request.GET.get("to") or str(last), "to")
    older = _number(request.GET.get("from") or str(max(newer - 1, 0)), "from")
    if not {newer, older} <= {0, *(row.number for row in versions)}:
        raise NotVisible("There is no such version.")
    context = {
        "record": spec,
        "versions": versions,
        "newer": newer,
        "older": older,
        "changes": version_diff(spec, older, newer),
        "last": last,
        "may_restore": request.actor.may("spec.edit", spec.workspace_id, spec.product_id),
    }
    return render(request, "backlog/spec_versions.html", context)


@policy("*.edit", scope="record", methods=("POST",))
def spec_version_restore(request: PlmRequest, number: int) -> HttpResponse:
    """Make an earlier version stand again, as a new one."""
    spec = record_as(request, Spec)
    spec_restore_version(actor=request.actor, spec=spec, number=number)
    messages.success(request, f"Version {number} stands again, as a new version.")
    return HttpResponseRedirect(spec.get_absolute_url())


def _number(text: str | None, name: str) -> int:
    number = whole_number(text or "", digits=9)
    if number is None:
        raise Invalid(fields={name: "Give a number."})
    return number
