"""What every page gets: where we are, what is near, who is here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse

from plm.composed import Read
from plm.counting import Capped, Figures
from plm.models import Mention, Product, Workspace
from plm.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    icon: str
    current: bool = False
    count: Capped | None = None
    go: str = ""


@dataclass(frozen=True, slots=True)
class NavGroup:
    label: str
    items: list[NavItem]


@dataclass(frozen=True, slots=True)
class NavEntry:
    """A page that a room adds to the navigation. `path` is below the product; `go` is its key after G."""

    group: str
    label: str
    icon: str
    path: str
    order: int = 50
    go: str = ""
    action: str = "record.view"
    rows: Callable[[Actor, Product], QuerySet[Any]] | None = None
    """What the figure beside it counts. Every page asks, so all figures are one statement that stops counting."""


_entries: list[NavEntry] = []


def add_nav(entry: NavEntry) -> None:
    _entries.append(entry)


_settings: list[tuple[str, str]] = []


def add_settings(label: str, url_name: str) -> None:
    """A page that a room adds to the settings of a product; its address takes workspace and product."""
    _settings.append((label, url_name))


def settings_tabs(request: HttpRequest) -> list[dict[str, Any]]:
    """The tabs of the settings, those of a product only where one is open."""
    workspace: Workspace = request.workspace  # type: ignore[attr-defined]
    product: Product | None = getattr(request, "product", None)
    here = [workspace.slug]
    rows = [
        ("Members", "plm:members"),
        ("Teams", "plm:teams"),
        ("API tokens", "plm:tokens"),
        ("Jobs", "plm:jobs"),
    ]
    if request.actor.may("product_group.view", workspace.pk):  # type: ignore[attr-defined]
        rows.insert(0, ("Product tree", "plm:product_tree"))
    found = [(label, reverse(name, args=here)) for label, name in rows]
    if product is not None:
        own = [
            ("Product", "plm:product_settings"),
            ("Components", "plm:components"),
            ("Fields", "plm:fields"),
            *_settings,
        ]
        found = [(label, reverse(name, args=[*here, product.key])) for label, name in own] + found
    return [{"label": label, "url": url, "current": request.path == url} for label, url in found]


def shell(request: HttpRequest) -> dict[str, Any]:
    """Context of the shell. Touches the database only on pages of a workspace."""
    workspace: Workspace | None = getattr(request, "workspace", None)
    product: Product | None = getattr(request, "product", None)
    context: dict[str, Any] = {
        "workspace": workspace,
        "product": product,
        "nav": [],
        "products": [],
    }
    user = getattr(request, "user", None)
    context["me"] = user if user is not None and user.is_authenticated else None
    if workspace is None or context["me"] is None:
        return context
    actor: Actor = request.actor  # type: ignore[attr-defined]
    context["products"] = _products(actor, workspace)
    context["unread"], *counts = _figures(actor, product or workspace)
    if product is not None:
        entries = _entries_for(actor, product)
        figures = dict(zip([e.path for e in entries if e.rows], counts, strict=True))
        context["nav"] = product_nav(
            request, workspace, product, entries, figures, context["unread"]
        )
    return context


@Read
def _products(actor: Actor, workspace: Workspace) -> QuerySet[Product]:
    rows = Product.objects.visible_to(actor).select_related("workspace")
    return rows.filter(workspace=workspace, archived_at=None)


def _counted(actor: Actor, subject: Product | Workspace) -> list[QuerySet[Any]]:
    """What I have not read, and what the entries of the navigation count."""
    product = subject if isinstance(subject, Product) else None
    workspace = subject.pk if product is None else product.workspace_id
    unread = Mention.objects.visible_to(actor).standing()
    counted: list[QuerySet[Any]] = [
        unread.filter(workspace_id=workspace, user_id=actor.person_key, read_at=None)
    ]
    if product is not None:
        counted += [e.rows(actor, product) for e in _entries_for(actor, product) if e.rows]
    return counted


_figures = Figures(_counted, most=999)


def _entries_for(actor: Actor, product: Product) -> list[NavEntry]:
    role = actor.role_in(product.workspace_id, product.pk)
    return sorted((e for e in _entries if may(role, e.action)), key=lambda e: e.order)


def product_nav(
    request: HttpRequest,
    workspace: Workspace,
    product: Product,
    entries: list[NavEntry],
    figures: Mapping[str, Capped],
    unread: Capped,
) -> list[NavGroup]:
    """The navigation of a product: its home, the stages in order, and what the rooms added."""
    home = product.get_absolute_url()

    below = request.path.removeprefix(home) if request.path.startswith(home) else ""
    # Of a page and a page below it, the nearer one is where we are.
    nearest = max((e.path for e in entries if below.startswith(e.path)), key=len, default="")

    def item(entry: NavEntry) -> NavItem:
        url, count = home + entry.path, figures.get(entry.path)
        return NavItem(entry.label, url, entry.icon, entry.path == nearest, count or None, entry.go)

    top = [
        NavItem("Overview", home, "layout-dashboard", request.path == home, go="o"),
        NavItem(
            "Inbox",
            reverse("plm:inbox", args=[workspace.slug]),
            "inbox",
            count=unread or None,
            go="n",
        ),
    ]
    groups = [NavGroup("", top)]
    for label in ("Lifecycle", "Plan"):
        items = [item(entry) for entry in entries if entry.group == label]
        if items:
            groups.append(NavGroup(label, items))
    groups.append(
        NavGroup(
            "Workspace",
            [
                NavItem(
                    "Import", home + "import/", "upload", request.path.startswith(home + "import/")
                ),
                NavItem(
                    "Settings", reverse("plm:product_settings", args=[workspace.slug, product.key]), "settings",
                    "/settings/" in request.path,
                ),
            ],
        )
    )  # fmt: skip
    return groups
