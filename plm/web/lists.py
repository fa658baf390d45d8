"""The list pages of records, once for every kind."""

from __future__ import annotations

from functools import lru_cache
from typing import Any
from urllib.parse import urlencode

from django.db.models import CharField, Model, QuerySet
from django.http import HttpResponse, QueryDict
from django.shortcuts import render
from django.urls import reverse

from plm.composed import Read
from plm.errors import NotVisible
from plm.filters import RecordFilter
from plm.kinds import Kind, all_kinds, kind_named
from plm.models import Product
from plm.models.record import attach
from plm.paging import (
    DEFAULT_SIZE,
    Compose,
    Ordering,
    Page,
    composed_reader,
    key_by,
    ordering_for,
    page_of,
    paginate,
)
from plm.panels import bulk_actions
from plm.permissions import Actor
from plm.querysets import Slot
from plm.selectors import tags_of, views_for
from plm.web.policy import PlmRequest, policy

LIST_PARAMS = {"order", "cursor", "view"}


_kept_pages: dict[str, str] = {}


def keep_views_of(path: str, name: str) -> None:
    """Let people keep views of a page that is no kind's list. `name` stands in for the kind's."""
    _kept_pages[path] = name


def views_name(path: str) -> str:
    """Under which name the views of the page at `path` are kept. Raises NotVisible."""
    return _kept_pages.get(path) or kind_at(path).name


@Read
def _views(actor: Actor, product: Product) -> Any:
    return views_for(actor, product.pk, Slot("kind", CharField()))


def saved_tabs(request: PlmRequest, here: str, name: str) -> list[dict[str, Any]]:
    """The views of a page that this person sees, as tabs."""
    return [
        {
            "name": view.name, "url": f"{here}?{view.query}", "shared": view.shared, "uuid": view.uuid,
            "current": view.query == request.GET.urlencode(),
        }
        for view in _views(request.actor, request.product, kind=name)
    ]  # fmt: skip


def list_url(kind: Kind, request: PlmRequest) -> str:
    return reverse("plm:record_list", args=[request.workspace.slug, request.product.key, kind.path])


def record_list_page(request: PlmRequest, kind: Kind, **extra: Any) -> HttpResponse:
    """The list page of a kind, or only its rows for htmx and "load more"."""
    params = request.GET
    rows = kind.model.objects.visible_to(request.actor, f"{kind.name}.view").filter(
        product=request.product
    )
    filters = kind.filters(
        params,
        rows,
        actor=request.actor,
        workspace_id=request.workspace.pk,
        product=request.product,
    )
    order = params.get("order") or kind.default_order
    page = _page(request, kind, filters, ordering_for(rows, order, kind.orders))
    attach(page.rows, request.product, *kind.related)
    tags = tags_of(row.pk for row in page.rows)
    for row in page.rows:
        row.tag_names = tags.get(row.pk, [])
    context: dict[str, Any] = {
        "kind": kind,
        "rows": page.rows,
        "row_template": kind.row_template,
        "columns": _columns(kind, params, order),
        "next_url": f"?{_query(params, cursor=page.next_cursor)}" if page.next_cursor else None,
        **extra,
    }
    if actions := bulk_actions(kind.name, request.actor, request.product):
        context |= {"bulk_url": actions[0]["url"], "bulk_actions": actions}
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "plm/_record_rows.html", context)
    context |= _list_tools(request, kind, filters)
    return render(request, kind.list_template, context)


def _page(request: PlmRequest, kind: Kind, filters: RecordFilter, ordering: Ordering) -> Page:
    params = request.GET
    cursor, binding = params.get("cursor", ""), _binding(params)
    if any(v for name, values in params.lists() if name not in LIST_PARAMS for v in values):
        return paginate(filters.checked(), ordering=ordering, cursor=cursor, binding=binding)
    return page_of(
        composed_reader(_whole_list(kind.name), request.actor, request.product, ordering),
        ordering=ordering,
        cursor=cursor,
        size=DEFAULT_SIZE,
        binding=binding,
        key=key_by(ordering),
    )


@lru_cache(maxsize=64)
def _whole_list(name: str) -> Compose:
    """What the list of a kind holds as long as nobody narrows it."""
    model = kind_named(name).model

    def rows(actor: Actor, product: Product) -> QuerySet[Any]:
        found: QuerySet[Any] = model.objects.visible_to(actor, f"{name}.view")
        return found.filter(product=product, archived_at=None)

    return rows


