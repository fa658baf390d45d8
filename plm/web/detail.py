"""The page of one record, once for every kind: text, lineage, properties, notes, history."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from plm.errors import InvalidQuery
from plm.events import plain
from plm.kinds import Kind, kind_named, kind_of, tells_outside
from plm.lineage import Relative, trace
from plm.markdown import Links
from plm.markdown import render as markdown
from plm.models import Attachment, Comment, CustomField, Event, Relation, StageRecord
from plm.paging import ordering_for, paginate
from plm.panels import panels_for
from plm.past import moment_asked, record_at
from plm.permissions import Role
from plm.selectors import is_following, links_for, tags_of
from plm.web.forms import CommentForm
from plm.web.history import Diff, history_lines, told_values
from plm.web.policy import PlmRequest, policy

IN_STEP = 3


@policy("*.view", scope="record")
def record_detail(request: PlmRequest) -> HttpResponse:
    return record_page(request)


def record_page(request: PlmRequest, comment_form: CommentForm | None = None) -> HttpResponse:
    """The page of the request's record; `comment_form` is one that was sent and could not be taken."""
    record, kind, actor = request.record, kind_of(request.record), request.actor
    before, after = trace(actor, record.pk)
    history = Event.objects.of_record(record.pk)[:20]
    said = _said(record, kind)
    texts = [getattr(record, name) for name in record.markdown_fields]
    links = links_for(actor, record.product, [*texts, *(comment.body for comment in said)])
    context: dict[str, Any] = {
        "links": links,
        "record": record,
        "kind": kind,
        **_rights(request, record),
        "lineage": {
            "before": _steps(before),
            "after": _steps(after),
        },
        "comments": _comments(request, record, said, links),
        "comment_form": comment_form or CommentForm(),
        "attachments": _attachments(request, record),
        "relations": _relations(request, record),
        "history": history_lines(history),
        "properties": record_properties(kind, record),
        "tells_outside": tells_outside(record),
        "moves": record.workflow.next_states(record.state),
        "tags": tags_of([record.pk]).get(record.pk, []),
        "following": is_following(actor.user_id, record.pk),
        "panels": panels_for(f"record:{kind.name}", actor, record),
    }
    if kind.detail is not None:
        context |= kind.detail(actor, record)
    return render(request, kind.detail_template, context, status=422 if comment_form else 200)


def _rights(request: PlmRequest, record: StageRecord) -> dict[str, bool]:
    def may(action: str) -> bool:
        return request.actor.may(f"{record.kind}.{action}", record.workspace_id, record.product_id)

    return {f"may_{a}": may(a) for a in ("edit", "comment", "move", "archive", "attach", "follow")}


def _steps(relatives: list[Relative]) -> list[dict[str, Any]]:
    """The relatives by their distance: one column of the strip a step, at most three records shown in each."""
    found: dict[int, list[Relative]] = {}
    for relative in relatives:
        found.setdefault(relative.distance, []).append(relative)
    return [
        {
            "distance": abs(distance),
            "rows": [_strip(r.record) for r in rows[:IN_STEP]],
            "more": max(0, len(rows) - IN_STEP),
        }
        for distance, rows in sorted(found.items())
    ]


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


def _said(record: StageRecord, kind: Kind) -> list[Comment]:
    rows = Comment.objects.shown().filter(record_id=record.pk)
    if kind.comments_apart is not None:
        rows = rows.exclude(pk__in=kind.comments_apart(record))
    return list(rows)


def _comments(
    request: PlmRequest, record: StageRecord, said: list[Comment], links: Links
) -> list[dict[str, Any]]:
    is_manager = request.actor.role_in(record.workspace_id, record.product_id) >= Role.MANAGER
    return [
        {
            "author": c.author, "body_html": markdown(c.body, links), "created_at": c.created_at, "uuid": c.uuid,
            "public": c.public, "may_delete": is_manager or c.author_id == request.actor.user_id,
        }
        for c in said
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
        "informs": ("Informs", "Informed by"),
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


@policy("*.view", scope="record")
def record_history(request: PlmRequest) -> HttpResponse:
    events = Event.objects.of_record(request.record.pk)
    ordering = ordering_for(events, "-sequence", {"sequence": "sequence"})
    page = paginate(
        events,
        ordering=ordering,
        cursor=request.GET.get("cursor", ""),
        size=100,
        binding=request.path,
    )
    context = {
        "record": request.record,
        "kind": kind_of(request.record),
        "history": history_lines(page.rows),
        "next_url": f"?cursor={page.next_cursor}" if page.next_cursor else None,
    }
    return render(request, "plm/record_history.html", context)


@policy("*.view", scope="record")
def record_as_of(request: PlmRequest) -> HttpResponse:
    """What the record said at the end of a day, or at a moment; what is different now stands beside it."""
    asked = request.GET.get("at", "").strip()
    record, error, past = request.record, "", None
    moment = None
    if asked:
        try:
            moment = moment_asked(asked)
        except InvalidQuery as refused:
            error = f"{refused.message} {refused.fields.get('at', '')}".strip()
    if moment is not None:
        past = record_at(record, moment)
    told = told_values(type(record), past.values, past.now) if past else []
    context = {
        "record": record,
        "asked": asked,
        "error": error,
        "moment": moment,
        "past": past,
        "texts": [diff for diff in told if _is_long(diff)],
        "lines": [diff for diff in told if not _is_long(diff)],
    }
    return render(request, "plm/record_as_of.html", context, status=422 if error else 200)


def _is_long(diff: Diff) -> bool:
    """Whether it is a text of several lines, or rows: too much for a cell of a table."""
    return any(
        (isinstance(value, str) and (len(value) > 120 or "\n" in value))
        for value in (diff.old, diff.new)
    )
