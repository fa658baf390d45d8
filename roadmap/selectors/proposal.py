"""What the page and the API say about a proposed plan: its items beside the roadmap, its limits, what is left out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from backlog.models import BacklogItem
from plm.models import Job, Product, Reference, Team
from plm.permissions import Actor
from plm.scoring.capacity import Rule, broken
from roadmap.models import Objective, PlanProposal, Release
from roadmap.selectors.capacity import Inputs, plan_inputs

NEXT = {
    "score": ("It has no score yet.", "Judge it", "/assess"),
    "effort": ("Nobody estimated its effort.", "Give an estimate", "/edit"),
    "team": ("No team is to do it.", "Choose a team", "/edit"),
    "capacity": ("Its team has no capacity in these releases.", "Enter it above", ""),
    "size": ("It is larger than what its team has in any one release.", "Split it", ""),
    "needs": ("It needs something that cannot be in the plan.", "Look at it", ""),
}


@dataclass(frozen=True, slots=True)
class Move:
    """One item beside the roadmap: `how` is in, moved, stays or out; `release` None is out of its release."""

    item: BacklogItem
    how: str
    release: Release | None
    before: Release | None
    effort: float
    value: float


@dataclass(frozen=True, slots=True)
class Load:
    """One team in one release. `price` is what one unit more would add to the value."""

    team: str
    release: str
    load: float
    limit: float
    full: bool
    price: float | None
    proved: bool

    @property
    def percent(self) -> float:
        return 100 * self.load / self.limit if self.limit else 0.0


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that cannot be in, why, and the next step. `other` is what it needs, None where the reader may not see it."""

    item: BacklogItem
    why: str
    text: str
    step: str
    url: str
    other: Reference | None = None


@dataclass(frozen=True)
class Proposal:
    """A plan as it was proposed. `fresh` is whether what it follows from still stands; only then it stands beside the
    roadmap: `hand_value`, what the roadmap `breaks`, and `moves`, can be applied."""

    number: int
    row: PlanProposal | None
    state: str
    fresh: bool
    inputs: Inputs | None
    moves: list[Move] = field(default_factory=list)
    loads: list[Load] = field(default_factory=list)
    targets: list[dict[str, Any]] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    ring: list[BacklogItem] = field(default_factory=list)
    breaks: list[str] = field(default_factory=list)
    hand_value: float = 0.0

    @property
    def value(self) -> float:
        return float(self.row.result.get("value", 0)) if self.row else 0.0

    @property
    def bound(self) -> float:
        return float(self.row.result.get("bound", 0)) if self.row else 0.0

    @property
    def stopped(self) -> bool:
        return bool(self.row and self.row.result.get("stopped"))

    @property
    def gap(self) -> float:
        return self.value - self.hand_value

    @property
    def gap_share(self) -> float | None:
        return self.gap / self.hand_value if self.hand_value > 0 else None

    @property
    def left(self) -> float:
        """What a better plan could bring more, at most."""
        return self.bound - self.value

    @property
    def binding(self) -> list[Load]:
        rows = [load for load in self.loads if load.price]
        return sorted(rows, key=lambda load: -(load.price or 0))

    @property
    def changing(self) -> list[Move]:
        return [move for move in self.moves if move.how != "stays"]

    @property
    def hand_mark(self) -> str:
        return self.inputs.hand_mark if self.inputs else ""


def proposal_page(actor: Actor, product: Product) -> Proposal:
    """All of it, in a fixed number of statements."""
    row = PlanProposal.objects.filter(product=product).first()
    inputs = plan_inputs(product)
    job = Job.objects.filter(product=product, kind="roadmap.plan").order_by("-pk").first()
    state = job.state if job and job.state != "done" else ""
    number = row.number if row else 0
    fresh = bool(row and row.result and inputs and inputs.problem and inputs.mark == row.mark)
    result = row.result if row else {}
    rows = result.get("items", [])
    concerned = {r["item"] for r in rows} | set(inputs.hand if inputs else ())
    concerned |= {u.key for u in inputs.unfit} | set(inputs.ring) if inputs else set()
    seen: Any = BacklogItem.objects.visible_to(actor, "item.view").filter(pk__in=concerned)
    items = {i.pk: i for i in seen.select_related("product__workspace", "team")}
    releases = {
        r.pk: r for r in Release.objects.filter(product=product).select_related("product__workspace")
        if r.pk in {one["release"] for one in rows} | ({r.pk for r in inputs.releases} if inputs else set())
    }  # fmt: skip
    hand_value, breaks = 0.0, []
    if inputs and inputs.problem:
        hand_value = inputs.problem.worth(inputs.hand)
        breaks = [rule_words(rule, inputs, items) for rule in broken(inputs.problem, inputs.hand)]
    return Proposal(
        number=number, row=row, state=state, fresh=fresh, inputs=inputs,
        moves=_moves(rows, inputs, items, releases, fresh=fresh),
        loads=_loads(result, releases), targets=_targets(product, result),
        left_out=_left_out(actor, inputs, items) if inputs else [],
        ring=[items[k] for k in inputs.ring if k in items] if inputs else [],
        breaks=breaks, hand_value=hand_value,
    )  # fmt: skip


