"""Who is probably known twice."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from ideas.duplicates import company_key, mailbox, own_domain, person_key, plain_name
from ideas.models import Company, Person
from plm.permissions import Actor

SHOWN = 8
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Likely:
    """Somebody who may be the same, and what speaks for it."""

    customer: Any
    why: str


def likely_duplicates(actor: Actor, customer: Company | Person) -> list[Likely]:
    """Others of the workspace that may be the same customer, the likelier first. Two or three bounded statements."""
    found = (
        _persons(actor, customer) if isinstance(customer, Person) else _companies(actor, customer)
    )
    return sorted(found, key=lambda likely: likely.why != "the same name")[:SHOWN]


def _persons(actor: Actor, person: Person) -> list[Likely]:
    local, _, domain = mailbox(person.email).rpartition("@")
    words = plain_name(person.name).split()
    wanted = Q(name__iexact=person.name)
    if len(words) > 1:
        wanted |= Q(name__icontains=words[-1]) & Q(name__icontains=words[0])
    if local:
        wanted |= Q(email__istartswith=local, email__iendswith=f"@{domain}")
    rows = Person.objects.visible_to(actor, "person.view").live().exclude(pk=person.pk)
    rows = rows.filter(wanted, workspace_id=person.workspace_id).select_related("company")
    found = []
    for other in rows.order_by("pk")[:LOOKED_AT]:
        if mailbox(other.email) and mailbox(other.email) == mailbox(person.email):
            found.append(Likely(other, "the same mailbox"))
        elif person_key(other.name) == person_key(person.name):
            found.append(Likely(other, "the same name"))
    return found


def _companies(actor: Actor, company: Company) -> list[Likely]:
    rows: Any = Company.objects.visible_to(actor, "company.view").live().exclude(pk=company.pk)
    rows = rows.filter(workspace_id=company.workspace_id)
    first = company.name.replace(".", " ").split()[:1]
    named = list(rows.filter(name__istartswith=first[0][:3])[:LOOKED_AT]) if first else []
    same = [row for row in named if company_key(row.name) == company_key(company.name)]
    found = {row.pk: Likely(row, "the same name") for row in same}
    domains = _domains(company.people.live().values_list("email", flat=True)[:LOOKED_AT])
    if domains:
        at = Q()
        for domain in sorted(domains)[:5]:
            at |= Q(people__email__iendswith=f"@{domain}")
        near = rows.filter(at, people__archived_at=None).distinct().order_by("pk")[:SHOWN]
        for row in near:
            found.setdefault(row.pk, Likely(row, "people with addresses of the same domain"))
    return list(found.values())


def _domains(addresses: Iterable[str]) -> set[str]:
    return {domain for address in addresses if (domain := own_domain(address))}
