"""Custom fields: what a product adds to a kind of record, and the check of their values."""

from __future__ import annotations

import math
import uuid
from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator
from django.db.models import BigIntegerField, CharField
from django.utils import timezone
from django.utils.text import slugify

from plm.errors import Conflict, Invalid
from plm.events import emit, service
from plm.models import CustomField, Product
from plm.models.note import FIELD_TYPES
from plm.numerals import is_plain
from plm.permissions import Actor
from plm.querysets import Slot, Statement
from plm.selectors import members_of
from plm.services.guard import require


@service
def custom_field_create(
    *,
    actor: Actor,
    product: Product,
    kind: str,
    label: str,
    type: str,  # noqa: A002 - the API's word
    choices: list[str] | None = None,
    required: bool = False,
) -> CustomField:
    """Add a field to one kind of record of a product. Its `name` is the label, made fit for a key."""
    require(actor, "field.edit", product)
    name = slugify(label).replace("-", "_")[:40]
    if not name:
        raise Invalid(fields={"label": "Use letters or digits in the label."})
    if type not in dict(FIELD_TYPES):
        raise Invalid(fields={"type": f"Choose one of: {', '.join(dict(FIELD_TYPES))}."})
    clean_choices = [c.strip() for c in choices or [] if c.strip()]
    if type == "choice" and len(clean_choices) < 2:
        raise Invalid(fields={"choices": "A choice needs at least two values, one per line."})
    if CustomField.objects.filter(product=product, kind=kind, name=name).exists():
        raise Conflict(
            fields={"label": f"There is a field {name!r} on this kind of record already."}
        )
    field = CustomField.objects.create(
        workspace_id=product.workspace_id,
        product=product,
        kind=kind,
        name=name,
        label=label.strip(),
        type=type,
        choices=clean_choices,
        required=required,
        position=CustomField.objects.filter(product=product, kind=kind).count(),
    )
    emit(
        "custom_field.created", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
        kind=kind, label=label, type=type,
    )  # fmt: skip
    return field


@service
def custom_field_archive(*, actor: Actor, field: CustomField) -> None:
    """Take a field off forms and pages. Values that were entered stay stored."""
    require(actor, "field.edit", field.product)
    CustomField.objects.filter(pk=field.pk).update(archived_at=timezone.now())
    emit(
        "custom_field.archived", actor=actor, workspace_id=field.workspace_id, product_id=field.product_id,
        label=field.label,
    )  # fmt: skip


FIELD_COLUMNS = [field.attname for field in CustomField._meta.concrete_fields]


@lru_cache(maxsize=1)
def _fields_statement() -> Statement:
    """The fields that a product adds to a kind: asked by every write of a record."""
    product, kind = Slot("product", BigIntegerField()), Slot("kind", CharField())
    mine = CustomField.objects.filter(product_id=product, kind=kind, archived_at=None)
    return Statement.of(mine.values_list(*FIELD_COLUMNS))


def custom_clean(
    product_id: int, kind: str, values: Mapping[str, Any], *, whole: bool = False
) -> dict[str, Any]:
    """The values as they are kept, checked against the product's fields. Blank becomes None.

    `whole` means a new record: required fields that are absent are errors too. Raises Invalid with keys
    `custom.<name>`.
    """
    if not values and not whole:
        return {}
    rows = _fields_statement().rows({"product": product_id, "kind": kind})
    fields = {f.name: f for f in (CustomField.from_db(None, FIELD_COLUMNS, row) for row in rows)}
    cleaned, errors = _clean_values(fields, values)
    if whole:
        for name, field in fields.items():
            if field.required and cleaned.get(name) in (None, "", []):
                errors.setdefault(f"custom.{name}", f"{field.label} is required.")
    if errors:
        raise Invalid(fields=errors)
    return cleaned


def _clean_values(
    fields: Mapping[str, CustomField], values: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, str]]:
    errors: dict[str, str] = {}
    cleaned: dict[str, Any] = {}
    for name, value in values.items():
        field = fields.get(name)
        if field is None:
            known = ", ".join(fields) or "none"
            errors[f"custom.{name}"] = f"There is no such field here. Fields are: {known}."
            continue
        try:
            cleaned[name] = _clean_value(field, value)
        except ValidationError as error:
            errors[f"custom.{name}"] = error.messages[0]
        except ValueError as error:
            errors[f"custom.{name}"] = str(error)
    return cleaned, errors


def _clean_value(field: CustomField, value: Any) -> Any:
    if value in (None, "", []):
        return None
    return _CLEANERS[field.type](field, value)


def _text(_: CustomField, value: Any) -> str:
    text = str(value)
    if len(text) > 4000 or "\x00" in text:
        raise ValueError("Use at most 4,000 characters, none of them NUL.")
    return text


def _number(_: CustomField, value: Any) -> float | int:
    try:
        number = float(value) if not isinstance(value, str) or is_plain(value) else math.nan
    except (TypeError, ValueError):
        raise ValueError("Enter a number, such as 12 or 12.5.") from None
    if not math.isfinite(number) or isinstance(value, bool):
        raise ValueError("Enter a finite number, such as 12 or 12.5.")
    return int(number) if number.is_integer() else number


def _date(_: CustomField, value: Any) -> str:
    try:
        return date.fromisoformat(str(value)).isoformat()
    except ValueError:
        raise ValueError("Enter a date as YYYY-MM-DD.") from None


def _choice(field: CustomField, value: Any) -> str:
    if value not in field.choices:
        raise ValueError(f"Choose one of: {', '.join(field.choices)}.")
    return str(value)


def _people(field: CustomField, value: Any) -> list[str]:
    wanted = [str(part) for part in (value if isinstance(value, list | tuple) else [value])]
    try:
        ids = [uuid.UUID(part) for part in wanted]
    except ValueError:
        raise ValueError("Name people by their ids.") from None
    known = {
        str(u)
        for u in members_of(field.workspace_id).filter(uuid__in=ids).values_list("uuid", flat=True)
    }
    if len(known) != len(set(wanted)):
        raise ValueError("Choose members of this workspace.")
    return sorted(known)


def _url(_: CustomField, value: Any) -> str:
    URLValidator(
        schemes=["http", "https"], message="Enter a web address that begins with https://."
    )(str(value))
    return str(value)


def _bool(_: CustomField, value: Any) -> bool:
    words = {
        "true": True,
        "yes": True,
        "1": True,
        "on": True,
        "false": False,
        "no": False,
        "0": False,
    }
    found = words.get(str(value).casefold())
    if found is None:
        raise ValueError("Answer yes or no.")
    return found


_CLEANERS = {
    "text": _text,
    "number": _number,
    "date": _date,
    "choice": _choice,
    "people": _people,
    "url": _url,
    "bool": _bool,
}
