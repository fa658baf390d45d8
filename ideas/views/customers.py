"""Companies and people: lists, pages, forms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from ideas.filters.customers import CompanyFilter, PersonFilter
from ideas.forms.customers import CompanyForm, PersonForm
from ideas.models import Company, Person
from ideas.selectors.customers import (
    company_people,
    customer_suggestions,
    merged_into_it,
    wishes_of,
)
from ideas.selectors.duplicates import likely_duplicates
from ideas.selectors.erasing import erasure_of
from ideas.services import customers
from plm.errors import InvalidQuery, NotVisible, PlmError, Stale
from plm.paging import ordering_for, paginate
from plm.panels import panels_for
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, policy
from plm.web.undo import done


@dataclass(frozen=True, slots=True)
class Noun:
    """What the pages of companies and of people differ in."""

    model: Any
    filters: Any
    order: str
    orders: Mapping[str, str]
    offered: tuple[str, ...]


NOUNS: Mapping[str, Noun] = {
    "company": Noun(
        Company, CompanyFilter, "-mrr",
        {"name": "name", "mrr": "mrr", "segment": "segment", "created": "created_at"},
        ("segment", "plan", "min_mrr"),
    ),
    "person": Noun(
        Person, PersonFilter, "name", {"name": "name", "role": "role", "created": "created_at"},
        ("company", "role"),
    ),
}  # fmt: skip


def customer_address(request: PlmRequest, name: str, *rest: object) -> str:
    return reverse(f"ideas:{name}", args=[request.workspace.slug, request.product.key, *rest])


def _rows(request: PlmRequest, noun: str) -> Any:
    rows = (
        NOUNS[noun]
        .model.objects.visible_to(request.actor, f"{noun}.view")
        .filter(workspace_id=request.workspace.pk)
    )
    return rows.select_related("merged_into", "company" if noun == "person" else "owner")


def customer_of(request: PlmRequest, noun: str, uuid: UUID) -> Any:
    found = _rows(request, noun).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _list(request: PlmRequest, noun: str, link: str) -> HttpResponse:
    """A page of companies or people, filtered and sorted."""
    kept = NOUNS[noun]
    asked = {k: v[:200] for k, v in request.GET.items() if k in kept.filters.base_filters and v}
    filters = kept.filters({"archived": "false", **asked}, _rows(request, noun))
    if not filters.is_valid():
        wrong = {name: " ".join(map(str, texts)) for name, texts in filters.errors.items()}
        raise InvalidQuery("A filter does not fit.", fields=wrong)
    rows = filters.qs
    ordering = ordering_for(rows, request.GET.get("order") or kept.order, kept.orders)
    page = paginate(
        rows, ordering=ordering, cursor=request.GET.get("cursor", ""), binding=urlencode(sorted(asked.items()))
    )  # fmt: skip
    context = {
        "noun": noun,
        "rows": [
            {"row": row, "url": customer_address(request, link, row.uuid)} for row in page.rows
        ],
        "cursor": page.next_cursor,
        "q": asked.get("q", ""),
        "order": ordering.name,
        "filtered": bool(asked),
        "filters": [filters.form[name] for name in kept.offered],
        "may_create": request.actor.may(f"{noun}.create", request.workspace.pk),
        "create_url": customer_address(request, f"{noun}_new"),
        "may_import": request.actor.may("import.run", request.workspace.pk, request.product.pk),
    }
    return render(request, "ideas/customer_list.html", context)


@policy("company.view")
def company_list(request: PlmRequest) -> HttpResponse:
    return _list(request, "company", "company")


@policy("person.view")
def person_list(request: PlmRequest) -> HttpResponse:
    return _list(request, "person", "person")


def _frame(request: PlmRequest, noun: str, found: Company | Person) -> dict[str, Any]:
    """What the pages of companies and of people have in common: what one may do, and who is the same."""
    erased = getattr(found, "erased_at", None) is not None
    stands = found.merged_into is None and not erased

    def may(verb: str) -> bool:
        return request.actor.may(f"{noun}.{verb}", request.workspace.pk)

    offered = stands and found.archived_at is None and may("merge")
    return {
        "noun": noun,
        "customer": found,
        "may_edit": stands and may("edit"),
        "may_archive": stands and may("archive"),
        "may_merge": may("merge"),
        "may_merge_away": offered,
        "may_erase": noun == "person" and stands and may("erase"),
        "merged_in": merged_into_it(found),
        "likely": likely_duplicates(request.actor, found) if offered else [],
        "panels": panels_for(noun, request.actor, found),
    }


@policy("company.view")
def company(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A company: what it pays, what it said, what its people vote for, what became of it."""
    found = customer_of(request, "company", uuid)
    people = company_people(found)
    context = {
        "company": found,
        **_frame(request, "company", found),
        "people": people,
        "wishes": wishes_of(request.actor, people),
    }
    return render(request, "ideas/company_detail.html", context)


