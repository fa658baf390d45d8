"""Sending an update to one address: by mail or to a hook."""

from __future__ import annotations

import hashlib
import hmac
from smtplib import SMTPException, SMTPRecipientsRefused, SMTPResponseException

import orjson
from django.core.mail import EmailMultiAlternatives, get_connection
from django.template.loader import render_to_string
from django.utils import timezone

from ideas.services.follows import address_of
from plm.events import service
from plm.markdown import render as markdown
from plm.models import Product
from plm.outgoing import CallFailed, post
from roadmap.models import Delivery
from roadmap.models.communication import FAILED, READY, SENDING, SENT, UNSURE
from roadmap.services.communication import hook_secret

Outcome = tuple[str, str]
"""The state a delivery has after a try, and what went wrong."""


@service
def delivery_take(*, delivery_id: int) -> Delivery | None:
    """Claim a delivery right before it goes; None for one that is not to be sent.

    A mail that is claimed already was left by a worker that died: it may have gone, so it is not sent again. A hook
    is called again: the uuid in the call says that it is the same.
    """
    rows = Delivery.objects.select_for_update(of=("self",)).select_related(
        "update__product__workspace", "line"
    )
    found = rows.filter(pk=delivery_id, state__in=(READY, SENDING)).first()
    if found is None:
        return None
    if Product.objects.filter(pk=found.update.product_id).exclude(archived_at=None).exists():
        delivery_done(delivery=found, outcome=(FAILED, "The product is archived."))
        return None
    if found.state == SENDING and found.line.channel == "mail":
        delivery_done(delivery=found, outcome=(UNSURE, "The worker stopped while the mail went out."))  # fmt: skip
        return None
    found.state = SENDING
    found.tries += 1
    found.save(update_fields=["state", "tries"])
    return found


@service
def delivery_done(*, delivery: Delivery, outcome: Outcome) -> None:
    """Keep what became of a try."""
    state, problem = outcome
    Delivery.objects.filter(pk=delivery.pk, state__in=(READY, SENDING, UNSURE)).update(
        state=state, problem=problem[:200], sent_at=timezone.now() if state == SENT else None
    )


def delivery_send(delivery: Delivery) -> Outcome:
    """Send it once; READY means that it is to be tried again."""
    return _mailed(delivery) if delivery.line.channel == "mail" else _called(delivery)


def _mailed(delivery: Delivery) -> Outcome:
    update = delivery.update
    context = {"title": update.title, "health": update.get_health_display(), "body": update.body, "html": markdown(update.body), "product": update.product.name}  # fmt: skip
    message = EmailMultiAlternatives(
        subject=" ".join(update.title.split()),
        body=render_to_string("emails/status_update.txt", context),
        to=[delivery.to],
        headers={
            "Message-ID": f"<update-{delivery.uuid}@plm>",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(render_to_string("emails/status_update.html", context), "text/html")
    try:
        connection = get_connection()
        connection.open()
    except (SMTPException, OSError):
        return READY, "The mail server could not be reached; it is tried again."
    try:
        connection.send_messages([message])
    except SMTPRecipientsRefused:
        return FAILED, "The mail server does not take this address."
    except SMTPResponseException as refused:
        return READY, f"The mail server answered {refused.smtp_code}; it is tried again."
    except (SMTPException, OSError):
        return UNSURE, "The mail server fell silent while the mail went out."
    finally:
        connection.close()
    return SENT, ""


def hook_body(delivery: Delivery) -> bytes:
    """What a hook is sent: for Slack and what speaks like it a text, else the update in JSON."""
    update = delivery.update
    health = update.get_health_display()
    if delivery.line.channel == "slack":
        head = f"*{update.title}*" + (f" ({health})" if health else "")
        return orjson.dumps({"text": f"{head}\n{update.body}"})
    return orjson.dumps(
        {
            "id": str(delivery.uuid), "kind": "status_update", "product": update.product.key, "title": update.title,
            "health": update.health, "body": update.body, "since": update.since, "until": update.until,
            "url": address_of(f"{update.product.get_absolute_url()}plan/updates/{update.uuid}"),
        }
    )  # fmt: skip


def _called(delivery: Delivery) -> Outcome:
    body = hook_body(delivery)
    headers = {"Content-Type": "application/json", "User-Agent": "plm", "X-PLM-Delivery": str(delivery.uuid)}  # fmt: skip
    if delivery.line.channel == "webhook":
        secret = hook_secret(delivery.line).encode()
        headers["X-PLM-Signature"] = f"sha256={hmac.new(secret, body, hashlib.sha256).hexdigest()}"
    try:
        status = post(delivery.to, body, headers)
    except CallFailed as failed:
        return READY if failed.again else FAILED, failed.message
    if 200 <= status < 300:
        return SENT, ""
    again = status in {408, 425, 429} or status >= 500
    return READY if again else FAILED, f"The server answered {status}."
