"""The ranked list: values edited in place, places fixed by hand."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from backlog.filters.items import ItemFilter
from backlog.forms.priority import FactorsForm, RankForm
from backlog.models import Assessment, BacklogItem
from backlog.models.item import ITEM_WORKFLOW
from backlog.selectors import priority as reads
from backlog.selectors.cells import cells_of
from backlog.selectors.columns import columns_of
from backlog.selectors.standings import Drawn, drawn_of, worths_of
from backlog.services.assessments import assessment_set
from backlog.services.factor_changes import HOWS
from backlog.services.items import item_move
from backlog.services.ranks import item_rank_pin, item_rank_unpin
from backlog.services.scoring_models import scoring_models_ensure
from plm.errors import Invalid, PlmError
from plm.filters import refuse_unknown
from plm.models.record import attach
from plm.numerals import is_plain
from plm.paging import ordering_for, paginate
from plm.scoring.definition import Definition
from plm.scoring.range_text import range_read, range_written
from plm.scoring.ranges import P10_P90, PERT
from plm.web.conflicts import conflict_page
from plm.web.lists import saved_tabs
from plm.web.policy import PlmRequest, policy, record_as
from plm.web.undo import done

THOUSANDS = re.compile(r"[+-]?[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?")
VIEWS = (
    ("", "Open backlog"),
    ("unscored", "Without a score"),
    ("fixed", "Fixed by hand"),
    ("mine", "Mine"),
)
ORDERS = {"rank": "rank", "score": "score"}
# A row holds a form control for every factor; the next rows come while one scrolls.
ROWS = 25


def scoring_for(request: PlmRequest) -> reads.Scoring:
    """How the product is scored; a product that has no model yet gets its default ones."""
    found = reads.scoring_of(request.product)
    if found is None:
        scoring_models_ensure(product=request.product)
        found = reads.scoring_of(request.product)
    if found is None:
        raise RuntimeError("A product has an active scoring model once it was made sure.")
    return found


@policy("item.view")
def prioritize(request: PlmRequest) -> HttpResponse:
    """The open items by rank, or only their rows for htmx and "load more"."""
    params, product = request.GET, request.product
    refuse_unknown(params, ItemFilter.allowed() | {"columns", "menu"})
    filters = ItemFilter(
        params, _rows(request), actor=request.actor, workspace_id=request.workspace.pk, product=product
    )  # fmt: skip
    ordering = ordering_for(filters.queryset, params.get("order") or "rank", ORDERS)
    binding = urlencode(sorted((k, v) for k, vs in params.lists() for v in vs if k != "cursor"))
    page = paginate(
        filters.checked().defer("description", "custom"),
        ordering=ordering, cursor=params.get("cursor", ""), size=ROWS, binding=binding,
    )  # fmt: skip
    attach(page.rows, product)
    scoring, drawn = scoring_for(request), drawn_of(product.pk)
    shared = row_context(request, scoring)
    context = {
        **shared,
        "drawn": drawn,
        "rows": reads.rank_rows(scoring, page.rows, drawn, shared["columns"]),
        "next_url": _next(request, page.next_cursor),
    }
    if request.headers.get("HX-Request") and not request.headers.get("HX-Boosted"):
        return render(request, "backlog/_rank_rows.html", context)
    return render(
        request, "backlog/prioritize.html", context | _tools(request, filters, scoring, drawn)
    )


def _rows(request: PlmRequest) -> Any:
    rows = BacklogItem.objects.visible_to(request.actor, "item.view").filter(
        product=request.product, rank__gt=0
    )
    view = request.GET.get("view", "")
    if view == "unscored":
        return rows.filter(score=None)
    if view == "fixed":
        return rows.filter(rank_pinned__isnull=False)
    return rows.filter(owner_id=request.actor.user_id) if view == "mine" else rows


def _next(request: PlmRequest, cursor: str) -> str | None:
    if not cursor:
        return None
    params = request.GET.copy()
    params["cursor"] = cursor
    return f"?{params.urlencode()}"


def row_context(request: PlmRequest, scoring: reads.Scoring) -> dict[str, Any]:
    """What every row needs beside its item."""
    actor, product = request.actor, request.product

    def may(action: str) -> bool:
        return actor.may(f"item.{action}", product.workspace_id, product.pk)

    asked = request.GET.get("columns", "")[:1000]
    return {
        "scoring": scoring,
        "columns": columns_of(actor, product, scoring.definition, asked),
        "factors": scoring.definition.factors,
        "states": ITEM_WORKFLOW.choices,
        "may_assess": may("assess"),
        "may_rank": may("rank"),
        "may_move": may("move"),
    }


def _tools(
    request: PlmRequest, filters: ItemFilter, scoring: reads.Scoring, drawn: Drawn | None
) -> dict[str, Any]:
    params, now = request.GET, request.GET.get("view", "")
    kept, product_key = params.copy(), request.product.key
    for name in ("cursor", "menu"):
        kept.pop(name, None)
    plain = {"view", "order", "cursor", "q", "columns", "menu"}
    active = [n for n in params if n not in plain and params.get(n)]
    pending = reads.ranking_pending(request.product)
    items = BacklogItem.objects.filter(product=request.product, archived_at=None)
    return {
        "filters": filters.form,
        "people": filters.people,
        "active_filters": [
            {"label": f"{filters.filters[n].label}: {v}", "remove_url": _without(request, n, v)}
            for n in active
            if n in filters.filters
            for v in params.getlist(n)
        ],
        "view_tabs": [
            {"label": label, "url": f"?view={name}" if name else "?", "current": name == now}
            for name, label in VIEWS
        ],
        "views": saved_tabs(request, request.path, "ranking"),
        "save_view_url": reverse(
            "plm:saved_views", args=[request.workspace.slug, product_key, "prioritize"]
        ),
        "query": kept.urlencode(),
        "hows": HOWS,
        "filtered": bool(active or params.get("q") or now),
        "pending": pending,
        "worths": worths_of(request.actor, drawn) if drawn else [],
        "may_line": request.actor.may("ranking.edit", request.workspace.pk, request.product.pk),
        "unranked": pending and items.exists(),
        "without_anchor": reads.columns_without_anchor(scoring),
        "may_model": request.actor.may(
            "scoring_model.edit", request.workspace.pk, request.product.pk
        ),
    }


def _without(request: PlmRequest, name: str, value: str) -> str:
    rest = request.GET.copy()
    rest.setlist(name, [v for v in rest.getlist(name) if v != value])
    return f"?{rest.urlencode()}"


@policy("item.view")
def ranking_state(request: PlmRequest) -> HttpResponse:
    """The note that says whether ranks are being computed; it asks again until they are not."""
    context = {"pending": reads.ranking_pending(request.product), "asked": True}
    return render(request, "backlog/_ranking_state.html", context)


# --- One item --------------------------------------------------------------------------------------


def typed_values(definition: Definition, data: Any) -> dict[str, Any]:
    """The factors a form carries, as the service takes them: ranges taken apart, percent become shares."""
    found: dict[str, Any] = {}
    for factor in definition.factors:
        if factor.key not in data:
            continue
        text = str(data[factor.key]).strip()
        if spread := range_read(text):
            points = {name: spread[name] for name in ("low", "likely", "high")}
            if factor.percent:
                points = {name: float(value) / 100 for name, value in points.items()}
            found[factor.key] = {**spread, **points}
            continue
        text = text.removesuffix("%").strip()
        if THOUSANDS.fullmatch(text):
            text = text.replace(",", "")
        found[factor.key] = text
        if factor.percent and is_plain(text):
            found[factor.key] = float(text) / 100
    return found


def joined(definition: Definition, data: Any) -> Any:
    """The form with low, likely and high of each factor put together as one text, as the list has them."""
    found = data.copy()
    for factor in definition.factors:
        key = factor.key
        low, likely, high = (
            str(data.get(name, "")).strip() for name in (f"{key}.low", key, f"{key}.high")
        )
        if not low and not high:
            continue
        shape, _, meaning = str(data.get(f"{key}.form", "")).partition(" ")
        if likely or not (low and high):
            found[key] = range_written(low, likely, high, shape or PERT, meaning or P10_P90)
        else:
            found[key] = f"{low} - {high} {shape} {meaning}"
        for part in ("low", "high", "form"):
            found.pop(f"{key}.{part}", None)
    return found


@policy("item.assess", scope="record", methods=("GET", "POST"))
def item_assess(request: PlmRequest) -> HttpResponse:
    """The factors of one item: a page of its own without script, one cell of the list with it."""
    item, scoring = record_as(request, BacklogItem), scoring_for(request)
    if request.method == "GET":
        return _assess_page(request, item, scoring)
    cells = cells_of(scoring.definition, _judged(item, scoring))
    form = FactorsForm(joined(scoring.definition, request.POST), cells=cells)
    if not form.is_valid():
        raise Invalid(fields={name: str(errors[0]) for name, errors in form.errors.items()})
    mark = " ".join(f"{cell.factor.key}:{cell.kept}" for cell in cells)
    if form.clashes(cells) and request.POST.get("sure") != mark:
        return conflict_page(
            request, form, {cell.factor.key: cell.kept for cell in cells if cell.factor.key in request.POST},
            name=f"The score of {item.reference}", version=mark, keep_url=back_to(request), mark="sure",
            base={cell.factor.key: request.POST.get(f"was.{cell.factor.key}", "") for cell in cells},
        )  # fmt: skip
    try:
        done = assessment_set(
            actor=request.actor, item=item, values=typed_values(scoring.definition, form.touched()),
            model=scoring.model, reason=request.POST.get("reason", "")[:2000],
        )  # fmt: skip
    except Invalid as error:
        kept = {"typed": request.POST.dict(), "errors": error.fields}
        if request.headers.get("HX-Request"):
            return _row(request, item, scoring, status=422, kept=kept)
        return _assess_page(request, item, scoring, status=422, **kept)
    item.score = done.item.score
    if request.headers.get("HX-Request"):
        return _row(request, item, scoring, done=done if done.changed else None)
    messages.success(request, f"{item.reference} is saved.")
    return HttpResponseRedirect(back_to(request))


def _judged(item: BacklogItem, scoring: reads.Scoring) -> Assessment | None:
    return Assessment.objects.filter(scoring_model=scoring.model, item=item).first()


def _row(
    request: PlmRequest,
    item: BacklogItem,
    scoring: reads.Scoring,
    *,
    status: int = 200,
    kept: dict[str, Any] | None = None,
    **extra: Any,
) -> HttpResponse:
    shared = row_context(request, scoring)
    row = reads.rank_row(scoring, item, _judged(item, scoring), **(kept or {}))
    (row,) = reads.in_columns([row], shared["columns"])
    context = {**shared, "row": row, "saved": status == 200, **extra}
    return render(request, "backlog/_rank_row.html", context, status=status)


def _assess_page(
    request: PlmRequest,
    item: BacklogItem,
    scoring: reads.Scoring,
    *,
    status: int = 200,
    **kept: Any,
) -> HttpResponse:
    context = {
        "item": item,
        "scoring": scoring,
        "row": reads.rank_row(scoring, item, _judged(item, scoring), **kept),
        "panel": {"why": reads.explanation_of(item), "may_assess": False},
        "next": back_to(request),
    }
    return render(request, "backlog/assess.html", context, status=status)


def back_to(request: PlmRequest) -> str:
    """Where the person came from, if it is a page of ours; else the ranked list."""
    home = f"{request.product.get_absolute_url()}prioritize/"
    asked = request.POST.get("next") or request.GET.get("next") or home
    return asked if url_has_allowed_host_and_scheme(asked, allowed_hosts=None) else home


@policy("item.move", scope="record", methods=("POST",))
def item_state(request: PlmRequest) -> HttpResponse:
    """Another state, chosen in the list."""
    item, scoring = record_as(request, BacklogItem), scoring_for(request)
    moved = item_move(item, actor=request.actor, state=request.POST.get("state", ""))
    if request.headers.get("HX-Request"):
        return _row(request, moved, scoring, moved=True)
    messages.success(request, f"{moved.reference} is now {moved.state_label.lower()}.")
    return HttpResponseRedirect(back_to(request))


@policy("item.rank", scope="record", methods=("GET", "POST"))
def item_rank(request: PlmRequest) -> HttpResponse:
    """Fix the item's place in the ranked list, with a reason."""
    item = record_as(request, BacklogItem)
    form = RankForm(request.POST or None, initial={"rank": item.rank_pinned or item.rank or None})
    if request.method == "POST" and form.is_valid():
        try:
            before = item.rank_pinned
            item_rank_pin(actor=request.actor, item=item, **form.cleaned_data)
        except PlmError as error:
            if not error.fields:
                raise
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            text = f"{item.reference} stands at place {form.cleaned_data['rank']}."
            at, back = item.get_absolute_url(), {"next": back_to(request), "reason": "Undone"}
            if before is None:
                done(request, text, f"{at}/unrank", back)
            else:
                done(request, text, f"{at}/rank", {**back, "rank": str(before)})
            return HttpResponseRedirect(back_to(request))
    context = {
        "form": form, "title": f"Place of {item.reference}", "submit": "Fix the place",
        "intro": f"{item.title}: place {item.rank or '–'} by now.", "cancel_url": back_to(request),
    }  # fmt: skip
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


@policy("item.rank", scope="record", methods=("POST",))
def item_unrank(request: PlmRequest) -> HttpResponse:
    """Let the scores place the item again."""
    item = record_as(request, BacklogItem)
    item_rank_unpin(actor=request.actor, item=item, reason=request.POST.get("reason", "")[:2000])
    messages.success(request, f"The score decides the place of {item.reference} again.")
    return HttpResponseRedirect(back_to(request))
