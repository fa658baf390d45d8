"""Personal data out of the tables of a workspace: texts, events, accounts. Only erasures call this."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable
from typing import Any

from allauth.account.models import EmailAddress
from django.apps import apps
from django.db import connection
from django.db.models import CharField, F, ForeignKey, JSONField, Model, Q, QuerySet, TextField
from django.db.models.functions import Cast

from plm.models import Event, EventDoor, IdempotencyKey, Membership, StageRecord, User
from plm.redaction import ERASED, redacted, spellings

AT_ONCE = 500
TEXTS = ("changes", "data", "reason")


def events_redact(rows: QuerySet[Event], rewrite: Callable[[Any], Any]) -> int:
    """Rewrite what these events say; how many changed. Order, verb and time of a fact stay, the triggers see to it."""
    changed = 0
    for event in rows.order_by("pk").iterator(chunk_size=AT_ONCE):
        new = {name: rewrite(getattr(event, name)) for name in TEXTS}
        new |= {
            "actor_name": str(rewrite(event.actor_name))[:120],
            "request_id": str(rewrite(event.request_id))[:64],
        }
        if all(getattr(event, name) == value for name, value in new.items()):
            continue
        EventDoor.objects.create(workspace_id=event.workspace_id, event=event)
        Event.objects.filter(pk=event.pk).update(**new)
        EventDoor.objects.filter(pk=event.pk).delete()
        changed += 1
    return changed


def texts_redact(*, workspace_id: int, values: Iterable[str], pattern: re.Pattern[str]) -> int:
    """Take the values out of every text of the workspace, whatever table it is in; how many rows changed.

    Events go through their door; answers kept for repeated calls are forgotten. Records get a new version.
    """
    needles = sorted({cased for form in spellings(values) for cased in _cases(form)})
    if not needles:
        return 0
    changed = 0
    for model in apps.get_models():
        scope = _scope(model, workspace_id)
        if scope is None or model is EventDoor:
            continue
        columns = text_columns(model)
        found = _holding(model, scope, columns, needles) if columns else None
        if found is None:
            continue
        if model is Event:
            changed += events_redact(found, lambda value: redacted(value, pattern, names=True))
        else:
            changed += sum(_rewritten(row, columns, pattern) for row in found)
    _forget_answers(needles)
    return changed


def _cases(text: str) -> set[str]:
    """SQLite compares only plain letters without case."""
    return {text, text.lower(), text.upper(), text.title()}


def _scope(model: type[Model], workspace_id: int) -> Q | None:
    names = {field.name for field in model._meta.concrete_fields}
    if "workspace" in names:
        return Q(workspace_id=workspace_id)
    return Q(product__workspace_id=workspace_id) if "product" in names else None


def text_columns(model: type[Model]) -> list[Any]:
    """The columns of a table that may hold anything somebody writes."""
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, CharField | TextField | JSONField)
        and not field.choices
        and not field.primary_key
    ]


def _holding(model: type[Model], scope: Q, columns: list[Any], needles: list[str]) -> Any:
    """Rows in which any column holds any of the needles. One statement."""
    rows: QuerySet[Any] = QuerySet(model).filter(scope)
    any_of = Q()
    for field in columns:
        name, forms = field.name, needles
        if isinstance(field, JSONField):
            name = f"{field.name}_as_text"
            rows = rows.alias(**{name: Cast(field.name, TextField())})
            forms = sorted({*needles, *(_in_json(needle) for needle in needles)})
        for form in forms:
            any_of |= Q(**{f"{name}__icontains": form})
    return rows.filter(any_of)


def _in_json(text: str) -> str:
    """A text as JSON of plain letters spells it, which is what SQLite keeps."""
    return "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text)


def _rewritten(row: Any, columns: list[Any], pattern: re.Pattern[str]) -> int:
    new = {}
    for field in columns:
        old = getattr(row, field.attname)
        value = redacted(old, pattern, _whole_or_part(old, pattern), names=True)
        if value != old:
            limit = getattr(field, "max_length", None)
            new[field.attname] = value[:limit] if limit and isinstance(value, str) else value
    if not new:
        return 0
    if isinstance(row, StageRecord):
        new["version"] = F("version") + 1
    QuerySet(type(row)).filter(pk=row.pk).update(**new)
    return 1


def _whole_or_part(old: Any, pattern: re.Pattern[str]) -> str:
    """A value that is nothing but an id becomes one of nobody: two that were erased are still two."""
    whole = isinstance(old, str) and pattern.fullmatch(old) is not None
    return f"erased-{uuid.uuid4().hex[:8]}" if whole else ERASED


def _forget_answers(needles: list[str]) -> None:
    gone = [
        key
        for key, body in IdempotencyKey.objects.values_list("pk", "body").iterator()
        if any(needle in bytes(body).decode("utf-8", "replace") for needle in needles)
    ]
    IdempotencyKey.objects.filter(pk__in=gone).delete()


def account_unlink(*, workspace_id: int, user: User) -> None:
    """Leave no row of the workspace that leads to the account: what it made was made by somebody."""
    for model in apps.get_models():
        if _scope(model, workspace_id) != Q(workspace_id=workspace_id):
            continue
        for field in model._meta.concrete_fields:
            if isinstance(field, ForeignKey) and field.remote_field.model is User:
                rows: Any = QuerySet(model).filter(workspace_id=workspace_id, **{field.name: user})
                rows.update(**{field.name: None}) if field.null else rows.delete()


def account_erase(user: User) -> bool:
    """Make the account nobody's; whether it was. One that is used elsewhere, by a member or a superuser, stays."""
    if user.is_superuser or Membership.objects.filter(user=user).exists():
        return False
    EmailAddress.objects.filter(user=user).delete()
    user.name, user.email = "", f"{uuid.uuid4().hex}@erased.invalid"
    user.is_active = False
    user.set_unusable_password()
    user.save()
    return True


def search_forget() -> None:
    """SQLite's full-text index keeps the words of old texts until its parts are put together."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("INSERT INTO plm_reference_fts(plm_reference_fts) VALUES('optimize')")
