"""The pages of records, once for every kind: list, new, detail, edit, move, archive, restore, history."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse

from plm.errors import Invalid, NotVisible, PlmError, Stale
from plm.events import plain
from plm.filters import RecordFilter
from plm.forms import RecordForm
from plm.kinds import Kind, all_kinds, kind_named, kind_of
from plm.lineage import trace
from plm.markdown import render as markdown
from plm.models import Attachment, Comment, CustomField, Event, Relation, StageRecord
from plm.paging import ordering_for, paginate
from plm.panels import bulk_actions, panels_for
from plm.permissions import Role
from plm.selectors import history_lines, is_following, tags_of, views_for
from plm.services.guard import require
from plm.services.records import record_archive, record_move, record_restore
from plm.web.forms import CommentForm
from plm.web.policy import PlmRequest, policy

LIST_PARAMS = {"order", "cursor", "view"}


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
    ordering = ordering_for(rows, order, kind.orders)
    binding = _binding(params)
    found: Any = filters.checked()
    queryset = found.with_people().select_related(*kind.related)
    page = paginate(queryset, ordering=ordering, cursor=params.get("cursor", ""), binding=binding)
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


def _list_tools(request: PlmRequest, kind: Kind, filters: RecordFilter) -> dict[str, Any]:
    here = list_url(kind, request)
    views = [
        {
            "name": view.name, "url": f"{here}?{view.query}", "shared": view.shared, "uuid": view.uuid,
            "current": view.query == request.GET.urlencode(),
        }
        for view in views_for(request.actor, request.product.pk, kind.name)
    ]  # fmt: skip
    may_create = request.actor.may(f"{kind.name}.create", request.workspace.pk, request.product.pk)
    create_url = reverse(
        "plm:record_new", args=[request.workspace.slug, request.product.key, kind.path]
    )
    active = _active_filters(filters, request.GET)
    return {
        "filters": filters.form,
        "people": filters.people,
        "active_filters": active,
        "views": [{"name": f"All {kind.plural.lower()}", "url": here, "current": not request.GET}, *views],
        "view_tabs": [
            {"label": label, "url": f"{request.product.get_absolute_url()}{path}", "current": request.path.endswith(f"/{path}")}
            for label, path in kind.tabs
        ],
        "extra_actions": _export_action(request, kind),
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
                "name": column.name, "label": column.label, "numeric": column.numeric, "order": now,
                "order_url": f"?{rest.urlencode()}" if column.order else None,
            }
        )  # fmt: skip
    return shown


def _active_filters(filters: RecordFilter, params: QueryDict) -> list[dict[str, str]]:
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
                    "label": f"{filters.filters[name].label}: {value}",
                    "remove_url": f"?{rest.urlencode()}",
                }
            )
    return active


def kind_at(path: str) -> Kind:
    for kind in all_kinds():
        if kind.path == path:
            return kind
    raise NotVisible


@policy("record.view")
def record_list(request: PlmRequest, path: str) -> HttpResponse:
    return record_list_page(request, kind_at(path))


@policy("record.view", methods=("GET", "POST"))
def record_new(request: PlmRequest, path: str) -> HttpResponse:
    """The form of a new record. `?<field>=` presets a field; `?from=ATL-3` may be used by a kind's form."""
    kind = kind_at(path)
    require(request.actor, f"{kind.name}.create", request.product)
    form = kind.form(
        request.POST if request.method == "POST" else None,
        actor=request.actor, product=request.product, model=kind.model, initial=request.GET.dict(),
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            record = kind.create(
                actor=request.actor, product=request.product, values=form.values(), tags=form.tag_names(),
                custom=form.custom_values(),
            )  # fmt: skip
        except PlmError as error:
            _show(form, error)
        else:
            messages.success(request, f"{record.reference} is in.")
            return HttpResponseRedirect(record.get_absolute_url())
    context = {
        "form": form, "kind": kind, "record": None, "title": f"New {kind.label.lower()}",
        "cancel_url": list_url(kind, request),
    }  # fmt: skip
    return render(request, kind.form_template, context, status=422 if form.errors else 200)


def _show(form: RecordForm, error: PlmError) -> None:
    """Errors a person can mend stay in the form; all others are pages of their own."""
    if not isinstance(error, Invalid) and not error.fields:
        raise error
    form.take_errors(error.fields, error.message)


@policy("*.view", scope="record")
def record_detail(request: PlmRequest) -> HttpResponse:
    record, kind, actor = request.record, kind_of(request.record), request.actor
    before, after = trace(actor, record.pk)
    history = Event.objects.of_record(record.pk)[:20]
    context: dict[str, Any] = {
        "record": record,
        "kind": kind,
        **_rights(request, record),
        "lineage": {
            "before": [_strip(r.record) for r in before],
            "after": [_strip(r.record) for r in after],
        },
        "comments": _comments(request, record),
        "comment_form": CommentForm(),
        "attachments": _attachments(request, record),
        "relations": _relations(request, record),
        "history": history_lines(history),
        "properties": record_properties(kind, record),
        "moves": record.workflow.next_states(record.state),
        "tags": tags_of([record.pk]).get(record.pk, []),
        "following": is_following(actor.user_id, record.pk),
        "panels": panels_for(f"record:{kind.name}", actor, record),
    }
    if kind.detail is not None:
        context |= kind.detail(actor, record)
    return render(request, kind.detail_template, context)


def _rights(request: PlmRequest, record: StageRecord) -> dict[str, bool]:
    def may(action: str) -> bool:
        return request.actor.may(f"{record.kind}.{action}", record.workspace_id, record.product_id)

    return {f"may_{a}": may(a) for a in ("edit", "comment", "move", "archive", "attach", "follow")}


def _strip(row: Any) -> dict[str, Any]:
    kind = kind_named(row.kind)
    return {
        "reference": row.key, "title": row.title, "kind_label": kind.label, "icon": kind.icon,
        "stage": kind.stage.slug, "url": row.get_absolute_url(),
        "state_label": dict(kind.model.workflow.choices).get(row.state, ""),
    }  # fmt: skip


def record_properties(kind: Kind, record: Any) -> list[dict[str, Any]]:
    """What the side of a record's page lists: the common facts, the kind's own, the custom fields."""
    own = kind.properties(record) if kind.properties else []
    found = [("Owner", record.owner or "Nobody yet", ""), ("Team", record.team or "–", ""), *own]
    labels = dict(_custom_labels(record))
    found += [
        (labels[n], plain(v), "")
        for n, v in record.custom.items()
        if n in labels and v not in (None, "")
    ]
    found += [("Created", record.created_at, ""), ("Changed", record.updated_at, "")]
    return [{"label": label, "value": value, "url": url} for label, value, url in found]


def _custom_labels(record: StageRecord) -> list[tuple[str, str]]:
    if not record.custom:
        return []
    return list(
        CustomField.objects.for_kind(record.product_id, record.kind).values_list("name", "label")
    )


def _comments(request: PlmRequest, record: StageRecord) -> list[dict[str, Any]]:
    is_manager = request.actor.role_in(record.workspace_id, record.product_id) >= Role.MANAGER
    return [
        {
            "author": c.author, "body_html": markdown(c.body), "created_at": c.created_at, "uuid": c.uuid,
            "public": c.public, "may_delete": is_manager or c.author_id == request.actor.user_id,
        }
        for c in Comment.objects.shown().filter(record_id=record.pk)
    ]  # fmt: skip


def _attachments(request: PlmRequest, record: StageRecord) -> list[dict[str, Any]]:
    args = [request.workspace.slug, record.reference]
    return [
        {
            "name": a.name, "size": a.size, "uuid": a.uuid,
            "url": reverse("plm:attachment", args=[*args, a.uuid]),
            "delete_url": reverse("plm:attachment_remove", args=[*args, a.uuid]),
        }
        for a in Attachment.objects.filter(record_id=record.pk)
    ]  # fmt: skip


def _relations(request: PlmRequest, record: StageRecord) -> list[dict[str, Any]]:
    rows = (
        Relation.objects.filter(source_id=record.pk) | Relation.objects.filter(target_id=record.pk)
    ).select_related("source__product__workspace", "target__product__workspace")
    words = {
        "relates": ("Relates to", "Relates to"), "replaces": ("Replaces", "Replaced by"),
        "blocks": ("Blocks", "Blocked by"), "duplicates": ("Duplicates", "Duplicated by"),
    }  # fmt: skip
    found = []
    for row in rows:
        out = row.source_id == record.pk
        other = row.target if out else row.source
        if request.actor.may("record.view", other.workspace_id, other.product_id):
            found.append(
                {"label": words[row.type][0 if out else 1], "item": _strip(other), "uuid": row.uuid}
            )
    return found


@policy("*.edit", scope="record", methods=("GET", "POST"))
def record_edit(request: PlmRequest) -> HttpResponse:
    record, kind = request.record, kind_of(request.record)
    form = kind.form(
        request.POST if request.method == "POST" else None,
        actor=request.actor, product=request.product, record=record, model=kind.model,
    )  # fmt: skip
    if request.method == "POST" and form.is_valid():
        try:
            kind.update(
                actor=request.actor, record=record, version=form.cleaned_data["version"], values=form.values(),
                tags=form.tag_names(), custom=form.custom_values(),
            )  # fmt: skip
        except Stale:
            return _conflict(request, kind, form)
        except PlmError as error:
            _show(form, error)
        else:
            messages.success(request, f"{record.reference} is saved.")
            return HttpResponseRedirect(record.get_absolute_url())
    context = {
        "form": form, "kind": kind, "record": record, "title": f"Edit {record.reference}",
        "cancel_url": record.get_absolute_url(),
    }  # fmt: skip
    return render(request, kind.form_template, context, status=422 if form.errors else 200)


def _conflict(request: PlmRequest, kind: Kind, form: RecordForm) -> HttpResponse:
    """Both versions side by side; saving again from here is a decision, made against the newer version."""
    theirs = kind.model.objects.with_people().get(pk=request.record.pk)
    names = [n for n in (*form.common, *form.own_fields) if n in form.cleaned_data]
    rows = [
        {
            "name": n, "label": form.fields[n].label or n, "yours": plain(form.cleaned_data[n]) or "",
            "theirs": plain(getattr(theirs, n)) or "", "changed": form.cleaned_data[n] != getattr(theirs, n),
        }
        for n in names
    ]  # fmt: skip
    again = kind.form(
        {**request.POST.dict(), "version": str(theirs.version)},
        actor=request.actor, product=request.product, record=theirs, model=kind.model,
    )  # fmt: skip
    context = {
        "record": theirs, "kind": kind, "rows": rows, "form": again,
        "save_url": reverse("plm:record_edit", args=[request.workspace.slug, theirs.reference]),
    }  # fmt: skip
    return render(request, "plm/record_conflict.html", context, status=409)


@policy("*.move", scope="record", methods=("POST",))
def record_state(request: PlmRequest) -> HttpResponse:
    move = kind_of(request.record).move or record_move
    moved = move(
        request.record, actor=request.actor, state=request.POST.get("state", ""),
        reason=request.POST.get("reason", "")[:2000],
    )  # fmt: skip
    messages.success(request, f"{moved.reference} is now {moved.state_label.lower()}.")
    return HttpResponseRedirect(moved.get_absolute_url())


@policy("*.archive", scope="record", methods=("POST",))
def record_put_away(request: PlmRequest) -> HttpResponse:
    record_archive(
        request.record, actor=request.actor, reason=request.POST.get("reason", "")[:2000]
    )
    messages.success(
        request, f"{request.record.reference} is archived. You can restore it from its page."
    )
    return HttpResponseRedirect(list_url(kind_of(request.record), request))


@policy("*.archive", scope="record", methods=("POST",))
def record_bring_back(request: PlmRequest) -> HttpResponse:
    record_restore(request.record, actor=request.actor)
    messages.success(request, f"{request.record.reference} is back.")
    return HttpResponseRedirect(request.record.get_absolute_url())


@policy("*.view", scope="record")
def record_history(request: PlmRequest) -> HttpResponse:
    events = Event.objects.of_record(request.record.pk)
    ordering = ordering_for(events, "-sequence", {"sequence": "sequence"})
    page = paginate(events, ordering=ordering, cursor=request.GET.get("cursor", ""), size=100)
    context = {
        "record": request.record,
        "kind": kind_of(request.record),
        "history": history_lines(page.rows),
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else None,
    }
    return render(request, "plm/record_history.html", context)
