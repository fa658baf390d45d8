"""Writes on the settings of a portal: its look, its rules, who may embed it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction

from ideas.colours import is_colour, nearest_readable, readable
from ideas.models import Portal
from ideas.selectors.boards import portal_settings
from plm.errors import Invalid, Stale, TooLarge
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.records import invalid_from

FIELDS = ("name", "welcome", "accent", "vote_budget", "counts", "allowed_origins")
MOST_ORIGINS = 20
LOGO_BYTES = 512 * 1024
IMAGES = (
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
)
"""How the files begin that may be a logo, beside WebP. None of them can run anything, as SVG could."""


@service
def portal_update(
    *,
    actor: Actor,
    product: Product,
    version: int | None,
    values: Mapping[str, Any],
    logo: File[Any] | None = None,
    remove_logo: bool = False,
) -> Portal:
    """Change how a product's portal looks and works. Emits `portal.updated`. Raises Stale, Invalid, TooLarge.

    A colour that white text cannot be read on is refused with the nearest one that would pass. Of a logo counts how
    the file begins, not what it is called: PNG, JPEG, GIF or WebP of at most 512 kB.
    """
    require(actor, "portal.edit", product)
    current = _locked(product, version)
    before = {name: getattr(current, name) for name in FIELDS}
    for name, value in values.items():
        if name not in FIELDS:
            raise Invalid(fields={name: f"Fields are: {', '.join(FIELDS)}."})
        setattr(current, name, value)
    _tidy(current)
    changes = {
        name: (old, getattr(current, name)) for name, old in before.items() if old != getattr(current, name)
    }  # fmt: skip
    if logo is None and not remove_logo:
        return _saved(actor, current, changes)
    return _with_logo(actor, current, changes, None if remove_logo else logo)


def _with_logo(
    actor: Actor, portal: Portal, changes: dict[str, tuple[Any, Any]], logo: File[Any] | None
) -> Portal:
    """Save with another logo, or none. What was stored before goes when the transaction has committed."""
    old = portal.logo
    kind = _checked(logo) if logo is not None else ""
    stored = default_storage.save(f"portals/{uuid.uuid4().hex}", logo) if logo is not None else ""
    portal.logo, portal.logo_type = stored, kind
    if old or stored:
        changes["logo"] = (bool(old), bool(stored))
    try:
        saved = _saved(actor, portal, changes)
    except BaseException:
        if stored:
            default_storage.delete(stored)
        raise
    if old:
        transaction.on_commit(lambda: default_storage.delete(old), robust=True)
    return saved


def _checked(logo: File[Any]) -> str:
    """The type of an image that may be a logo. Raises TooLarge, Invalid."""
    if (logo.size or 0) > LOGO_BYTES:
        raise TooLarge("A logo has at most 512 kB.", fields={"logo": "Choose a file up to 512 kB."})
    kind = image_type(logo.read(16))
    logo.seek(0)
    if not kind:
        raise Invalid(fields={"logo": "Choose a PNG, JPEG, GIF or WebP image."})
    return kind


def image_type(head: bytes) -> str:
    """The type of an image by its first bytes; empty for anything that is none of ours."""
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    return next((kind for start, kind in IMAGES if head.startswith(start)), "")


def _locked(product: Product, version: int | None) -> Portal:
    """The settings, locked by their product: the row may not be there yet."""
    Product.objects.select_for_update().get(pk=product.pk)
    current = portal_settings(product)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    return current


def _saved(actor: Actor, portal: Portal, changes: Mapping[str, tuple[Any, Any]]) -> Portal:
    if not changes:
        return portal
    try:
        portal.clean_fields(exclude=["workspace", "product"])
    except ValidationError as error:
        raise invalid_from(error) from None
    portal.version += 1
    portal.save()
    emit(
        "portal.updated", actor=actor, workspace_id=portal.workspace_id, product_id=portal.product_id,
        changes=dict(changes),
    )  # fmt: skip
    return portal


def _tidy(portal: Portal) -> None:
    """Put the values into the form they are kept in. Raises Invalid with what would be right."""
    portal.name = " ".join(str(portal.name).split())
    portal.accent = str(portal.accent or "").strip().casefold()
    wrong: dict[str, str] = {}
    if portal.accent and not is_colour(portal.accent):
        wrong["accent"] = "Give a colour as #1a2b3c, or nothing for the usual one."
    elif portal.accent and not readable(portal.accent):
        near = nearest_readable(portal.accent)
        wrong["accent"] = (
            f"White text cannot be read on {portal.accent}. The nearest that passes is {near}."
        )
    if portal.vote_budget is not None and not 1 <= portal.vote_budget <= 1000:
        wrong["vote_budget"] = "Give 1 to 1000 votes, or nothing."
    try:
        portal.allowed_origins = origins_of(portal.allowed_origins)
    except ValueError as error:
        wrong["allowed_origins"] = str(error)
    if wrong:
        raise Invalid(fields=wrong)


def origins_of(given: Any) -> list[str]:
    """Origins as they are kept: `https://www.example.com`, each once. Raises ValueError with a sentence."""
    if not isinstance(given, list | tuple) or not all(isinstance(text, str) for text in given):
        raise ValueError("Give a list of origins such as https://www.example.com.")
    found = list(dict.fromkeys(_origin(text.strip()) for text in given if text.strip()))
    if len(found) > MOST_ORIGINS:
        raise ValueError(f"At most {MOST_ORIGINS} origins.")
    return found


def _origin(text: str) -> str:
    wrong = ValueError(
        f"{text[:80]} is no origin. Write it as https://www.example.com, without a path."
    )
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise wrong from None
    host = parts.hostname or ""
    plain = (
        host.isascii() and all(c.isalnum() or c in "-." for c in host) and "." in host.strip(".")
    )
    rest = (
        parts.path not in {"", "/"} or parts.query or parts.fragment or parts.username is not None
    )
    if parts.scheme != "https" or not plain or rest or "*" in text or len(text) > 200:
        raise wrong
    return f"https://{host}" + (f":{port}" if port not in (None, 443) else "")
