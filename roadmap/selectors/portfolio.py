"""The roadmaps of all products of a workspace on one timeline, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.utils import timezone

from plm.models import Product, Workspace
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.models import Placement, Release
from roadmap.selectors.chart import (
    BAR_COLUMNS,
    LANE_HUES,
    Asked,
    LaneView,
    Timeline,
    laid_out,
    plain_lanes,
    rows_by_lane,
)
from roadmap.selectors.marks import KnownMark

LANES = (("product", "Product"), ("team", "Team"))
MOST_RELEASES = 400
LATE = ~Q(item__state="done")


@dataclass(frozen=True, slots=True)
class RollUp:
    """What the placed items of a product come to; `late` ones are open after their planned end, `risky` ones are said to
    be at risk or off track. `next_release` goes out next, if one is planned."""

    product: Product
    placed: int = 0
    done: int = 0
    late: int = 0
    risky: int = 0
    next_release: Release | None = None

    @property
    def percent(self) -> int | None:
        return round(100 * self.done / self.placed) if self.placed else None


def products_seen(actor: Actor, workspace: Workspace) -> list[Product]:
    """The products of a workspace that the actor may see and that are not archived, by name."""
    rows = Product.objects.visible_to(actor).filter(workspace=workspace, archived_at=None)
    return list(rows.select_related("workspace").order_by("name", "pk"))


def roll_ups(actor: Actor, products: Iterable[Product]) -> list[RollUp]:
    """One for each product, with two statements for all of them."""
    known = list(products)
    today = timezone.localdate()
    counts = (
        _placed(actor, known)
        .order_by()
        .values("product_id")
        .annotate(
            placed=Count("pk"),
            done=Count("pk", filter=Q(item__state="done")),
            late=Count("pk", filter=LATE & Q(ends_on__lt=today)),
            risky=Count("pk", filter=LATE & Q(health__in=("at_risk", "off_track"))),
        )
    )
    by_product = {row.pop("product_id"): row for row in counts}
    coming: dict[int, Release] = {}
    releases = Release.objects.visible_to(actor).open().filter(product__in=known)
    for release in releases.filter(release_on__gte=today).order_by("release_on", "number")[
        :MOST_RELEASES
    ]:
        coming.setdefault(release.product_id, release)
    found = []
    for product in known:
        release = coming.get(product.pk)
        if release is not None:
            release.product = product
        found.append(RollUp(product, **by_product.get(product.pk, {}), next_release=release))
    return found


def portfolio_of(
    actor: Actor, sums: list[RollUp], shown: geometry.Window, asked: Asked
) -> Timeline:
    """The timeline of the products in `sums`, at least one, in lanes by product or team. Two statements."""
    products = [one.product for one in sums]
    rows = _placed(actor, products).dated(shown.begin, shown.last).order_by("starts_on")
    found: list[Any] = list(rows.values(*BAR_COLUMNS, "product_id", "product__key"))
    if asked.lanes_by == "team":
        lanes = plain_lanes(rows_by_lane(found, "team"), "team")
    else:
        by_product: dict[int, list[Any]] = defaultdict(list)
        for row in found:
            by_product[row["product_id"]].append(row)
        lanes = [(_lane(place, one), by_product[one.product.pk]) for place, one in enumerate(sums)]
    marks = _marks(actor, products, shown)
    return laid_out(products[0], shown, asked, lanes, marks, timezone.localdate(), undated=0)


def _placed(actor: Actor, products: Iterable[Product]) -> Any:
    rows = Placement.objects.visible_to(actor, "placement.view").live()
    return rows.filter(product__in=products).exclude(item__state="cancelled")


def _lane(place: int, one: RollUp) -> LaneView:
    note = f"{one.done} of {one.placed} done"
    if one.late:
        note += f", {one.late} late"
    return LaneView(
        key=one.product.key, name=one.product.name, hue=LANE_HUES[place % len(LANE_HUES)], note=note,
        url=f"{one.product.get_absolute_url()}roadmap/", percent=one.percent,
    )  # fmt: skip


def _marks(actor: Actor, products: list[Product], shown: geometry.Window) -> list[KnownMark]:
    keys = {product.pk: product.key for product in products}
    base = products[0].workspace.get_absolute_url()
    releases = Release.objects.visible_to(actor).live().filter(product__in=products)
    within = Q(released_on__range=(shown.begin, shown.last)) | Q(
        released_on=None, release_on__range=(shown.begin, shown.last)
    )
    rows = releases.exclude(state="cancelled").filter(within).order_by("release_on", "number")
    return [
        (row.day, f"{keys[row.product_id]} {row.title}", "indigo", f"{base}{keys[row.product_id]}-{row.number}")
        for row in rows[:MOST_RELEASES]
        if row.day
    ]  # fmt: skip
