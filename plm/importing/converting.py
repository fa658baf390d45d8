"""A row of a file as the API would have been sent it."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time
from typing import Any

import orjson
from django.utils import timezone
from django.utils.dateparse import parse_datetime

from plm.importing.mapping import SKIP
from plm.importing.proposing import exact_choice
from plm.importing.targets import ATTRIBUTE, Target, Targets
from plm.models import Component, Product, Team, User
from plm.selectors import components_of, members_of
from plm.tabular import Row, cell_text, parsed_date

SPLIT = re.compile(r"[;,\n]")


class Unfit(Exception):
    """A cell that cannot become a value: what is wrong, and what would be right."""

    def __init__(self, problem: str, hint: str = "") -> None:
        super().__init__(problem)
        self.problem, self.hint = problem, hint


def problem_of(column: str, value: Any, problem: str, hint: str = "") -> dict[str, str]:
    return {"column": column, "value": cell_text(value)[:200], "problem": problem, "hint": hint}


@dataclass
class Converted:
    """What a row says: data for the serializer, links to be made, and what is wrong with its cells."""

    data: dict[str, Any] = field(default_factory=dict)
    created_at: datetime | None = None
    reference: str = ""
    links: dict[str, list[str]] = field(default_factory=dict)
    problems: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Book:
    """People and teams of a workspace, and components of the product, by every name a file may use, read once per chunk of rows."""

    workspace_id: int
    people: dict[str, User | None] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    make_team: Callable[[str], Team] | None = None
    components: dict[str, Component] = field(default_factory=dict)

    @classmethod
    def of(cls, product: Product, make_team: Callable[[str], Team] | None) -> Book:
        workspace_id = product.workspace_id
        book = cls(workspace_id, make_team=make_team)
        for component in components_of(product):
            book.components[component.name.casefold()] = component
            book.components[str(component.uuid)] = component
        for user in members_of(workspace_id):
            for name in {user.email.casefold(), str(user).casefold(), str(user.uuid)}:
                # Two people of one name: the name alone says neither.
                book.people[name] = None if name in book.people else user
        book.read_teams()
        return book

    def read_teams(self) -> None:
        """Anew, as they stand in the database now."""
        self.teams = {}
        for team in Team.objects.filter(workspace_id=self.workspace_id):
            self.teams[team.name.casefold()] = self.teams[str(team.uuid)] = team

    def person(self, text: str) -> str:
        found = self.people.get(text.strip().casefold())
        if found is None:
            twice = text.strip().casefold() in self.people
            raise Unfit(
                f"{text!r} names two people."
                if twice
                else f"{text!r} is no member of this workspace.",
                "Give the e-mail address of a member.",
            )
        return str(found.uuid)

    def team(self, text: str) -> str:
        name = " ".join(text.split())
        found = self.teams.get(name.casefold())
        if found is None and self.make_team is not None:
            found = self.teams[name.casefold()] = self.make_team(name)
        if found is None:
            raise Unfit(
                f"There is no team {name!r}.", "Make it first, or let the import make teams."
            )
        return str(found.uuid)

    def component(self, text: str) -> str:
        found = self.components.get(" ".join(text.split()).casefold())
        if found is None:
            known = ", ".join(dict.fromkeys(c.name for c in self.components.values()))
            hint = f"Use one of: {known}." if known else "Add it in the settings first."
            raise Unfit(f"There is no component {text[:80]!r}.", hint)
        return str(found.uuid)


@dataclass(frozen=True)
class Converter:
    """Applies a mapping to rows."""

    targets: Targets
    mapping: Mapping[str, Any]
    options: Mapping[str, Any]
    book: Book

    def row(self, row: Row) -> Converted:
        made = Converted()
        if row.problem:
            made.problems.append(problem_of("", "", row.problem))
            return made
        for name, value in self.mapping["constants"].items():
            self._cell(made, "", self.targets[name], {}, value)
        for column, entry in self.mapping["columns"].items():
            target = self.targets[entry["field"]]
            self._cell(made, column, target, entry.get("values", {}), row.values.get(column))
        return made

    def _cell(
        self, made: Converted, column: str, target: Target, values: Mapping[str, str], cell: Any
    ) -> None:
        text = cell_text(cell).strip()
        if text == "" or cell == []:
            if self.options["blanks"] == "clear" and target.holds not in _NEVER_CLEARED:
                _put(made.data, target.name, target.clears)
            return
        translated = values.get(cell_text(cell)[:200], values.get(text[:200]))
        if translated == SKIP:
            return
        try:
            self._value(made, target, cell if translated is None else translated)
        except Unfit as unfit:
            made.problems.append(
                problem_of(column or target.label, cell, unfit.problem, unfit.hint)
            )

    def _value(self, made: Converted, target: Target, cell: Any) -> None:
        text = cell_text(cell).strip()
        if target.holds == "key":
            made.reference = text.upper()
        elif target.holds == "created":
            made.created_at = self._past(text)
        elif target.holds in {"relation", "record"}:
            made.links.setdefault(target.name, []).extend(_parts(cell))
        elif target.holds == "tags":
            made.data["tags"] = [*made.data.get("tags", []), *_parts(cell)]
        else:
            _put(made.data, target.name, self._plain(target, cell, text))

    def _plain(self, target: Target, cell: Any, text: str) -> Any:
        readers: dict[str, Callable[[], Any]] = {
            "choice": lambda: _choice(target, text),
            "person": lambda: self.book.person(text),
            "people": lambda: [self.book.person(part) for part in _parts(cell)],
            "team": lambda: self.book.team(text),
            "component": lambda: self.book.component(text),
            "date": lambda: self._day(text).isoformat(),
            "moment": lambda: self._moment(text).isoformat(),
            "list": lambda: _parts(cell),
            "text": lambda: _text(cell),
            "attribute": lambda: cell if isinstance(cell, bool | int | float) else _text(cell),
        }
        reader = readers.get(target.holds)
        return cell if reader is None else reader()

    def _day(self, text: str) -> Any:
        head = text.partition("T")[0] if re.match(r"\d{4}-\d\d-\d\dT", text) else text
        order = str(self.options["dates"])
        try:
            return parsed_date(head, order if order in {"day", "month"} else "")
        except ValueError as error:
            raise Unfit(str(error)) from None

    def _moment(self, text: str) -> datetime:
        try:
            found = parse_datetime(text)
        except ValueError:
            raise Unfit(
                f"There is no moment {text[:40]!r}.", "Write it as 2026-04-03T12:00Z."
            ) from None
        if found is None:
            found = datetime.combine(self._day(text), time(), tzinfo=UTC)
        return found if found.tzinfo else found.replace(tzinfo=UTC)

    def _past(self, text: str) -> datetime:
        found = self._moment(text)
        if found > timezone.now():
            raise Unfit(f"{text!r} is in the future.", "A record was created in the past.")
        return found


_NEVER_CLEARED = {"key", "created", "relation", "record", "choice"}


def _put(data: dict[str, Any], name: str, value: Any) -> None:
    if name.startswith(ATTRIBUTE):
        data.setdefault("attributes", {})[name.removeprefix(ATTRIBUTE)] = value
    elif name.startswith("custom."):
        data.setdefault("custom", {})[name.removeprefix("custom.")] = value
    else:
        data[name] = value


def _parts(cell: Any) -> list[str]:
    """Several values of one cell: a list, or a text cut at commas, semicolons and line ends."""
    if isinstance(cell, str) and cell.startswith("["):
        cell = _json_list(cell)
    if isinstance(cell, list | tuple):
        return [cell_text(part).strip() for part in cell if cell_text(part).strip()]
    return [part.strip() for part in SPLIT.split(cell_text(cell)) if part.strip()]


def _json_list(text: str) -> Any:
    try:
        found = orjson.loads(text)
    except orjson.JSONDecodeError:
        return text
    return found if isinstance(found, list) else text


def _text(cell: Any) -> str:
    return (
        "\n".join(f"- {cell_text(part)}" for part in cell)
        if isinstance(cell, list)
        else cell_text(cell)
    )


def _choice(target: Target, text: str) -> str:
    found = exact_choice(target, text)
    if not found:
        known = ", ".join(label for _, label in target.choices)
        raise Unfit(
            f"There is no {target.label.lower()} {text[:80]!r}.",
            f"Translate it to one of: {known}.",
        )
    return found
