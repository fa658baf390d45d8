"""Places given against the score, compared with what came of them."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from backlog.forms.overrides import VerdictForm
from backlog.selectors import overrides as reads
from backlog.services.ranks import override_judge
from plm.errors import NotVisible, Stale
from plm.paging import ordering_for, paginate
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy

ROWS = 25


@policy("item.view")
def overrides(request: PlmRequest) -> HttpResponse:
    """All overrides of the product, the newest first."""
    rows = reads.overrides_of(request.actor, request.product)
    order = ordering_for(rows, "-made_at", {"made_at": "made_at"})
    page = paginate(rows, ordering=order, cursor=request.GET.get("cursor", ""), size=ROWS)
    context = {
        "rows": reads.told(request.actor, request.product, page.rows),
        "summary": reads.summary_of(rows),
        "next_cursor": page.next_cursor,
        "may_judge": request.actor.may("item.rank", request.workspace.pk, request.product.pk),
    }
    return render(request, "backlog/overrides.html", context)


@policy("item.rank", methods=("GET", "POST"))
def override_verdict(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Say what came of one override."""
    row = reads.overrides_of(request.actor, request.product).filter(uuid=uuid).first()
    if row is None:
        raise NotVisible
    home = reverse("backlog:overrides", args=[request.workspace.slug, request.product.key])
    now = {"verdict": row.verdict, "reason": row.verdict_reason}
    form = VerdictForm(
        request.POST if request.method == "POST" else None, initial={"version": row.version, **now}
    )
    if request.method == "POST" and form.is_valid():
        try:
            override_judge(actor=request.actor, override=row, **form.cleaned_data)
        except Stale:
            return conflict_page(
                request, form, now, name=f"the verdict on {row.item.reference}", version=row.version, keep_url=home
            )  # fmt: skip
        messages.success(request, f"The verdict on {row.item.reference} is kept.")
        return HttpResponseRedirect(home)
    context = {
        "form": form, "title": f"What came of {row.item.reference} at place {row.place}", "submit": "Keep the verdict",
        "intro": f"{row.item.title}. The reason then: {row.reason}", "cancel_url": home,
    }  # fmt: skip
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)
