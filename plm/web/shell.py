"""What every page gets: where we are, what is near, who is here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse

from plm.models import Mention, Product, Workspace
from plm.permissions import Actor, may


@dataclass(frozen=True, slots=True)
class NavItem:
    label: str
    url: str
    icon: str
    current: bool = False
    count: int | None = None
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
    count: Callable[[Actor, Product], int | None] | None = None


_entries: list[NavEntry] = []


def add_nav(entry: NavEntry) -> None:
    _entries.append(entry)


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
    context["products"] = list(
        Product.objects.visible_to(actor)
        .select_related("workspace")
        .filter(workspace=workspace, archived_at=None)
    )
    context["unread"] = Mention.objects.filter(user_id=actor.person_key, read_at=None).count()
    if product is not None:
        context["nav"] = product_nav(request, actor, workspace, product, context["unread"])
    return context


def product_nav(
    request: HttpRequest, actor: Actor, workspace: Workspace, product: Product, unread: int
) -> list[NavGroup]:
    """The navigation of a product: its home, the stages in order, and what the rooms added."""
    home = product.get_absolute_url()
    role = actor.role_in(workspace.pk, product.pk)

    def item(entry: NavEntry) -> NavItem:
        url = home + entry.path
        count = entry.count(actor, product) if entry.count else None
        return NavItem(entry.label, url, entry.icon, request.path.startswith(url), count, entry.go)

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
        here = sorted((e for e in _entries if e.group == label), key=lambda e: e.order)
        items = [item(e) for e in here if may(role, e.action)]
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
