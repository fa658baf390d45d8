"""A form that is sent twice acts once: its key is kept in the same transaction as its effect."""

from __future__ import annotations

from django.db import connection
from django.utils import timezone

from plm.models import IdempotencyKey


def form_key_take(*, user_id: int, key: str) -> str | None:
    """Take the key of a form for this transaction: None, or where its first sending led to ("" if nowhere).

    Waits for a sending that is still under way. Call it inside a transaction that ends with the effect.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO plm_idempotencykey (owner, key, request_hash, status, body, headers, created_at)"
            " VALUES (%s, %s, '', 0, %s, '{}', %s) ON CONFLICT (owner, key) DO NOTHING RETURNING id",
            [_owner(user_id), key, b"", connection.ops.adapt_datetimefield_value(timezone.now())],
        )
        if cursor.fetchone() is not None:
            return None
    stored = IdempotencyKey.objects.get(owner=_owner(user_id), key=key)
    return str(stored.headers.get("Location", ""))


def form_key_settle(*, user_id: int, key: str, location: str) -> None:
    """Remember where the form led, for whoever sends it again."""
    IdempotencyKey.objects.filter(owner=_owner(user_id), key=key).update(
        status=302, headers={"Location": location}
    )


def _owner(user_id: int) -> str:
    return f"form:{user_id}"
