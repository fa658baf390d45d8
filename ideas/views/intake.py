"""Ideas by mail: the address, and the messages, for a product's managers."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from ideas.models import InboundMessage
from ideas.services.intake import intake_close, intake_renew, message_retry
from plm.errors import NotVisible
from plm.web.policy import PlmRequest, policy


def _home(request: PlmRequest) -> HttpResponse:
    url = reverse("plm:product_settings", args=[request.workspace.slug, request.product.key])
    return HttpResponseRedirect(f"{url}#by-mail")


@policy("intake.edit", methods=("POST",))
def renew(request: PlmRequest) -> HttpResponse:
    """Give the product an address, or another one."""
    intake_renew(actor=request.actor, product=request.product)
    messages.success(request, "The product has a new address. An older one no longer works.")
    return _home(request)


@policy("intake.edit", methods=("POST",))
def close(request: PlmRequest) -> HttpResponse:
    """Take no more mail."""
    intake_close(actor=request.actor, product=request.product)
    messages.success(request, "No more mail is taken.")
    return _home(request)


@policy("intake.edit", methods=("POST",))
def retry(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Try again to make an idea of a message."""
    message_retry(actor=request.actor, product=request.product, uuid=uuid)
    messages.success(request, "The message is tried again.")
    return _home(request)


@policy("intake.edit")
def message(request: PlmRequest, uuid: UUID) -> FileResponse:
    """The message as it came, as a download that no browser runs."""
    found = InboundMessage.objects.filter(product=request.product, uuid=uuid).first()
    if found is None:
        raise NotVisible
    if not found.raw:
        raise NotVisible("The original of this mail is not kept any more.")
    try:
        stored = found.raw.open("rb")
    except OSError:
        raise NotVisible("The message is not in the store any more.") from None
    response = FileResponse(
        stored, as_attachment=True, filename=f"{found.uuid}.eml", content_type="application/octet-stream"
    )  # fmt: skip
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "private, no-store"
    return response
