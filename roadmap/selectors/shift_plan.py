"""What moving what follows would do, before it is done: new days, days that would be passed, teams that would have too much."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from plm.errors import Invalid
from plm.models import Product
from plm.permissions import Actor
from plm.scoring.capacity import THOUSANDTHS, loads
from roadmap.dependencies import Shift, shift
from roadmap.grains import when_said
from roadmap.models import Milestone, Placement, Release, Shown
from roadmap.models.placement import LAST_DAY
from roadmap.selectors.capacity import Inputs, plan_inputs
from roadmap.selectors.dependencies import Tied, Ties, day_text, ties_of

MOST_MOVES = 2000
MOST_PASSED = 3
Days = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Passed:
    """A day that an item would end after and does not now. `kind` is release, milestone or promise, `name` the record or
    the audience that was told, `url` its page, empty where there is none to open."""

    kind: str
    name: str
    on: date
    url: str = ""

    @property
    def text(self) -> str:
        if self.kind == "promise":
            return f"what {self.name} heard, {day_text(self.on)}"
        return f"{self.name}, {day_text(self.on)}"


@dataclass(frozen=True, slots=True)
class Step:
    """One item that would move."""

    tied: Tied
    after: Days
    passed: Sequence[Passed]

    @property
    def before(self) -> Days:
        return self.tied.task.start, self.tied.task.end

    @property
    def days(self) -> int:
        return (self.after[0] - self.before[0]).days

    @property
    def was(self) -> str:
        return when_said(self.tied.task.grain, *self.before)

    @property
    def becomes(self) -> str:
        return when_said(self.tied.task.grain, *self.after)


@dataclass(frozen=True, slots=True)
class Overload:
    """A team that would have more than it can do in a release, where what passes its release goes to the next one."""

    team: str
    release: Release
    load: float
    limit: float
    unit: str


@dataclass(frozen=True, slots=True)
class ShiftPlan:
    """Everything a shift would do. `stays` names what should follow and may not be moved, being of another product."""

    behind: list[Tied]
    steps: list[Step]
    overloads: list[Overload]
    stays: list[Tied]

    def passed(self, kind: str) -> int:
        """How many days of a kind would be passed."""
        return sum(one.kind == kind for step in self.steps for one in step.passed)

    @property
    def moves(self) -> dict[str, tuple[Days, Days]]:
        """Days before and after by reference, as the service compares them with what stands when it writes."""
        return {step.tied.reference: (step.before, step.after) for step in self.steps}


def shift_behind(ties: Ties, behind: Collection[int]) -> Shift:
    """What would follow these items. Raises Invalid where one would leave the calendar, or too many move."""
    beyond = "What follows would be moved past the year 9000. Shorten something first."
    try:
        found = shift(ties.tasks, ties.graph, set(behind))
    except OverflowError:
        raise Invalid(beyond) from None
    if any(end > LAST_DAY for _, end in found.moves.values()):
        raise Invalid(beyond)
    if len(found.moves) > MOST_MOVES:
        raise Invalid(f"More than {MOST_MOVES:,} items would move. Move a part of them first.")
    return found


def shift_plan(actor: Actor, product: Product, behind: Collection[int]) -> ShiftPlan:
    """What would follow the items with these keys, in a fixed number of statements. Raises Invalid as the move itself."""
    ties = ties_of(actor, product)
    found = shift_behind(ties, behind)
    moves = found.moves
    ends = {pk: (ties.items[pk].task.end, end) for pk, (_, end) in moves.items()}
    passed = _passed(actor, product, ends)
    steps = [Step(ties.items[pk], after, passed.get(pk, ())) for pk, after in moves.items()]
    return ShiftPlan(
        behind=[ties.items[pk] for pk in behind if pk in ties.items],
        steps=sorted(steps, key=lambda step: (step.after, step.tied.pk)),
        overloads=_overloads(product, ends) if ends else [],
        stays=[ties.items[key] for key in dict.fromkeys(key for _, key in found.stuck)],
    )


def differences(
    seen: Mapping[str, tuple[Days, Days]], now: Mapping[str, tuple[Days, Days]]
) -> list[str]:
    """What is not as it was shown, a sentence an item; empty where all is."""
    found = []
    for name in dict.fromkeys([*seen, *now]):
        if name not in now:
            found.append(f"{name} would not move any more.")
        elif name not in seen:
            found.append(f"{name} would move as well, to begin on {day_text(now[name][1][0])}.")
        elif seen[name][0] != now[name][0]:
            found.append(f"{name} was moved meanwhile: it begins on {day_text(now[name][0][0])}.")
        elif seen[name][1] != now[name][1]:
            found.append(f"{name} would begin on {day_text(now[name][1][0])} now.")
    return found


def _passed(actor: Actor, product: Product, ends: Mapping[int, Days]) -> dict[int, list[Passed]]:
    """By item the days between its end before and after: of its release, of milestones, and those that audiences were told."""
    if not ends:
        return {}
    found: dict[int, list[Passed]] = defaultdict(list)
    for pk, one in (*_due(actor, product, ends), *_told(actor, product, ends)):
        if ends[pk][0] <= one.on < ends[pk][1]:
            found[pk].append(one)
    marks = _milestones(actor, product, ends)
    for pk, (old, new) in ends.items():
        found[pk] += [one for one in marks if old <= one.on < new][:MOST_PASSED]
    return found


def _due(actor: Actor, product: Product, items: Collection[int]) -> Iterator[tuple[int, Passed]]:
    """The day of the open release in which each item stands."""
    releases = Release.objects.visible_to(actor, "release.view").open().filter(product=product)
    known = {row.pk: row for row in releases.select_related("product__workspace")}
    places = Placement.objects.filter(item__in=items, release__in=known)
    for pk, release in places.values_list("item_id", "release_id"):
        row = known[release]
        if row.release_on is not None:
            yield pk, Passed("release", row.title, row.release_on, row.get_absolute_url())


def _told(actor: Actor, product: Product, items: Collection[int]) -> Iterator[tuple[int, Passed]]:
    """The end of each item as each audience was told last, by links that are open."""
    rows = Shown.objects.visible_to(actor, "share.view").filter(
        product=product, item__in=items, share__revoked_at=None
    )
    names = ("share_id", "item_id", "share__name", "ends_on", "gone")
    last = {(row[0], row[1]): row for row in rows.order_by("pk").values_list(*names)}
    for _, item, name, on, gone in last.values():
        if on is not None and not gone:
            yield item, Passed("promise", name, on)


def _milestones(actor: Actor, product: Product, ends: Mapping[int, Days]) -> list[Passed]:
    """Planned milestones from the first end that would move to the last day one would move to."""
    first, last = min(old for old, _ in ends.values()), max(new for _, new in ends.values())
    rows = Milestone.objects.visible_to(actor, "milestone.view").live().filter(
        product=product, state="planned", on__gte=first, on__lt=last
    )  # fmt: skip
    return [
        Passed("milestone", row.title, row.on, row.get_absolute_url())
        for row in rows.select_related("product__workspace").order_by("on", "pk")[:200]
    ]


def _overloads(product: Product, ends: Mapping[int, Days]) -> list[Overload]:
    """Teams with more than they can do, where each item that would end after its release goes out with the next after it."""
    inputs = plan_inputs(product)
    if inputs is None or inputs.problem is None:
        return []
    after = dict(inputs.hand)
    for pk, place in inputs.hand.items():
        due = inputs.releases[place].release_on
        if pk in ends and due is not None and ends[pk][0] <= due < ends[pk][1]:
            after[pk] = _next_release(inputs.releases, ends[pk][1], place)
    return _too_much(inputs, {pk: place for pk, place in after.items() if place >= 0})


def _next_release(releases: Sequence[Release], end: date, place: int) -> int:
    """The first release on or after a day; -1 where none of these is."""
    dated = [
        (row.release_on, number)
        for number, row in enumerate(releases)
        if row.release_on is not None and row.release_on >= end and number != place
    ]
    return min(dated)[1] if dated else -1


def _too_much(inputs: Inputs, after: Mapping[int, int]) -> list[Overload]:
    problem = inputs.problem
    if problem is None:
        return []
    before, then = loads(problem, inputs.hand), loads(problem, after)
    return [
        Overload(
            inputs.teams[team].name, inputs.releases[period], load / THOUSANDTHS,
            inputs.capacities[team][period], inputs.unit,
        )
        for team, row in then.items()
        for period, load in enumerate(row)
        if load > problem.room(team, period) and load > before[team][period]
    ]  # fmt: skip
