"""The kernel's own pages: workspaces, portfolio, product home, search, inbox, jobs, health."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.db.models import QuerySet
from django.http import HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from plm.composed import Read
from plm.counting import Figures
from plm.errors import NotVisible, PlmError
from plm.kinds import all_kinds, kind_named
from plm.models import Event, Follow, Job, Mention, Product, Reference, Workspace
from plm.panels import panels_for, tile_for
from plm.permissions import Actor
from plm.runner import DUE
from plm.search import search
from plm.selectors import reference_rows
from plm.services.mentions import mentions_read
from plm.services.workspaces import product_create, product_cycle_begin, workspace_create
from plm.stages import STAGES
from plm.web.forms import ProductForm, WorkspaceForm
from plm.web.history import history_lines
from plm.web.policy import MEMBER, PUBLIC, SIGNED_IN, PlmRequest, policy


@policy(PUBLIC, scope="none")
def home(request: PlmRequest) -> HttpResponse:
    """My workspaces, or the front page for a visitor. Whoever has exactly one workspace goes straight there."""
    if request.actor.is_anonymous:
        return render(request, "plm/welcome.html", {"open_signup": settings.OPEN_SIGNUP})
    workspaces = list(Workspace.objects.visible_to(request.actor).order_by("name"))
    if len(workspaces) == 1 and "all" not in request.GET:
        return HttpResponseRedirect(workspaces[0].get_absolute_url())
    return render(request, "plm/home.html", {"workspaces": workspaces})


@policy(SIGNED_IN, scope="none", methods=("GET", "POST"))
def workspace_new(request: PlmRequest) -> HttpResponse:
    form = WorkspaceForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            workspace = workspace_create(owner=request.user, **form.cleaned_data)
        except PlmError as error:
            show_errors(form, error)
        else:
            return HttpResponseRedirect(workspace.get_absolute_url())
    return form_page(
        request, form, "New workspace", "Make the workspace", "/",
        intro="A workspace is one organisation's room: its products, people and customers.",
    )  # fmt: skip


def show_errors(form: Any, error: PlmError) -> None:
    """Put what a service refused at the fields it named; anything else is a page of its own."""
    if not error.fields:
        raise error
    for name, text in error.fields.items():
        form.add_error(name if name in form.fields else None, text)


def form_page(
    request: PlmRequest, form: Any, title: str, submit: str, cancel_url: str, *, intro: str = ""
) -> HttpResponse:
    """A small form on a page of its own."""
    context = {
        "form": form,
        "title": title,
        "submit": submit,
        "cancel_url": cancel_url,
        "intro": intro,
    }
    return render(request, "plm/form_page.html", context, status=422 if form.errors else 200)


@policy(MEMBER, scope="workspace")
def portfolio(request: PlmRequest) -> HttpResponse:
    products = Product.objects.visible_to(request.actor).select_related("workspace")
    rows = [
        {"product": p, "url": p.get_absolute_url(), "tiles": _tiles(request.actor, p)}
        for p in products.filter(workspace=request.workspace, archived_at=None)
    ]
    context = {
        "products": rows,
        "may_create": request.actor.may("product.create", request.workspace.pk),
        "create_url": reverse("plm:product_new", args=[request.workspace.slug]),
    }
    return render(request, "plm/portfolio.html", context)


@policy("product.create", scope="workspace", methods=("GET", "POST"))
def product_new(request: PlmRequest) -> HttpResponse:
    form = ProductForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            product = product_create(
                actor=request.actor, workspace=request.workspace, **form.cleaned_data
            )
        except PlmError as error:
            show_errors(form, error)
        else:
            return HttpResponseRedirect(product.get_absolute_url())
    return form_page(
        request, form, "New product", "Make the product", request.workspace.get_absolute_url(),
        intro="A product goes round the seven stages until it is retired.",
    )  # fmt: skip


def _tiles(actor: Actor, product: Product) -> list[dict[str, Any]]:
    tiles = []
    for stage in STAGES:
        tile = tile_for(stage.slug)
        count, note, warn = tile.load(actor, product) if tile else (0, "", False)
        tiles.append(
            {
                "slug": stage.slug, "label": stage.label, "icon": stage.icon, "count": count, "note": note,
                "warn": warn, "url": f"{product.get_absolute_url()}{stage.path}/",
            }
        )  # fmt: skip
    return tiles


@Read
def _last_events(actor: Actor, product: Product) -> QuerySet[Event]:
    rows = Event.objects.visible_to(actor).filter(product=product, record_id__isnull=False)
    return rows.order_by("-sequence")[:40]


def _latest(actor: Actor, product: Product) -> list[dict[str, Any]]:
    """What happened last in the product, one line per record."""
    events = _last_events(actor, product)
    records = reference_rows({event.record_id for event in events if event.record_id})
    lines: dict[int, dict[str, Any]] = {}
    for event, line in zip(events, history_lines(events), strict=True):
        if event.record_id in records:
            lines.setdefault(event.record_id, {"line": line, "record": records[event.record_id]})
    return list(lines.values())[:8]


def _first_steps(
    actor: Actor, product: Product, stages: list[dict[str, Any]]
) -> list[dict[str, str]]:
    """A record to begin with for every stage that holds none."""
    empty = {stage["slug"] for stage in stages if not stage["count"]}
    steps = []
    for kind in all_kinds():
        may = actor.may(f"{kind.name}.create", product.workspace_id, product.pk)
        if kind.stage.slug in empty and may:
            empty.remove(kind.stage.slug)
            steps.append(
                {
                    "label": f"New {kind.label.lower()}",
                    "url": f"{product.get_absolute_url()}{kind.path}/new",
                    "icon": kind.icon,
                    "hue": kind.stage.slug,
                    "text": kind.empty_text,
                }
            )
    return steps


@Figures
def _records(_: Actor, product: Product) -> list[QuerySet[Any]]:
    return [Reference.objects.filter(product=product, archived=False)]


@policy("product.view")
def product_home(request: PlmRequest) -> HttpResponse:
    stages = _tiles(request.actor, request.product)
    context = {
        "stages": stages,
        "latest": _latest(request.actor, request.product),
        "steps": _first_steps(request.actor, request.product, stages),
        "panels": panels_for("home", request.actor, request.product),
        "records": _records(request.actor, request.product)[0],
        "may_begin_cycle": request.actor.may(
            "product.edit", request.workspace.pk, request.product.pk
        ),
        "hour": timezone.localtime().hour,
    }
    return render(request, "plm/product_home.html", context)


@policy("product.edit", methods=("POST",))
def cycle_begin(request: PlmRequest) -> HttpResponse:
    product = product_cycle_begin(actor=request.actor, product=request.product)
    messages.success(request, f"Cycle {product.cycle} has begun.")
    return HttpResponseRedirect(request.product.get_absolute_url())


@policy(MEMBER, scope="workspace")
def search_page(request: PlmRequest) -> HttpResponse:
    text = request.GET.get("q", "")[:200]
    found = search(request.actor, text, workspace_id=request.workspace.pk, limit=50)
    return render(
        request, "plm/search.html", {"q": text, "results": [_result(row) for row in found]}
    )


@policy(MEMBER, scope="workspace")
def palette(request: PlmRequest) -> HttpResponse:
    """What the command box offers: records that match, then pages and things to do."""
    text = request.GET.get("q", "")[:200]
    found = search(request.actor, text, workspace_id=request.workspace.pk, limit=8)
    product = None
    if key := request.GET.get("product", ""):
        products = Product.objects.visible_to(request.actor).select_related("workspace")
        product = products.filter(workspace=request.workspace, key=key).first()
    actions = [a for a in _actions(request, product) if text.casefold() in a["label"].casefold()]
    return render(
        request,
        "plm/_palette.html",
        {"results": [_result(row) for row in found], "actions": actions[:12]},
    )


def _result(row: Reference) -> dict[str, Any]:
    kind = kind_named(row.kind)
    return {
        "reference": row.key, "title": row.title, "kind_label": kind.label, "icon": kind.icon,
        "stage": kind.stage.slug, "url": row.get_absolute_url(), "product": row.product.name,
        "state_label": dict(kind.model.workflow.choices).get(row.state, ""),
    }  # fmt: skip


def _actions(request: PlmRequest, product: Product | None) -> list[dict[str, str]]:
    actions: list[dict[str, str]] = []
    if product is not None:
        home_url = product.get_absolute_url()
        for kind in all_kinds():
            if request.actor.may(f"{kind.name}.create", request.workspace.pk, product.pk):
                actions.append(
                    {
                        "label": f"New {kind.label.lower()}",
                        "url": f"{home_url}{kind.path}/new",
                        "icon": "plus",
                    }
                )
            actions.append(
                {
                    "label": f"Go to {kind.plural.lower()}",
                    "url": f"{home_url}{kind.path}/",
                    "icon": kind.icon,
                }
            )
        actions.append({"label": "Import", "url": f"{home_url}import/", "icon": "upload"})
    slug = request.workspace.slug
    actions += [
        {
            "label": "Go to the portfolio",
            "url": reverse("plm:portfolio", args=[slug]),
            "icon": "layout-grid",
        },
        {"label": "Go to the inbox", "url": reverse("plm:inbox", args=[slug]), "icon": "inbox"},
        {"label": "Members", "url": reverse("plm:members", args=[slug]), "icon": "users"},
        {"label": "API tokens", "url": reverse("plm:tokens", args=[slug]), "icon": "key-round"},
    ]
    return actions


@policy(MEMBER, scope="workspace", methods=("GET", "POST"))
def inbox(request: PlmRequest) -> HttpResponse:
    """Where I was named, and what happened to what I follow."""
    if request.method == "POST":
        mentions_read(actor=request.actor, workspace_id=request.workspace.pk)
        return HttpResponseRedirect(request.path)
    mine = {"workspace": request.workspace, "user_id": request.actor.user_id}
    named = list(
        Mention.objects.visible_to(request.actor)
        .standing()
        .filter(**mine)
        .select_related("comment", "by", "product__workspace")
        .order_by("-created_at")[:50]
    )
    followed = Follow.objects.filter(**mine).values_list("record_id", flat=True)
    events = list(
        Event.objects.visible_to(request.actor)
        .filter(workspace=request.workspace, record_id__in=followed)
        .exclude(actor_id=request.actor.user_id)
        .order_by("-sequence")[:50]
    )
    about = {m.pk: m.comment.record_id if m.comment else m.record_id for m in named}
    rows = reference_rows(
        {pk for pk in about.values() if pk} | {e.record_id for e in events if e.record_id}
    )
    visible = set(
        Reference.objects.visible_to(request.actor)
        .filter(pk__in=list(rows))
        .values_list("pk", flat=True)
    )
    context = {
        "panels": panels_for("inbox", request.actor, request.workspace),
        "mentions": [
            {"mention": m, "record": rows[pk] if pk else None}
            for m in named
            if (pk := about[m.pk]) is None or pk in visible
        ],
        "activity": [
            {"line": line, "record": rows[event.record_id]}
            for event, line in zip(events, history_lines(events), strict=True)
            if event.record_id in visible
        ],
    }
    return render(request, "plm/inbox.html", context)


@policy("job.view", scope="workspace")
def jobs(request: PlmRequest) -> HttpResponse:
    rows = Job.objects.visible_to(request.actor, "job.view").filter(workspace=request.workspace)
    return render(request, "plm/jobs.html", {"jobs": rows.order_by("-created_at")[:100]})


@policy("job.view", scope="workspace")
def job_detail(request: PlmRequest, uuid: UUID) -> HttpResponse:
    rows = Job.objects.visible_to(request.actor, "job.view").filter(workspace=request.workspace)
    job = rows.filter(uuid=uuid).first()
    if job is None:
        raise NotVisible
    template = (
        "plm/_job_progress.html" if request.headers.get("HX-Request") else "plm/job_detail.html"
    )
    return render(request, template, {"job": job})


@policy(PUBLIC, scope="none")
def livez(request: PlmRequest) -> HttpResponse:
    """The process answers."""
    del request
    return JsonResponse({"status": "ok"})


LONGEST_WAIT = 120
"""Seconds a due job may have waited while all is well."""


@policy(PUBLIC, scope="none")
def readyz(request: PlmRequest) -> HttpResponse:
    """The database answers, its migrations are applied, and no due job has waited for two minutes."""
    del request
    checks: dict[str, Any] = {}
    try:
        pending = _pending_migrations()
        checks["database"] = "ok"
        checks["migrations"] = "ok" if not pending else f"{pending} to apply"
        waited = _oldest_due_job() if not pending else 0
        checks["oldest_due_job_seconds"] = waited
        ready = not pending and waited < LONGEST_WAIT
    except DatabaseError:
        checks["database"], ready = "unreachable", False
    return JsonResponse(
        {"status": "ok" if ready else "unready", **checks}, status=200 if ready else 503
    )


_migrated: set[str] = set()


def _pending_migrations() -> int:
    """How many migrations wait. Once none does, it is not asked again in this process."""
    if connection.alias in _migrated:
        connection.ensure_connection()
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return 0
    executor = MigrationExecutor(connection)
    pending = len(executor.migration_plan(executor.loader.graph.leaf_nodes()))
    if not pending:
        _migrated.add(connection.alias)
    return pending


def _oldest_due_job() -> int:
    oldest = (
        Job.objects.filter(DUE).order_by("run_after").values_list("run_after", flat=True).first()
    )
    return 0 if oldest is None else max(0, int((timezone.now() - oldest) / timedelta(seconds=1)))
