"""What the roadmap adds to the balance of work: goals as groups with their target shares, places and releases as scopes."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F

from backlog.selectors.balance import (
    MOST,
    Chains,
    Chosen,
    Group,
    Grouping,
    Scope,
    register_grouping,
    register_scope,
)
from plm.models import Product
from plm.permissions import Actor
from plm.templatetags.dates import day
from roadmap.models import Objective, Release
from roadmap.selectors.contributions import parts_served
from roadmap.selectors.releases import placed_in

PURSUED = ("planned", "active")


def _goals(actor: Actor, product: Product, kept: Mapping[str, float]) -> list[Group]:
    """Every goal; only one that is pursued has a target."""
    del kept
    rows = Objective.objects.visible_to(actor, "objective.view").live().filter(product=product)
    home = product.get_absolute_url().removesuffix(f"{product.key}/")
    return [
        Group(
            f"{product.key}-{number}", title,
            None if share is None or state not in PURSUED else share / 100, f"{home}{product.key}-{number}", hue,
        )
        for number, title, share, state, hue in rows.order_by("number").values_list(
            "number", "title", "target_share", "state", "hue"
        )
    ]  # fmt: skip


def _of_goals(actor: Actor, product: Product, chains: Chains) -> dict[int, Mapping[str, float]]:
    served = parts_served(actor, product, chains)
    return {pk: {f"{product.key}-{n}": p for n, p in parts.items()} for pk, parts in served.items()}


def _placed(actor: Actor, product: Product, top: int) -> Chosen:
    del top
    rows = placed_in(actor).filter(product=product, bucket__in=("now", "next"))
    rows = rows.exclude(item__state="done").order_by("position", "pk")
    found = list(rows.values_list("item_id", flat=True)[:MOST])
    return Chosen(found, "Items in the columns Now and Next of the roadmap that are not done yet.")


def _next_release(actor: Actor, product: Product, top: int) -> Chosen:
    """What goes out in the open release that is due first, done or not."""
    del top
    rows = Release.objects.visible_to(actor, "release.view").open().filter(product=product)
    release = rows.order_by(F("release_on").asc(nulls_last=True), "number").first()
    if release is None:
        return Chosen([], "There is no open release. Plan one, and put items into it on the roadmap.")  # fmt: skip
    places = placed_in(actor).filter(release=release).order_by("position", "pk")
    found = list(places.values_list("item_id", flat=True)[:MOST])
    due = f", due {day(release.release_on)}" if release.release_on else ""
    return Chosen(found, f"Items of {product.key}-{release.number} {release.title}{due}, done or not.")  # fmt: skip


def register_balance() -> None:
    """Add them to the page of the room before."""
    register_scope(Scope("roadmap", "On the roadmap: now and next", _placed, order=20))
    register_scope(Scope("release", "The next release", _next_release, order=30))
    register_grouping(
        Grouping(
            "goal", "Goals", "No goal", _goals, _of_goals, order=10,
            hint="An item serves the goal that its place on the roadmap names, with all that it does not do for other goals."
            " The target is the share of the work on the page of the goal.",
        )
    )  # fmt: skip
