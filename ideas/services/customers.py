"""Writes on companies and people."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, TypeVar

from allauth.account.models import EmailAddress
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils import timezone

from ideas import attributes
from ideas.models import Company, Person
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import Workspace
from plm.permissions import Actor
from plm.selectors import members_of
from plm.services.guard import require_in
from plm.services.records import invalid_from

C = TypeVar("C", Company, Person)

FIELDS: Mapping[type, tuple[str, ...]] = {
    Company: (
        "name", "external_id", "plan", "segment", "mrr", "arr", "currency", "as_of", "attributes", "owner",
    ),
    Person: ("name", "email", "role", "company", "external_id", "attributes"),
}  # fmt: skip

CENT = Decimal("0.01")


@service
def company_create(*, actor: Actor, workspace: Workspace, values: Mapping[str, Any]) -> Company:
    """Add a company to the workspace; a figure without a day is as of today. Emits `company.created`."""
    given = {"currency": workspace.currency, **values}
    _both_figures(given)
    if given.get("mrr") is not None and not given.get("as_of"):
        given["as_of"] = timezone.localdate()
    return _create(Company, actor, workspace, given)


@service
def company_update(
    *, actor: Actor, company: Company, values: Mapping[str, Any], version: int | None = None
) -> Company:
    """Change a company; a new figure without a day is as of today. Emits `company.updated`. Raises Stale."""
    given = dict(values)
    _both_figures(given, company)
    if "mrr" in given and given["mrr"] != company.mrr and not given.get("as_of"):
        given["as_of"] = timezone.localdate() if given["mrr"] is not None else None
    return _update(company, actor, given, version)


@service
def person_create(*, actor: Actor, workspace: Workspace, values: Mapping[str, Any]) -> Person:
    """Add a person to the workspace. Emits `person.created`."""
    return _create(Person, actor, workspace, values)


@service
def person_update(
    *, actor: Actor, person: Person, values: Mapping[str, Any], version: int | None = None
) -> Person:
    """Change a person. Feedback given before keeps the company it was given for. Emits `person.updated`."""
    return _update(person, actor, values, version)


@service
def customer_archive(
    *, actor: Actor, customer: Company | Person, archived: bool = True
) -> Company | Person:
    """Put a company or a person away, or bring them back. What they said stays."""
    noun = _noun(type(customer))
    require_in(actor, f"{noun}.archive", customer.workspace_id)
    model: Any = type(customer)
    current: Company | Person = model.objects.select_for_update().get(pk=customer.pk)
    _check_standing(current)
    if (current.archived_at is not None) == archived:
        return current
    current.archived_at = timezone.now() if archived else None
    current.version += 1
    current.save(update_fields=["archived_at", "version"])
    emit(
        f"{noun}.{'archived' if archived else 'restored'}", actor=actor,
        workspace_id=current.workspace_id, id=current.uuid, name=current.name,
    )  # fmt: skip
    return current


def _check_standing(row: Company | Person) -> None:
    if isinstance(row, Person) and row.erased_at is not None:
        raise Conflict("This person was erased on request. Nothing about them can be changed.")
    if row.merged_into is not None:
        raise Conflict(f"{row.name} is a part of {row.merged_into.name} now. Change that one.")


def _both_figures(given: dict[str, Any], company: Company | None = None) -> None:
    """Let what a company pays a month and a year say the same. Raises Invalid when both are given and do not."""
    if not {"mrr", "arr"} & set(given):
        return
    month, year = _meant(given, company)
    if month is not None and year is not None:
        if abs(month * 12 - year) > 12 * CENT:
            raise Invalid(
                fields={"arr": "A year is twelve months. Give one of the two figures, or let them agree."}
            )  # fmt: skip
    elif month is not None:
        year = month * 12
    elif year is not None:
        month = (year / 12).quantize(CENT)
    given |= {"mrr": month, "arr": year}


def _meant(
    given: Mapping[str, Any], company: Company | None
) -> tuple[Decimal | None, Decimal | None]:
    """The figures somebody gave. A form sends both; then only the one that was changed counts."""
    month, year = (
        None if given.get(name) is None else Decimal(given[name]) for name in ("mrr", "arr")
    )
    if company is not None and {"mrr", "arr"} <= set(given):
        same_month, same_year = month == company.mrr, year == company.arr
        if same_month and not same_year:
            return None, year
        if same_year and not same_month:
            return month, None
    return month, year


def _noun(model: type) -> str:
    return "company" if model is Company else "person"


def _create(model: type[C], actor: Actor, workspace: Workspace, values: Mapping[str, Any]) -> C:
    noun = _noun(model)
    require_in(actor, f"{noun}.create", workspace.pk)
    row = model(workspace=workspace)
    _assign(row, values)
    _save(row, created=True)
    emit(
        f"{noun}.created", actor=actor, workspace_id=workspace.pk, id=row.uuid,
        changes={name: (None, value) for name, value in values.items()},
    )  # fmt: skip
    return row


def _update(row: C, actor: Actor, values: Mapping[str, Any], version: int | None) -> C:
    model = type(row)
    noun = _noun(model)
    require_in(actor, f"{noun}.edit", row.workspace_id)
    current: C = model.objects.select_for_update().get(pk=row.pk)
    if version is not None and version != current.version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    _check_standing(current)
    before = {name: getattr(current, name) for name in values}
    _assign(current, values)
    changes = {
        name: (old, getattr(current, name))
        for name, old in before.items()
        if old != getattr(current, name)
    }
    if not changes:
        return current
    current.version += 1
    _save(current)
    emit(
        f"{noun}.updated", actor=actor, workspace_id=current.workspace_id, id=current.uuid,
        changes=changes,
    )  # fmt: skip
    return current


def _assign(row: Company | Person, values: Mapping[str, Any]) -> None:
    """Put cleaned values on the row: names without stray spaces, addresses in small letters."""
    for name, value in values.items():
        if name not in FIELDS[type(row)]:
            raise Invalid(fields={name: f"Fields are: {', '.join(FIELDS[type(row)])}."})
        setattr(row, name, _cleaned(name, value, row.workspace_id))
    if isinstance(row, Person):
        row.email = row.email.casefold()
        _find_account(row)
    else:
        row.currency = row.currency.upper()


def _cleaned(name: str, value: Any, workspace_id: int) -> Any:
    if name == "attributes":
        try:
            return attributes.cleaned({} if value is None else value)
        except ValueError as error:
            raise Invalid(fields={"attributes": str(error)}) from None
    if name == "owner" and value is not None:
        if not members_of(workspace_id).filter(pk=value.pk).exists():
            raise Invalid(fields={"owner": "The owner is a member of this workspace."})
        return value
    return " ".join(value.split()) if isinstance(value, str) else value


def _find_account(person: Person) -> None:
    """The account of the portal with this address, once its owner has proved that it is theirs."""
    if person.user_id is not None or not person.email:
        return
    known = EmailAddress.objects.filter(email__iexact=person.email, verified=True).first()
    if known is None:
        return
    taken = Person.objects.filter(workspace_id=person.workspace_id, user_id=known.user_id)
    if not taken.exists():
        person.user_id = known.user_id


def _save(row: Company | Person, *, created: bool = False) -> None:
    """Check what one row can know and store it. Raises Invalid, or Conflict when an id or address is taken."""
    try:
        row.clean_fields(exclude=["workspace", "company", "user", "owner", "uuid"])
    except ValidationError as error:
        raise invalid_from(error) from None
    try:
        with transaction.atomic():
            row.save(force_insert=created)
    except IntegrityError as error:
        raise _clash(row, str(error)) from None


def _clash(row: Company | Person, text: str) -> Conflict:
    noun = _noun(type(row))
    if "email" in text:
        return Conflict(fields={"email": "A person with this address is known already."})
    return Conflict(fields={"external_id": f"Another {noun} has this external id."})
