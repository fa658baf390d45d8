"""The roadmaps of all products of a workspace on one timeline, and what they come to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import astuple, dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Count, Q
from django.utils import timezone

from backlog.models.item import ACTIVE_STATES
from plm.errors import InvalidQuery
from plm.models import Product, ProductGroup, Team, Workspace
from plm.permissions import Actor
from roadmap import timeline as geometry
from roadmap.models import Placement, Release
from roadmap.models.placement import HEALTH
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

LANES = (
    ("product", "Product"), ("line", "Product line"), ("portfolio", "Portfolio"), ("team", "Team"),
)  # fmt: skip
MOST_RELEASES = 400
OPEN = ~Q(item__state="done")


@dataclass(frozen=True, slots=True)
class Figures:
    """What placed items come to. `building` ones are being worked on; `late` ones are open after their planned end;
    `on_track`, `at_risk` and `off_track` are what is said of open ones."""

    placed: int = 0
    building: int = 0
    done: int = 0
    late: int = 0
    on_track: int = 0
    at_risk: int = 0
    off_track: int = 0

    def __add__(self, other: Figures) -> Figures:
        pairs = zip(astuple(self), astuple(other), strict=True)
        return Figures(*(mine + theirs for mine, theirs in pairs))

    @property
    def planned(self) -> int:
        return self.placed - self.building - self.done

    @property
    def risky(self) -> int:
        return self.at_risk + self.off_track

    @property
    def percent(self) -> int | None:
        return round(100 * self.done / self.placed) if self.placed else None


NOTHING = Figures()


@dataclass(frozen=True, slots=True)
class RollUp:
    """What the placed items of a product come to, as a whole and by the key of their component. `next_release` goes out
    next, if one is planned."""

    product: Product
    figures: Figures = NOTHING
    by_component: Mapping[int | None, Figures] = field(default_factory=dict)
    next_release: Release | None = None


@dataclass(frozen=True, slots=True)
class Narrowed:
    """What of a workspace is asked for: what stands in a portfolio or line, one product, the items of one team."""

    group: ProductGroup | None = None
    product: Product | None = None
    team: Team | None = None


EVERYTHING = Narrowed()
FILTERS = ("group", "product", "team")


def narrowed_by(actor: Actor, workspace: Workspace, params: Mapping[str, Any]) -> Narrowed:
    """What `group`, `product` and `team` ask for. Raises InvalidQuery for one the actor does not see."""
    found: dict[str, Any] = {}
    try:
        if (text := params.get("group")) is not None:
            groups = ProductGroup.objects.visible_to(actor).filter(workspace=workspace)
            found["group"] = groups.select_related("parent").get(uuid=UUID(text))
        if (text := params.get("team")) is not None:
            teams = Team.objects.visible_to(actor).filter(workspace=workspace)
            found["team"] = teams.get(uuid=UUID(text))
        if (text := params.get("product")) is not None:
            products = Product.objects.visible_to(actor).filter(workspace=workspace)
            found["product"] = products.get(key=text.upper())
    except (ValueError, Product.DoesNotExist, ProductGroup.DoesNotExist, Team.DoesNotExist):
        wrong = [name for name in FILTERS if name in params and name not in found]
        raise InvalidQuery(
            "One of the filters names nothing here.", fields=dict.fromkeys(wrong, "Unknown.")
        ) from None
    return Narrowed(**found)


def products_seen(
    actor: Actor, workspace: Workspace, narrowed: Narrowed = EVERYTHING
) -> list[Product]:
    """The products of a workspace that the actor may see and that are not archived, by name, with their group."""
    rows = Product.objects.visible_to(actor).filter(workspace=workspace, archived_at=None)
    if narrowed.group is not None:
        rows = rows.filter(Q(group=narrowed.group) | Q(group__parent=narrowed.group))
    if narrowed.product is not None:
        rows = rows.filter(pk=narrowed.product.pk)
    return list(rows.select_related("workspace", "group__parent").order_by("name", "pk"))


def roll_ups(
    actor: Actor, products: Iterable[Product], narrowed: Narrowed = EVERYTHING
) -> list[RollUp]:
    """One for each product, with two statements for all of them."""
    known = list(products)
    today = timezone.localdate()
    counts = (
        _placed(actor, known, narrowed)
        .order_by()
        .values("product_id", "item__component_id")
        .annotate(
            placed=Count("pk"),
            building=Count("pk", filter=Q(item__state__in=ACTIVE_STATES)),
            done=Count("pk", filter=Q(item__state="done")),
            late=Count("pk", filter=OPEN & Q(ends_on__lt=today)),
            **{name: Count("pk", filter=OPEN & Q(health=name)) for name, _ in HEALTH},
        )
    )
    parts: dict[int, dict[int | None, Figures]] = defaultdict(dict)
    for row in counts:
        product_id, component_id = row.pop("product_id"), row.pop("item__component_id")
        parts[product_id][component_id] = Figures(**row)
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
        of_product = parts[product.pk]
        found.append(RollUp(product, sum(of_product.values(), NOTHING), of_product, release))
    return found


def portfolio_of(
    actor: Actor,
    sums: list[RollUp],
    shown: geometry.Window,
    asked: Asked,
    narrowed: Narrowed = EVERYTHING,
) -> Timeline:
    """The timeline of the products in `sums`, at least one, in the lanes asked for. Two statements."""
    products = [one.product for one in sums]
    rows = _placed(actor, products, narrowed).dated(shown.begin, shown.last).order_by("starts_on")
    found: list[Any] = list(rows.values(*BAR_COLUMNS, "product_id", "product__key"))
    if asked.lanes_by == "team":
        lanes = plain_lanes(rows_by_lane(found, "team"), "team")
    else:
        lanes = []
        for place, (group, members) in enumerate(_gathered(sums, asked.lanes_by)):
            inside = {one.product.pk for one in members}
            bars = [row for row in found if row["product_id"] in inside]
            lanes.append((_lane(place, group, members), bars))
    marks = _marks(actor, products, shown)
    return laid_out(products[0], shown, asked, lanes, marks, timezone.localdate(), undated=0)


def _placed(actor: Actor, products: Iterable[Product], narrowed: Narrowed) -> Any:
    rows = Placement.objects.visible_to(actor, "placement.view").live()
    rows = rows.filter(product__in=products).exclude(item__state="cancelled")
    return rows if narrowed.team is None else rows.filter(item__team=narrowed.team)


def group_of(product: Product, level: str) -> ProductGroup | None:
    """The portfolio or the line that a product stands in, if it stands in one."""
    group = product.group
    while group is not None and group.level != level:
        group = group.parent
    return group


def _gathered(
    sums: Iterable[RollUp], lanes_by: str
) -> list[tuple[ProductGroup | None, list[RollUp]]]:
    """The products of each lane: each alone, or those of a group together; those of none come last."""
    if lanes_by == "product":
        return [(None, [one]) for one in sums]
    lanes: dict[int, tuple[ProductGroup | None, list[RollUp]]] = {}
    for one in sums:
        group = group_of(one.product, lanes_by)
        lanes.setdefault(group.pk if group else 0, (group, []))[1].append(one)
    return sorted(
        lanes.values(),
        key=lambda lane: (0, lane[0].position, lane[0].name) if lane[0] else (1, 0, ""),
    )


def _lane(place: int, group: ProductGroup | None, members: list[RollUp]) -> LaneView:
    figures = sum((one.figures for one in members), NOTHING)
    note = f"{figures.done} of {figures.placed} done"
    if figures.late:
        note += f", {figures.late} late"
    product = members[0].product
    if group is not None:
        key, name, url = (
            str(group.uuid),
            group.name,
            f"{product.workspace.get_absolute_url()}roadmap?group={group.uuid}",
        )
    elif len(members) == 1:
        key, name, url = product.key, product.name, f"{product.get_absolute_url()}roadmap/"
    else:
        key, name, url = "none", "In none", ""
    return LaneView(
        key=key, name=name, hue=LANE_HUES[place % len(LANE_HUES)], note=note, url=url, percent=figures.percent,
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
