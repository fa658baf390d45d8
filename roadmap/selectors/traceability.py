"""From requirement to story to release to result: what is covered, what is not, what fulfils nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from django.utils.formats import date_format

from backlog.models import BacklogItem, Requirement, RequirementLink, Spec
from plm.errors import InvalidQuery
from plm.models import Product
from plm.paging import DEFAULT_SIZE, Ordering, Page, ordering_for, paginate
from plm.permissions import Actor
from plm.tabular import csv_line
from roadmap.models import Placement, Release

SHOWS = (
    ("", "All requirements"),
    ("uncovered", "Without a story"),
    ("covered", "With a story"),
    ("unmet", "Not met yet"),
)
HUES = {"Without a story": "red", "Planned": "gray", "In work": "amber", "Done": "green", "Met": "green"}  # fmt: skip
NOT_BUILT = "Not to be built"
COVERAGES = {
    "Without a story": "without_story", "Planned": "planned", "In work": "in_work", "Done": "done", "Met": "met",
    NOT_BUILT: "not_to_be_built",
}  # fmt: skip
MOST_ORPHANS, CHUNK, MOST_PRINTED = 100, 500, 1000
COLUMNS = ("specification", "requirement", "priority", "type", "state", "coverage", "stories", "releases", "result")  # fmt: skip
PRINTED = tuple(zip((name.capitalize() for name in COLUMNS), (7, 16, 4, 6, 4, 6, 11, 9, 12), strict=True))  # fmt: skip


@dataclass(frozen=True, slots=True)
class TraceRow:
    """One requirement with the stories that fulfil it, the releases they go out in, and the result hoped for."""

    requirement: Requirement
    stories: list[BacklogItem]
    releases: list[Release]

    @property
    def coverage(self) -> str:
        requirement = self.requirement
        if requirement.moscow == "wont" or requirement.state == "dropped":
            return NOT_BUILT
        if requirement.state == "met":
            return "Met"
        states = {story.state for story in self.stories if story.state != "cancelled"}
        if not states:
            return "Without a story"
        if states == {"done"}:
            return "Done"
        return "In work" if states & {"in_progress", "in_review", "done"} else "Planned"

    @property
    def coverage_name(self) -> str:
        """The coverage as programs read it."""
        return COVERAGES[self.coverage]

    @property
    def hue(self) -> str:
        return HUES.get(self.coverage, "gray")

    @property
    def result(self) -> str:
        spec = self.requirement.spec
        if spec.success_target is None:
            return spec.success_metric
        target = f"{spec.success_target.normalize():f} {spec.success_unit}".strip()
        return f"{spec.success_metric}: {target}"


def show_known(asked: str | None) -> str:
    """The filter asked for; empty for all. Raises InvalidQuery."""
    if asked is None or asked in dict(SHOWS):
        return asked or ""
    raise InvalidQuery(
        "Show one of: uncovered, covered, unmet; or leave it out for all.", fields={"show": "Unknown."}
    )  # fmt: skip


def requirements_shown(actor: Actor, product: Product, show: str) -> QuerySet[Requirement]:
    """The requirements of the standing specifications of a product that `show` asks for."""
    specs = Spec.objects.visible_to(actor, "spec.view").standing().filter(product=product)
    rows = Requirement.objects.filter(spec__in=specs).select_related("spec__product__workspace")
    links = RequirementLink.objects.filter(requirement=OuterRef("pk"), item__archived_at=None)
    covered = Exists(links.exclude(item__state="cancelled"))
    built = rows.exclude(moscow="wont").exclude(state="dropped")
    if show == "uncovered":
        return built.exclude(state="met").filter(~covered)
    if show == "covered":
        return rows.filter(covered)
    return built.exclude(state="met") if show == "unmet" else rows


def traced(requirements: Sequence[Requirement]) -> list[TraceRow]:
    """Each requirement with its stories and their releases: two statements, however many there are."""
    keys = [row.pk for row in requirements]
    links = RequirementLink.objects.filter(requirement_id__in=keys, item__archived_at=None)
    stories: dict[int, list[BacklogItem]] = defaultdict(list)
    for link in links.select_related("item__product__workspace").order_by("item__number"):
        stories[link.requirement_id].append(link.item)
    items = [item for found in stories.values() for item in found]
    near = {key for item in items for key in (item.pk, item.parent_id) if key is not None}
    places = Placement.objects.filter(item_id__in=near, release__isnull=False)
    release_of = {
        place.item_id: place.release
        for place in places.select_related("release__product__workspace")
    }
    return [
        TraceRow(row, stories[row.pk], _releases(stories[row.pk], release_of))
        for row in requirements
    ]


def _releases(stories: list[BacklogItem], release_of: dict[int, Any]) -> list[Release]:
    """A story goes out in the release it is placed in, else in that of what it stands below."""
    found = [release_of.get(s.pk) or release_of.get(s.parent_id or 0) for s in stories]
    return list({release.pk: release for release in found if release is not None}.values())


def _ordering() -> Ordering:
    return ordering_for(Requirement, "specification", {"specification": "spec_id"})


def matrix(
    actor: Actor, product: Product, *, show: str, cursor: str, size: int = DEFAULT_SIZE
) -> Page:
    """A page of the matrix, specification after specification."""
    rows = requirements_shown(actor, product, show)
    page = paginate(
        rows, ordering=_ordering(), cursor=cursor, size=size, binding=f"{product.pk}:{show}"
    )
    return Page(traced(page.rows), page.next_cursor, page.order)


def orphans(actor: Actor, product: Product, *, item_id: int | None = None) -> list[BacklogItem]:
    """Stories below something specified that fulfil no requirement, at most a hundred. One statement."""
    specs = Spec.objects.visible_to(actor, "spec.view").standing().filter(product=product)
    if item_id is not None:
        specs = specs.filter(item_id=item_id)
    rows = BacklogItem.objects.visible_to(actor, "item.view").live().exclude(state="cancelled")
    rows = rows.filter(product=product, type="story", parent_id__in=specs.values("item_id"))
    alone = rows.filter(~Exists(RequirementLink.objects.filter(item=OuterRef("pk"))))
    return list(alone.select_related("product__workspace", "parent__product")[:MOST_ORPHANS])


def trace_panel(actor: Actor, spec: Spec) -> dict[str, Any] | None:
    """The matrix of one specification: four statements."""
    found = Requirement.objects.filter(spec=spec).select_related("spec__product__workspace")
    rows = traced(list(found))
    if not rows:
        return None
    return {
        "rows": rows,
        "uncovered": sum(1 for row in rows if row.coverage == "Without a story"),
        "orphans": orphans(actor, spec.product, item_id=spec.item_id),
        "spec": spec,
        "may_edit": actor.may("spec.edit", spec.workspace_id, spec.product_id),
    }


def matrix_csv(actor: Actor, product: Product, show: str) -> Iterator[str]:
    """The whole matrix as CSV, a chunk in memory at a time."""
    yield csv_line(COLUMNS)
    cursor = ""
    while True:
        page = matrix(actor, product, show=show, cursor=cursor, size=CHUNK)
        yield "".join(csv_line(_cells(row)) for row in page.rows)
        cursor = page.next_cursor
        if not cursor:
            return


def matrix_pdf(actor: Actor, product: Product, show: str) -> bytes:
    """The matrix with the stories that fulfil nothing, to print. Raises InvalidQuery above a thousand requirements."""
    # Rarely asked for: no process carries the library that was never asked.
    from plm.pdf import PdfTable, tables_pdf  # noqa: PLC0415

    rows: list[TraceRow] = []
    cursor = ""
    while True:
        page = matrix(actor, product, show=show, cursor=cursor, size=CHUNK)
        rows += page.rows
        if len(rows) > MOST_PRINTED:
            raise InvalidQuery(
                f"A PDF holds {MOST_PRINTED} requirements. Choose a part of them (without a story, with one, not met"
                " yet), or take the CSV file, which holds all."
            )
        cursor = page.next_cursor
        if not cursor:
            break
    alone = orphans(actor, product)
    return tables_pdf(
        f"{product.name}: traceability",
        f"{dict(SHOWS)[show]}, {date_format(timezone.localdate(), 'j M Y')}. Rows: {len(rows)}.",
        [
            PdfTable(PRINTED, (_cells(row) for row in rows), empty="No requirement is like that."),
            PdfTable(
                (("Story", 1), ("Title", 5), ("State", 1), ("Below", 4)),
                ([s.reference, s.title, s.state_label, _parent(s)] for s in alone),
                heading="Stories that fulfil no requirement",
                empty="Every story below something specified fulfils a requirement.",
            ),
        ],
    )


def _parent(story: BacklogItem) -> str:
    return f"{story.parent.reference} {story.parent.title}" if story.parent else ""


def _cells(row: TraceRow) -> list[str]:
    requirement = row.requirement
    return [
        requirement.spec.reference,
        requirement.text,
        requirement.moscow,
        requirement.type,
        requirement.state,
        row.coverage,
        ", ".join(f"{story.reference} ({story.state_label})" for story in row.stories),
        ", ".join(f"{release.title} ({release.state_label})" for release in row.releases),
        row.result,
    ]
