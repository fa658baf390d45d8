"""Reads that are composed once and then filled in.

Django composes a statement anew for every page, which for a short read takes longer than running it. What decides the
statement of a read is the roles of whoever asks; the keys of the person, the workspaces and the products are only
values in it. So marks stand in for those keys while a read is composed, once for all actors with the same roles, and
whoever asks fills theirs in. The read itself is written like any other and passes `visible_to`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache, update_wrapper
from typing import Any, Generic, NamedTuple, TypeVar

from django.core.exceptions import EmptyResultSet
from django.db import DEFAULT_DB_ALIAS, connection
from django.db.models import DateTimeField, Model, QuerySet, prefetch_related_objects
from django.db.models.query import ModelIterable, ValuesListIterable, get_related_populators
from django.utils import timezone

from plm.permissions import Actor, Grant, Role
from plm.querysets import Slot, Statement

R = TypeVar("R")
T = TypeVar("T")

FIRST_MARK = 2_305_843_009_213_000_000
"""Nearly 2 to the power of 61: no key reaches this far."""
DIGITS = str(FIRST_MARK)[:14]
MOST_KEPT = 1024


class NotComposableError(TypeError):
    """A read depends on more than the roles of whoever asks, so it cannot be composed once for all of them."""


class Moment(Slot):
    """Stands in a filter for the moment so long before the statement runs."""

    def __init__(self, back: timedelta) -> None:
        super().__init__(f"before:{back.total_seconds()}", DateTimeField())
        self.back = back

    def given(self) -> datetime:
        return timezone.now() - self.back


class Asking(NamedTuple):
    """All that decides a statement. What would be a key is its place among the keys, -1 for none."""

    roles: tuple[tuple[int, Role, tuple[tuple[int, Role], ...]], ...]
    scopes: frozenset[str] | None
    bound: int
    person: int
    token: int
    system: bool
    kind: type[Model] | None
    subject: int
    workspace: int
    today: date


class _Keys:
    """The keys in a question. Workspaces and products are told apart: both may have the key 1."""

    def __init__(self) -> None:
        self.found: list[int] = []
        self._places: dict[tuple[str, int], int] = {}

    def place(self, of: str, key: int | None) -> int:
        if key is None:
            return -1
        known = self._places.setdefault((of, key), len(self.found))
        if known == len(self.found):
            self.found.append(key)
        return known


def _asking(actor: Actor, subject: Any) -> tuple[Asking, list[int]]:
    """The question, and the keys that it leaves out. A subject is a product, a workspace or None."""
    keys = _Keys()
    workspace = getattr(subject, "workspace_id", None)
    asking = Asking(
        tuple(
            (
                keys.place("workspace", key),
                grant.role,
                tuple((keys.place("product", p), role) for p, role in grant.products.items()),
            )
            for key, grant in actor.grants.items()
        ),
        actor.scopes,
        keys.place("product", actor.bound_product),
        keys.place("person", actor.user_id),
        keys.place("token", actor.token_id),
        actor.system,
        None if subject is None else type(subject),
        -1 if subject is None else keys.place("workspace" if workspace is None else "product", subject.pk),
        keys.place("workspace", workspace),
        timezone.localdate(),
    )  # fmt: skip
    return asking, keys.found


def _mark(place: int) -> int | None:
    return None if place < 0 else FIRST_MARK + place


def _stand_ins(asking: Asking) -> tuple[Actor, Any]:
    """An actor and a subject with marks for keys."""
    actor = Actor(
        user_id=_mark(asking.person),
        token_id=_mark(asking.token),
        grants={
            FIRST_MARK + place: Grant(role, {FIRST_MARK + p: own for p, own in products})
            for place, role, products in asking.roles
        },
        scopes=asking.scopes,
        bound_product=_mark(asking.bound),
        system=asking.system,
    )
    if asking.kind is None:
        return actor, None
    known = {"id": _mark(asking.subject)}
    if asking.workspace >= 0:
        known["workspace_id"] = _mark(asking.workspace)
    # What else is asked of it would be read from the database, and that is refused.
    return actor, asking.kind.from_db(DEFAULT_DB_ALIAS, list(known), list(known.values()))


def _refuse(*_: Any) -> Any:
    raise NotComposableError("It asks the database while it is composed.")


@lru_cache(maxsize=MOST_KEPT)
def _composed(compose: Callable[[Actor, Any], T], asking: Asking) -> T:
    with connection.execute_wrapper(_refuse):
        return compose(*_stand_ins(asking))


def composed(compose: Callable[[Actor, Any], T], actor: Actor, subject: Any) -> tuple[T, list[int]]:
    """What `compose` makes for an actor and a subject with marks for keys, and the keys for `Filled.rows`."""
    asking, keys = _asking(actor, subject)
    return _composed(compose, asking), keys


@dataclass(frozen=True, slots=True)
class Filled:
    """A statement, and where in it the keys of whoever asks belong."""

    statement: Statement
    marks: tuple[tuple[str, int], ...]
    moments: tuple[Moment, ...]

    @classmethod
    def of(cls, sql: str, params: Iterable[Any], converters: Iterable[Any] = ()) -> Filled:
        """Raises NotComposableError where a key went into something that nothing can be filled into."""
        if DIGITS in sql:
            raise NotComposableError("A key stands in the text of the statement.")
        statement = Statement.laid_out(sql, _slotted(params), tuple(converters))
        marks = tuple((s.name, s.place) for s in statement.slots if isinstance(s, _Marked))
        moments = tuple(slot for slot in statement.slots if isinstance(slot, Moment))
        return cls(statement, marks, moments)

    def rows(
        self, keys: Sequence[int], values: Mapping[str, Any], *, prepared: bool = False
    ) -> list[tuple[Any, ...]]:
        filled: dict[str, Any] = {name: keys[place] for name, place in self.marks}
        for moment in self.moments:
            filled[moment.name] = moment.given()
        return self.statement.rows({**filled, **values}, prepared=prepared)


class _Marked(Slot):
    def __init__(self, place: int) -> None:
        super().__init__(f"key:{place}", None)
        self.place = place


def _slotted(params: Iterable[Any]) -> Iterator[Any]:
    """The parameters of a statement, with a slot for each mark."""
    for param in params:
        if isinstance(param, Slot):
            yield param
        elif type(param) is int and param >= FIRST_MARK:
            yield _Marked(param - FIRST_MARK)
        elif DIGITS in str(param):
            raise NotComposableError(f"A key is part of a value: {param!r}")
        else:
            yield param


class Read(Generic[R]):
    """A function from an actor and a subject to a QuerySet, whose rows it gives when it is called.

    What else the read needs stands in the QuerySet as a `Slot` and is given by name.
    """

    prepared = False
    """A plan that serves all products may be the wrong one for the largest, or for one beside it: so none is kept."""

    def __init__(self, compose: Callable[[Actor, Any], QuerySet[Any, R]]) -> None:
        update_wrapper(self, compose)
        self._compose = compose

    def _made(self, actor: Actor, subject: Any) -> _Rows | None:
        """None for a read that can have no rows."""
        rows: Any = self._compose(actor, subject)
        compiler = rows.query.get_compiler(connection=connection)
        try:
            sql, params = compiler.as_sql()
        except EmptyResultSet:
            return None
        readers = compiler.get_converters([column for column, *_ in compiler.select])
        flat = ((place, f, e) for place, (found, e) in readers.items() for f in found)
        related = rows._prefetch_related_lookups  # noqa: SLF001 - what a QuerySet itself does with its rows
        return _Rows(Filled.of(sql, params, flat), _maker(rows, compiler), related)

    def __call__(self, actor: Actor, subject: Any = None, /, **values: Any) -> list[R]:
        made, keys = composed(self._made, actor, subject)
        if made is None:
            return []
        rows = [made.record(row) for row in made.filled.rows(keys, values, prepared=self.prepared)]
        if made.related:
            prefetch_related_objects(rows, *made.related)
        return rows

    def first(self, actor: Actor, subject: Any = None, /, **values: Any) -> R | None:
        """The first row, of a read that has few."""
        rows = self(actor, subject, **values)
        return rows[0] if rows else None


class KeyRead(Read[R]):
    """A read that an index of unique keys answers, whoever asks: PostgreSQL plans it once a connection."""

    prepared = True


class _Rows(NamedTuple):
    filled: Filled
    record: Callable[[Any], Any]
    related: tuple[Any, ...]


def _maker(rows: Any, compiler: Any) -> Callable[[Any], Any]:
    """What makes of a row what the QuerySet would make of it."""
    if rows._iterable_class is ValuesListIterable:  # noqa: SLF001
        return tuple
    if rows._iterable_class is not ModelIterable:  # noqa: SLF001
        raise NotComposableError("Rows become records or values_list, nothing else.")
    if rows._known_related_objects:  # noqa: SLF001
        raise NotComposableError("A related manager hands its own record to the rows.")
    info, select = compiler.klass_info, compiler.select
    model, fields = info["model"], info["select_fields"]
    begin, end = fields[0], fields[-1] + 1
    names = [column[0].target.attname for column in select[begin:end]]
    related = get_related_populators(info, select, DEFAULT_DB_ALIAS)  # type: ignore[call-arg] # stubs of the next Django
    annotations = tuple(compiler.annotation_col_map.items())

    def made(row: Any) -> Any:
        record = model.from_db(DEFAULT_DB_ALIAS, names, row[begin:end])
        for populator in related:
            populator.populate(row, record)
        for name, place in annotations:
            setattr(record, name, row[place])
        return record

    return made
