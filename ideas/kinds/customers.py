"""Companies and people as the importer sees them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models.functions import Lower

from ideas import attributes
from ideas.models import Company, Person
from ideas.serializers.customers import CompanySerializer, PersonSerializer
from ideas.services import customers
from plm.errors import Invalid
from plm.importing.targets import Rows, Target
from plm.models import Product
from plm.permissions import Actor
from plm.selectors import members_of

ID = Target("external_id", "External id (finds the row)", "text", clears="")


def _known(model: Any) -> Any:
    def known(workspace_id: int, key: str, texts: set[str]) -> Mapping[str, list[Any]]:
        """Rows by what a file calls them; for one that was merged, the one that stands for it."""
        rows = model.objects.filter(workspace_id=workspace_id).select_related("merged_into")
        if key == "name":
            rows = rows.live()
        found: dict[str, list[Any]] = {}
        for row in rows.alias(small=Lower(key)).filter(small__in=texts).order_by("pk"):
            found.setdefault(getattr(row, key).casefold(), []).append(row.standing)
        return found

    return known


def _values(product: Product, shape: Any, data: Mapping[str, Any], existing: Any) -> dict[str, Any]:
    """What the serializer of the API makes of a row. Raises ValidationError, Invalid."""
    given = {name: value for name, value in data.items() if name != "company"}
    extra = given.pop("attributes", {})
    reader = shape(data=given, partial=existing is not None)
    reader.is_valid(raise_exception=True)
    values = dict(reader.validated_data)
    if extra:
        before = existing.attributes if existing is not None else {}
        typed = {k: attributes.typed(v) if isinstance(v, str) else v for k, v in extra.items()}
        values["attributes"] = {**before, **typed}
    if "owner" in values:
        uuid = (values["owner"] or {}).get("uuid") if isinstance(values["owner"], dict) else None
        values["owner"] = members_of(product.workspace_id).filter(uuid=uuid).first()
    if "company" in data:
        values["company"] = _company(product, data["company"])
    return values


def _company(product: Product, text: Any) -> Company | None:
    """The company that an external id or a name means. Raises Invalid."""
    words = " ".join(str(text or "").split())
    if not words:
        return None
    rows = Company.objects.filter(workspace_id=product.workspace_id).select_related("merged_into")
    found = list(rows.filter(external_id=words)[:1]) or list(rows.live().named(words)[:2])
    if len(found) == 1:
        return found[0].standing
    raise Invalid(
        fields={
            "company": f"Several companies are called {words}. Give the external id."
            if found
            else f"There is no company {words}. Import the companies first."
        }
    )


def _kept(existing: Any, values: dict[str, Any], keys: tuple[str, ...]) -> dict[str, Any]:
    """Without the keys of a row that was merged: they stay with it and still lead here."""
    for key in keys:
        there = type(existing).objects.filter(
            workspace_id=existing.workspace_id, merged_into=existing
        )
        if values.get(key) and there.filter(**{f"{key}__iexact": values[key]}).exists():
            values.pop(key)
    return values


def _write_company(
    *, actor: Actor, product: Product, data: Mapping[str, Any], existing: Any
) -> Company:
    values = _values(product, CompanySerializer, data, existing)
    if existing is None:
        return customers.company_create(actor=actor, workspace=product.workspace, values=values)
    values = _kept(existing, values, ("external_id", "name"))
    return customers.company_update(actor=actor, company=existing, values=values)


def _write_person(
    *, actor: Actor, product: Product, data: Mapping[str, Any], existing: Any
) -> Person:
    values = _values(product, PersonSerializer, data, existing)
    if existing is None:
        return customers.person_create(actor=actor, workspace=product.workspace, values=values)
    values = _kept(existing, values, ("external_id", "email"))
    return customers.person_update(actor=actor, person=existing, values=values)


def _archive(*, actor: Actor, row: Any) -> None:
    customers.customer_archive(actor=actor, customer=row)


def _company_targets() -> list[Target]:
    return [
        Target("name", "Name", "text"),
        ID,
        Target("plan", "Plan", "text", clears=""),
        Target("segment", "Segment", "text", clears=""),
        Target("mrr", "Revenue a month", "number"),
        Target("arr", "Revenue a year", "number"),
        Target("currency", "Currency", "text"),
        Target("as_of", "As of", "date"),
        Target("owner", "Owner", "person"),
    ]


def _person_targets() -> list[Target]:
    return [
        Target("name", "Name", "text"),
        Target("email", "E-mail address (finds the row)", "text", clears=""),
        ID,
        Target("role", "Role", "text", clears=""),
        Target("company", "Company (id or name)", "text"),
    ]


COMPANIES = Rows(
    name="company", label="Company", plural="Companies", path="customers", model=Company, keys=("external_id", "name"),
    targets=_company_targets, known=_known(Company), write=_write_company, archive=_archive,
)  # fmt: skip
PEOPLE = Rows(
    name="person", label="Person", plural="People", path="customers/people", model=Person,
    keys=("external_id", "email"), targets=_person_targets, known=_known(Person), write=_write_person, archive=_archive,
)  # fmt: skip