@policy("person.view")
def person(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = customer_of(request, "person", uuid)
    erasure = erasure_of(found)
    if request.headers.get("HX-Request"):
        part = render(request, "ideas/_erasure.html", {"person": found, "erasure": erasure})
        if erasure is None or erasure.problem:
            part["HX-Refresh"] = "true"
        return part
    context = {
        "person": found,
        "erasure": erasure,
        **_frame(request, "person", found),
        "wishes": wishes_of(request.actor, [found]),
    }
    return render(request, "ideas/person_detail.html", context)


def _form_page(
    request: PlmRequest,
    form: Any,
    title: str,
    cancel: str,
    save: Callable[[dict[str, Any]], str],
    row: Company | Person | None = None,
) -> HttpResponse:
    """A form; `save` stores what it holds and says where to go then. `row` is what it edits."""
    if request.method == "POST" and form.is_valid():
        try:
            target = save(dict(form.cleaned_data))
        except Stale:
            if row is None:
                raise
            row.refresh_from_db()
            theirs = {name: getattr(row, name) for name in customers.FIELDS[type(row)]}
            return conflict_page(
                request, form, theirs, name=row.name, version=row.version, keep_url=cancel
            )
        except PlmError as error:
            if not error.fields:
                raise
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, "Saved.")
            return HttpResponseRedirect(target)
    context = {"form": form, "title": title, "submit": "Save", "cancel_url": cancel}
    return render(request, "ideas/customer_form.html", context, status=422 if form.errors else 200)


@policy("company.create", methods=("GET", "POST"))
def company_new(request: PlmRequest) -> HttpResponse:
    form = CompanyForm(
        request.POST or None,
        workspace_id=request.workspace.pk,
        initial={"currency": request.workspace.currency},
    )

    def save(values: dict[str, Any]) -> str:
        values.pop("version")
        made = customers.company_create(
            actor=request.actor, workspace=request.workspace, values=values
        )
        return customer_address(request, "company", made.uuid)

    return _form_page(request, form, "New company", customer_address(request, "companies"), save)


@policy("company.edit", methods=("GET", "POST"))
def company_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = customer_of(request, "company", uuid)
    names = (*customers.FIELDS[Company], "version")
    start = {n: getattr(found, n) for n in names}
    start["owner"] = found.owner.uuid if found.owner else None
    form = CompanyForm(request.POST or None, workspace_id=request.workspace.pk, initial=start)
    here = customer_address(request, "company", uuid)

    def save(values: dict[str, Any]) -> str:
        version = values.pop("version")
        customers.company_update(actor=request.actor, company=found, values=values, version=version)
        return here

    return _form_page(request, form, f"Edit {found.name}", here, save, found)


@policy("person.create", methods=("GET", "POST"))
def person_new(request: PlmRequest) -> HttpResponse:
    start = {"company": request.GET.get("company", "")[:200]}
    form = PersonForm(request.POST or None, product=request.product, initial=start)

    def save(values: dict[str, Any]) -> str:
        values.pop("version")
        made = customers.person_create(
            actor=request.actor, workspace=request.workspace, values=values
        )
        return customer_address(request, "person", made.uuid)

    return _form_page(request, form, "New person", customer_address(request, "people"), save)


@policy("person.edit", methods=("GET", "POST"))
def person_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = customer_of(request, "person", uuid)
    names = (*customers.FIELDS[Person], "version")
    start = {n: getattr(found, n) for n in names}
    form = PersonForm(request.POST or None, product=request.product, initial=start)
    here = customer_address(request, "person", uuid)

    def save(values: dict[str, Any]) -> str:
        version = values.pop("version")
        customers.person_update(actor=request.actor, person=found, values=values, version=version)
        return here

    return _form_page(request, form, f"Edit {found.name}", here, save, found)


def _archive(request: PlmRequest, noun: str, uuid: UUID) -> HttpResponse:
    found = customer_of(request, noun, uuid)
    gone = found.archived_at is None
    customers.customer_archive(actor=request.actor, customer=found, archived=gone)
    text = f"{found.name} is {'archived' if gone else 'back'}."
    done(request, text, customer_address(request, f"{noun}_archive", uuid))
    return HttpResponseRedirect(customer_address(request, noun, uuid))


@policy("company.archive", methods=("POST",))
def company_archive(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _archive(request, "company", uuid)


@policy("person.archive", methods=("POST",))
def person_archive(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _archive(request, "person", uuid)


@policy("company.view")
def suggest(request: PlmRequest) -> HttpResponse:
    """Names for a form's field while somebody types."""
    noun = request.GET.get("of", "company")
    if noun not in NOUNS:
        raise InvalidQuery("`of` is company or person.", fields={"of": "Unknown."})
    text = request.GET.get(noun, "")[:100]
    names = customer_suggestions(request.actor, request.workspace.pk, noun, text)
    return render(request, "ideas/_suggestions.html", {"names": names})