def _moves(
    rows: list[dict[str, Any]],
    inputs: Inputs | None,
    items: dict[int, BacklogItem],
    releases: dict[int, Release],
    *,
    fresh: bool,
) -> list[Move]:
    hand = {k: inputs.releases[p] for k, p in inputs.hand.items()} if inputs and fresh else {}
    found = []
    for row in rows:
        if row["item"] not in items:
            continue
        to, before = releases.get(row["release"]), hand.get(row["item"])
        how = "in" if before is None else "stays" if before == to else "moved"
        found.append(Move(items[row["item"]], how, to, before, row["effort"], row["value"]))
    chosen = {row["item"] for row in rows}
    works = {w.key: w for w in inputs.problem.works} if inputs and inputs.problem else {}
    for key, before in hand.items():
        if key not in chosen and key in items:
            work = works[key]
            found.append(
                Move(items[key], "out", None, before, sum(work.efforts.values()), work.value)
            )
    order = {pk: n for n, pk in enumerate(releases)}
    place = {r.pk: n for n, r in enumerate(inputs.releases)} if inputs else order
    return sorted(found, key=lambda m: (place.get(m.release.pk, 98) if m.release else 99, -m.value))


def _loads(result: dict[str, Any], releases: dict[int, Release]) -> list[Load]:
    rows = result.get("loads", [])
    teams = dict(Team.objects.filter(pk__in={r["team"] for r in rows}).values_list("pk", "name"))
    return [
        Load(teams.get(r["team"], "A team"), releases[r["release"]].title, r["load"], r["limit"], r["full"], r["price"], r["proved"])
        for r in rows if r["release"] in releases
    ]  # fmt: skip


def _targets(product: Product, result: dict[str, Any]) -> list[dict[str, Any]]:
    rows = result.get("targets", [])
    goals = Objective.objects.filter(product=product, pk__in={r["goal"] for r in rows})
    titles = {goal.pk: goal.title for goal in goals}
    return [{**r, "title": titles.get(r["goal"], "A goal")} for r in rows if r["price"] > 0]


def _left_out(actor: Actor, inputs: Inputs, items: dict[int, BacklogItem]) -> list[LeftOut]:
    others = {u.other for u in inputs.unfit if u.other}
    seen: Any = Reference.objects.visible_to(actor).filter(pk__in=others)
    known = {r.pk: r for r in seen.select_related("product__workspace")}
    found = []
    for one in inputs.unfit:
        if one.key not in items:
            continue
        item, (text, step, below) = items[one.key], NEXT[one.why]
        found.append(
            LeftOut(item, one.why, text, step, f"{item.get_absolute_url()}{below}", known.get(one.other or 0))
        )  # fmt: skip
    return found


def rule_words(rule: Rule, inputs: Inputs, items: dict[int, BacklogItem]) -> str:
    """A rule that the roadmap breaks, in a sentence."""

    def name(key: Any) -> str:
        return items[key].reference if key in items else "an item"

    if rule.kind == "capacity":
        return f"{inputs.teams[str(rule.subject)].name} has more than it can do in {inputs.releases[rule.period or 0].title}."
    if rule.kind in {"least", "most"}:
        end = "less" if rule.kind == "least" else "more"
        return f"{inputs.goals[str(rule.subject)].title} has {end} than its share of the work."
    if rule.kind == "needs":
        return f"{name(rule.subject)} needs {name(rule.other)}, which is not there by then."
    return f"{name(rule.subject)} is in a release but cannot be done: see what cannot be in."


def rules_told(rules: Iterable[Rule], product: Product) -> list[str]:
    """Rules as sentences, for whoever has just broken them."""
    inputs = plan_inputs(product)
    if inputs is None:
        return []
    keys = [key for r in rules for key in (r.subject, r.other) if isinstance(key, int)]
    items = {i.pk: i for i in BacklogItem.objects.filter(pk__in=keys).select_related("product")}
    return [rule_words(rule, inputs, items) for rule in rules]
