"""The mail of a digest."""

from __future__ import annotations

from email.utils import formataddr
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse

from ideas.services.follows import address_of
from roadmap.models import Digest, DigestSubscription
from roadmap.selectors.digests import Told, digests_unsure, span_told
from roadmap.services.digests import digest_token


def message_id(digest: Digest) -> str:
    """The same for every try to send a digest, and of no other one."""
    host = urlsplit(settings.BASE_URL).hostname or "localhost"
    return f"<digest-{digest.uuid}@{host}>"


def digest_message(
    digest: Digest, told: Told, connection: BaseEmailBackend | None = None
) -> tuple[EmailMultiAlternatives, list[int]]:
    """The mail of a digest, and the earlier unsure digests (by primary key) that it names."""
    row = digest.subscription
    zone = ZoneInfo(row.time_zone)
    unsure = digests_unsure(row)
    product = " ".join(row.product.name.split())
    stop = address_of(reverse("roadmap:digest_stop_link", args=[digest_token(row)]))
    base = f"{row.product.get_absolute_url()}roadmap/"
    context = {
        "name": row.user.first_name,
        "product": product,
        "part": row.part,
        "span": span_told(digest.since, digest.until, zone),
        "groups": told.groups,
        "asks": told.asks,
        "more": told.more,
        "site": address_of(""),
        "url": address_of(f"{base}digests/{row.uuid}?{urlencode({'digest': digest.uuid})}"),
        "settings": address_of(f"{base}digests"),
        "stop": stop,
        "unsure": [
            {
                "span": span_told(old.since, old.until, zone),
                "url": address_of(f"{base}digests/{row.uuid}?{urlencode({'digest': old.uuid})}"),
            }
            for old in unsure
        ],
    }
    message = EmailMultiAlternatives(
        subject=_subject(product, row, told, str(context["span"])),
        body=render_to_string("emails/roadmap_digest.txt", context),
        to=[formataddr((row.user.name, row.user.email))],
        headers={
            "Message-ID": message_id(digest),
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
        connection=connection,
    )
    message.attach_alternative(render_to_string("emails/roadmap_digest.html", context), "text/html")
    return message, [old.pk for old in unsure]


def _subject(product: str, row: DigestSubscription, told: Told, span: str) -> str:
    count = f"{told.changes} change{'' if told.changes == 1 else 's'}"
    part = f" ({' '.join(row.part.split())})" if row.part != "the whole roadmap" else ""
    own = f", {len(told.asks)} about what you asked for" if told.asks else ""
    return f"{product} roadmap{part}, {span}: {count}{own}"[:200]
