"""The dated changes of the Kubernetes features: what was planned and known on any day, and what came.

A plan is that a feature reaches a stage (alpha, beta, stable) with a release. The file says which stage a feature is
working for (`stage`) and with which release each stage comes (`alpha`, `beta`, `stable`).

When a stage counts as reached: the stage is edited at the freeze that opens a cycle, 70 days (median) before the release,
as an intention. So the edit alone is not it. It is reached on the day of the release that the feature names for it, once
the feature has declared the stage and that release is out, unless the release is later replaced by another. A fifth of
the releases named are replaced after their day; three quarters of these within 63 days, by the next freeze. So whoever
reads the file on some day believes too much of the last cycle, which `SETTLE` leaves out of what a forecast learns from.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

import orjson

from analytics.management.kubernetes.steps import STAGES, Step, load_history
from roadmap.forecasting.courses import ALIVE
from roadmap.forecasting.curves import NEVER, OPEN, REACHED
from roadmap.forecasting.reference import Case

STEP_OF = {stage: place for place, stage in enumerate(STAGES, start=1)}
READ_AS = {**STEP_OF, "ga": 3}
GIVEN_UP = {"withdrawn", "rejected", "replaced", "superseded", "removed"}
TEMPLATES = {"KEP Template", "Valid Fixture"}
PLACEHOLDER_GROUP = "sig-xyz"
SETTLE = timedelta(days=120)
"""One cycle: what is believed of its releases is not yet sure."""
GAPS = 6
"""From so many past gaps the day of a release is projected whose cycle has not begun."""
LONG_AGO = date(2018, 1, 1)


@dataclass(frozen=True, slots=True)
class Releases:
    """The releases of the file, by their minor version."""

    days: dict[int, date]
    begins: dict[int, date]

    @property
    def first(self) -> int:
        return min(self.days)

    def known(self, minor: int, on: date) -> date:
        """The day of a release as it was known on a day: its own from the begin of its cycle on, before that the last
        known one and as many mean gaps of the six cycles before."""
        known = [m for m, begins in self.begins.items() if begins <= on]
        if minor in known:
            return self.days[minor]
        last = max(known)
        past = sorted(known)[-GAPS - 1 :]
        gap = (self.days[last] - self.days[past[0]]).days / (len(past) - 1)
        return self.days[last] + timedelta(days=round(gap * (minor - last)))

    def after(self, day: date) -> date | None:
        """The first release on or after a day."""
        return min((d for d in self.days.values() if d >= day), default=None)


def minor_of(text: str | None) -> int | None:
    """27 for v1.27; None for no version, and for the placeholder v0.0."""
    head, _, tail = (text or "").partition(".")
    return int(tail) if head == "v1" and tail.isdecimal() else None


@dataclass(frozen=True, slots=True)
class Snap:
    """A feature from a day on: its fields, the stage it works for as 0 to 3, and what changed with it."""

    day: date
    values: Mapping[str, Any]
    step: int
    changed: Mapping[str, Any]


@dataclass
class Feature:
    """All that is known of a feature, in the order of time."""

    number: int
    snaps: list[Snap]

    @cached_property
    def _days(self) -> list[date]:
        return [snap.day for snap in self.snaps]

    def at(self, day: date) -> Snap | None:
        """As it was at the end of a day."""
        place = bisect_right(self._days, day)
        return self.snaps[place - 1] if place else None

    def reached(self, stage: str, on: date, releases: Releases) -> date | None:
        """Since when the stage counts as reached, as it was known on a day."""
        snap = self.at(on)
        if snap is None or snap.step < STEP_OF[stage]:
            return None
        minor = minor_of(snap.values.get(stage))
        if minor is None:
            declared = next(s.day for s in self.snaps if s.step >= STEP_OF[stage])
            found = releases.after(declared)
        else:
            found = releases.days.get(minor, LONG_AGO if minor < releases.first else None)
        return found if found and found <= on else None

    def given_up(self, on: date) -> date | None:
        """Since when it is withdrawn, rejected, replaced or removed, as it was known on a day."""
        since = None
        for snap in self.snaps:
            if snap.day > on:
                break
            lost = snap.values.get("status") in GIVEN_UP
            since = (since or snap.day) if lost else None
        return since


@dataclass(frozen=True, slots=True)
class Look:
    """A plan that was open on a day. `planned` is what was known of the release's day; `steps` how many stages the
    feature works below it; `alive` whether the feature changed in the month before."""

    feature: Feature
    stage: str
    minor: int
    on: date
    planned: date
    steps: int
    alive: bool

    @property
    def traits(self) -> tuple[str, ...]:
        words = ("declared", "the next stage", "a later stage")
        pulse = "alive" if self.alive else "silent"
        return pulse, words[min(max(self.steps, 0), 2)], self.stage


@dataclass
class History:
    """Features without the fixtures; `notes` counts what is left out or read as something else, and why."""

    features: list[Feature]
    releases: Releases
    end: date
    notes: Counter[str] = field(default_factory=Counter)

    def looks(self, on: date) -> list[Look]:
        """Every plan that was open on a day, as it was known then."""
        found = []
        for feature in self.features:
            snap = feature.at(on)
            if snap is None or feature.given_up(on):
                continue
            for stage in STAGES:
                minor = minor_of(snap.values.get(stage))
                if minor is None or minor < self.releases.first:
                    continue
                if feature.reached(stage, on, self.releases) is None:
                    found.append(self._look(feature, stage, minor, on, snap))
        return found

    def _look(self, feature: Feature, stage: str, minor: int, on: date, snap: Snap) -> Look:
        planned = self.releases.known(minor, on)
        alive = on - snap.day <= ALIVE
        return Look(feature, stage, minor, on, planned, STEP_OF[stage] - snap.step, alive)

    def made(self, since: date) -> Iterator[Look]:
        """Every plan on the day on which it was made or moved to another release that was not yet out."""
        for feature in self.features:
            for snap in feature.snaps:
                for stage in STAGES:
                    minor = minor_of(snap.changed.get(stage))
                    if minor is None or snap.day < since or minor < self.releases.first:
                        continue
                    out = self.releases.days.get(minor)
                    is_open = feature.reached(stage, snap.day, self.releases) is None
                    if is_open and (out is None or out > snap.day):
                        yield self._look(feature, stage, minor, snap.day, snap)

    def case(self, look: Look, on: date) -> Case:
        """What became of a plan, as it was known on a day, up to a cycle before."""
        until = on - SETTLE
        out = self.releases.days.get(look.minor)
        planned = out if out and out <= until else self.releases.known(look.minor, on)
        if (planned < look.on) != (look.planned < look.on):
            planned = look.planned
        reached = look.feature.reached(look.stage, on, self.releases)
        lost = look.feature.given_up(on)
        ended, how = until, OPEN
        if reached and reached <= until:
            ended, how = reached, REACHED
        elif lost and lost <= until:
            ended, how = lost, NEVER
        plan = (look.feature.number, look.stage, look.minor)
        return Case(plan, look.on, planned, look.traits, ended, how)


def read(folder: Path) -> History:
    """The history of a folder. Raises OSError, ValueError, KeyError."""
    steps = load_history(folder)
    listed = [
        orjson.loads(line)
        for line in (folder / "features.jsonl").read_bytes().splitlines()
        if line.strip()
    ]
    fixtures = {f["number"] for f in listed if "testdata" in f["path"]}
    raw = orjson.loads((folder / "releases.json").read_bytes())
    releases = Releases(
        {int(r["version"][3:]): date.fromisoformat(r["released"]) for r in raw},
        {int(r["version"][3:]): date.fromisoformat(r["cycle_begins"]) for r in raw},
    )
    history = History([], releases, max(own[-1].day for own in steps.values()))
    _note_dirt(history.notes, steps, {f["number"] for f in listed})
    for number, own in steps.items():
        if number in fixtures or any(_is_template(step) for step in own):
            history.notes["features left out: test fixtures and unfilled templates"] += 1
        else:
            history.features.append(Feature(number, _snaps(own)))
    _note_plans(history)
    return history


def _is_template(step: Step) -> bool:
    return step.changed.get("title") in TEMPLATES or step.changed.get("group") == PLACEHOLDER_GROUP


def _snaps(steps: list[Step]) -> list[Snap]:
    """One for each step. A stage nobody can read leaves the step as it was."""
    reached, found = 0, []
    for step in steps:
        reached = READ_AS.get(step.known["stage"] or "", reached)
        found.append(Snap(step.day, step.known, reached, step.changed))
    return found


def _note_dirt(notes: Counter[str], steps: Mapping[int, list[Step]], listed: set[int]) -> None:
    for own in steps.values():
        for step in own:
            if step.changed.get("latest_milestone") == "v0.0":
                notes["changes to the placeholder v0.0, not read as a plan"] += 1
            if "stage" in step.changed and step.changed["stage"] not in STAGES:
                notes["stages that are none of the three, not read as a step (ga is stable)"] += 1
    gone = len(steps.keys() - listed)
    notes["features no longer in the list, kept: their plans stay open"] = gone


def _note_plans(history: History) -> None:
    releases = history.releases
    for feature in history.features:
        for snap in feature.snaps:
            for stage in STAGES:
                if stage not in snap.changed:
                    continue
                text = snap.changed[stage]
                minor = minor_of(text)
                if minor is None:
                    history.notes["plans emptied, or naming no release"] += 1
                elif minor < releases.first:
                    history.notes["plans for releases before the file begins"] += 1
                elif minor in releases.days and releases.days[minor] <= snap.day:
                    history.notes["plans written after their release: records, not plans"] += 1