def _list_tools(request: PlmRequest, kind: Kind, filters: RecordFilter) -> dict[str, Any]:
    here = list_url(kind, request)
    views = saved_tabs(request, here, kind.name)
    may_create = request.actor.may(f"{kind.name}.create", request.workspace.pk, request.product.pk)
    create_url = reverse(
        "plm:record_new", args=[request.workspace.slug, request.product.key, kind.path]
    )
    active = active_filters(filters, request.GET)
    return {
        "filters": filters.form,
        "people": filters.people,
        "active_filters": active,
        "views": [{"name": f"All {kind.plural.lower()}", "url": here, "current": not request.GET}, *views],
        "view_tabs": [
            {"label": label, "url": f"{request.product.get_absolute_url()}{path}", "current": request.path.endswith(f"/{path}")}
            for label, path in kind.tabs
        ],
        "extra_actions": [*_past_action(request, kind), *_export_action(request, kind)],
        "save_view_url": reverse("plm:saved_views", args=[request.workspace.slug, request.product.key, kind.path]),
        "query": request.GET.urlencode(),
        "may_create": may_create,
        "create_url": create_url,
        "empty": {
            "title": f"No {kind.plural.lower()} match" if active else f"No {kind.plural.lower()} yet",
            "text": "Take a filter away to see more." if active else kind.empty_text,
            "action": "Clear the filters" if active else (f"New {kind.label.lower()}" if may_create else ""),
            "url": here if active else create_url,
        },
    }  # fmt: skip


def _past_action(request: PlmRequest, kind: Kind) -> list[dict[str, str]]:
    """The whole list as it was on a day."""
    if not kind.past_path:
        return []
    url = f"{request.product.get_absolute_url()}{kind.past_path}"
    return [{"label": "As of a day", "url": url, "icon": "history"}]


def _export_action(request: PlmRequest, kind: Kind) -> list[dict[str, str]]:
    """The whole list as CSV, as it is filtered now."""
    if not request.actor.may("export.run", request.workspace.pk, request.product.pk):
        return []
    args = [request.workspace.slug, request.product.key, kind.path, "csv"]
    rest = request.GET.copy()
    for name in LIST_PARAMS:
        rest.pop(name, None)
    url = f"{reverse('plm:record_export', args=args)}?{rest.urlencode()}"
    return [{"label": "Export", "url": url, "icon": "download"}]


def _binding(params: QueryDict) -> str:
    return urlencode(sorted((k, v) for k, vs in params.lists() for v in vs if k not in LIST_PARAMS))


def _query(params: QueryDict, **changes: str) -> str:
    found = params.copy()
    for name, value in changes.items():
        found[name] = value
    return found.urlencode()


def _columns(kind: Kind, params: QueryDict, order: str) -> list[dict[str, Any]]:
    shown = []
    for column in kind.columns:
        now = (
            {"": "", column.order: "asc", f"-{column.order}": "desc"}.get(order, "")
            if column.order
            else ""
        )
        wanted = f"-{column.order}" if now != "desc" else column.order
        rest = params.copy()
        rest.pop("cursor", None)
        rest["order"] = wanted
        shown.append(
            {
                "name": column.name, "label": column.label, "numeric": column.numeric, "money": column.money, "order": now,
                "order_url": f"?{rest.urlencode()}" if column.order else None,
            }
        )  # fmt: skip
    return shown


def active_filters(filters: RecordFilter, params: QueryDict) -> list[dict[str, str]]:
    """What a list is narrowed by, in words, each with the address without it. The filters were checked before."""
    active = []
    for name, values in params.lists():
        if name in LIST_PARAMS or name not in filters.filters:
            continue
        for value in values:
            if value == "":
                continue
            rest = params.copy()
            rest.setlist(name, [v for v in values if v != value])
            active.append(
                {
                    "label": f"{filters.filters[name].label}: {_said(filters, name, value)}",
                    "remove_url": f"?{rest.urlencode()}",
                }
            )
    return active


def _said(filters: RecordFilter, name: str, value: str) -> str:
    """What was chosen by name, where the address holds the id of a row."""
    chosen = filters.form.cleaned_data.get(name)
    return str(chosen) if isinstance(chosen, Model) else value


def kind_at(path: str) -> Kind:
    for kind in all_kinds():
        if kind.path == path:
            return kind
    raise NotVisible


@policy("record.view")
def record_list(request: PlmRequest, path: str) -> HttpResponse:
    return record_list_page(request, kind_at(path))
