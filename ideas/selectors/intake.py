"""Mail to a product, for its settings page."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.urls import reverse

from ideas.models import InboundMessage, Intake
from ideas.selectors.ended import ended_said
from plm.models import Product
from plm.permissions import Actor

SHOWN = 30


def inbound(actor: Actor, product: Product) -> dict[str, Any] | None:
    """The addresses of a product, and the last messages, those that need a look first; None for who may not know."""
    if not actor.may("intake.edit", product.workspace_id, product.pk):
        return None
    intake = Intake.objects.filter(product=product).first()
    messages = InboundMessage.objects.filter(product=product).select_related(
        "idea__product__workspace"
    )
    troubled = list(messages.troubled().order_by("-received_at")[:SHOWN])
    others = messages.exclude(pk__in=[m.pk for m in troubled]).order_by("-received_at")
    url, address = "", ""
    if intake is not None:
        url = settings.BASE_URL + reverse("api:inbound", args=[intake.token])
        name, _, host = settings.INBOUND_ADDRESS.partition("@")
        address = f"{name}+{intake.token}@{host}" if host and settings.IMAP_URL else ""
    return {
        "intake": intake, "url": url, "address": address, "messages": [*troubled, *others[:SHOWN]],
        "ended": ended_said(actor, product)[0],
        "base": f"{product.get_absolute_url()}ideas/mail/",
    }  # fmt: skip


def intake_open(token: str) -> bool:
    """Whether a product takes mail at the address with this token."""
    return Intake.objects.filter(token=token.casefold()[:64], product__archived_at=None).exists()
