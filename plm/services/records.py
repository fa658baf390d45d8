"""Writes that every kind of record shares. Stage services call these and add their own rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any, TypeVar

from django.core.exceptions import ValidationError
from django.db import connection
from django.db.models import ForeignKey
from django.utils import timezone

from plm.errors import Conflict, Invalid, InvalidMove, NotVisible, Stale
from plm.events import emit, service
from plm.models import Product, Reference, StageRecord, Tag, Tagging
from plm.permissions import Actor
from plm.querysets import Statement, insert, row_values
from plm.services.fields import custom_clean
from plm.services.guard import require
from plm.services.mentions import record_mentions, told_data

T = TypeVar("T", bound=StageRecord)

MAX_TAGS = 30


def numbers_take(product_id: int, count: int = 1) -> int:
    """Reserve `count` numbers of the product's series; the first of them. Holds the series until the commit."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE plm_counter SET last = last + %s WHERE product_id = %s RETURNING last",
            [count, product_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise NotVisible
    return int(row[0]) - count + 1


@service
def record_create(  # noqa: PLR0913 - as below
    model: type[T],
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    tags: Iterable[str] = (),
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
    action: str = "",
    whole: bool = True,
    data: Mapping[str, Any] | None = None,
) -> T:
    """Make a record of `model` in `product` and emit `<kind>.created`, with `data`.

    `values` are model fields; `state` defaults to the workflow's first. `whole` asks for every required custom field;
    a calling service without it has asked for those of its own. Raises Invalid with one message per field.
    """
    require(actor, action or f"{model.kind}.create", product)
    if product.archived_at is not None:
        raise Conflict(f"{product.name} is archived. Restore it before adding to it.")
    now = timezone.now()
    record = model(
        workspace_id=product.workspace_id,
        product=product,
        created_by_id=actor.user_id,
        created_at=values.get("created_at") or now,
        updated_at=now,
        state=values.get("state") or model.workflow.initial,
    )
    for name, value in values.items():
        if name not in {"state", "created_at"}:
            setattr(record, name, value)
    record.custom = custom_clean(product.pk, model.kind, custom or {}, whole=whole)
    _validate(record)
    _enter(record)
    names = tags_set(record, tags) if tags else []
    made = {name: (None, getattr(record, name)) for name in values if name != "created_at"}
    if names:
        made["tags"] = (None, names)
    told = record_mentions(actor, record, made)
    emit(
        f"{model.kind}.created",
        actor=actor,
        record=record,
        changes=made,
        reason=reason,
        **told_data(told),
        **(data or {}),
    )
    return record


ABOUT = ("its_kind", "title", "searched", "state")
REGISTER = """
    INSERT INTO plm_reference (workspace_id, product_id, number, kind, title, text, state, archived)
    VALUES (%s, %s, %s, %s, %s, %s, %s, false) RETURNING id"""
# One statement, so that the series is not held while we and the database talk in between. Triggers of the record find its
# row in the register: they see what the statement around them has written so far.
ENTER_POSTGRESQL = """
    WITH taken AS (
        UPDATE plm_counter SET last = last + 1 WHERE product_id = %s RETURNING last
    ), registered AS (
        INSERT INTO plm_reference (workspace_id, product_id, number, kind, title, text, state, archived)
        SELECT %s, %s, last, %s, %s, %s, %s, false FROM taken RETURNING id, number
    )
    INSERT INTO "{table}" (id, number, {columns}) SELECT id, number, {marks} FROM registered RETURNING id, number"""


@lru_cache(maxsize=1)
def _register_statement() -> Statement:
    return Statement.written(REGISTER, "workspace_id", "product_id", "number", *ABOUT)


@lru_cache(maxsize=64)
def _enter_statement(model: type[StageRecord]) -> Statement:
    fields = [f for f in model._meta.concrete_fields if f.column not in {"id", "number"}]
    sql = ENTER_POSTGRESQL.format(
        table=model._meta.db_table,
        columns=", ".join(f'"{field.column}"' for field in fields),
        marks=", ".join(["%s"] * len(fields)),
    )
    begin = ("product_id", "workspace_id", "product_id", *ABOUT)
    return Statement.written(sql, *begin, *[field.attname for field in fields])


def _enter(record: StageRecord) -> None:
    """Store a new record with its number and its row in the register. Raises NotVisible where the product has no series."""
    about = {"its_kind": record.kind, "searched": record.description[:4000]}
    if connection.vendor == "postgresql":
        rows = _enter_statement(type(record)).rows(row_values(record) | about)
        if not rows:
            raise NotVisible
        record.reference_row_id, record.number = rows[0]
        record._state.adding = False  # noqa: SLF001 - as Django does it
        return
    record.number = numbers_take(record.product_id)
    own = ("workspace_id", "product_id", "number", "title", "state")
    registered = _register_statement().rows({name: getattr(record, name) for name in own} | about)
    record.reference_row_id = registered[0][0]
    insert(record)


def record_locked(record: T, *, version: int | None) -> T:
    """The record as it stands now, locked until the commit. Raises Stale if `version` is not the one that stands."""
    model = type(record)
    current: T = (
        model.objects.select_for_update(of=("self",))
        .select_related("product__workspace", "owner", "team")
        .get(pk=record.pk)
    )
    if version is not None and current.version != version:
        raise Stale(
            f"You edited version {version}; version {current.version} stands now.",
            current=current.version,
        )
    return current


@service
def record_update(  # noqa: PLR0913 - every stage service passes its own arguments through
    record: T,
    *,
    actor: Actor,
    version: int | None,
    values: Mapping[str, Any],
    tags: Iterable[str] | None = None,
    custom: Mapping[str, Any] | None = None,
    reason: str = "",
    action: str = "",
    verb: str = "updated",
    rows: Mapping[str, tuple[Any, Any]] | None = None,
    data: Mapping[str, Any] | None = None,
) -> T:
    """Change fields of a record and emit `<kind>.updated` with what changed; nothing is written if nothing did.

    `version` is the one the actor read; None only where the service itself has just read it. A `state` among the
    values must be a lawful move. `rows` is what the calling service changed in rows that belong to the record, as
    name: (old, new), and `data` what it wants to have in the event besides. Raises Stale, Invalid, InvalidMove.
    """
    require(actor, action or f"{record.kind}.edit", record.product)
    current = record_locked(record, version=version)
    changes = _assign(current, values)
    if custom is not None:
        cleaned = {**current.custom, **custom_clean(record.product_id, record.kind, custom)}
        if cleaned != current.custom:
            changes["custom"] = (current.custom, cleaned)
            current.custom = cleaned
    if tags is not None:
        old_names = _tag_names(current)
        names = tags_set(current, tags)
        if names != old_names:
            changes["tags"] = (old_names, names)
    fields = [name for name in changes if name != "tags"]
    changes |= rows or {}
    if not changes:
        return current
    _validate(current)
    _store(current, fields)
    told = record_mentions(actor, current, changes)
    emit(
        f"{record.kind}.{verb}", actor=actor, record=current, changes=changes, reason=reason,
        **told_data(told), **(data or {}),
    )  # fmt: skip
    return current


def _assign(record: StageRecord, values: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Put values on the record; what changed, as field: (old, new)."""
    changes: dict[str, tuple[Any, Any]] = {}
    for name, value in values.items():
        old = getattr(record, name)
        if old == value:
            continue
        if name == "state":
            _check_move(record, str(value))
        changes[name] = (old, value)
        setattr(record, name, value)
    return changes


@service
def record_move(
    record: T,
    *,
    actor: Actor,
    state: str,
    version: int | None = None,
    reason: str = "",
    data: Mapping[str, Any] | None = None,
) -> T:
    """Move a record to another state of its workflow and emit `<kind>.moved`, with `data`. Raises InvalidMove."""
    require(actor, f"{record.kind}.move", record.product)
    current = record_locked(record, version=version)
    if current.state == state:
        return current
    _check_move(current, state)
    old = current.state
    current.state = state
    _store(current, ["state"])
    emit(
        f"{record.kind}.moved",
        actor=actor,
        record=current,
        changes={"state": (old, state)},
        reason=reason,
        **(data or {}),
    )
    return current


@service
def record_archive(record: T, *, actor: Actor, version: int | None = None, reason: str = "") -> T:
    """Put a record away: it leaves lists and search, keeps its links, and can be restored."""
    return _set_archived(record, actor=actor, version=version, reason=reason, archived=True)


@service
def record_restore(record: T, *, actor: Actor, version: int | None = None, reason: str = "") -> T:
    """Bring an archived record back as it was."""
    return _set_archived(record, actor=actor, version=version, reason=reason, archived=False)


def _set_archived(
    record: T, *, actor: Actor, version: int | None, reason: str, archived: bool
) -> T:
    require(actor, f"{record.kind}.archive", record.product)
    current = record_locked(record, version=version)
    if (current.archived_at is not None) == archived:
        return current
    old, current.archived_at = current.archived_at, timezone.now() if archived else None
    _store(current, ["archived_at"])
    verb = "archived" if archived else "restored"
    emit(
        f"{record.kind}.{verb}",
        actor=actor,
        record=current,
        changes={"archived_at": (old, current.archived_at)},
        reason=reason,
    )
    return current


def tags_set(record: StageRecord, names: Iterable[str]) -> list[str]:
    """Make these the record's tags, creating words the product does not have yet; their names, sorted."""
    wanted = sorted({" ".join(name.split()).casefold() for name in names if name.strip()})
    if len(wanted) > MAX_TAGS:
        raise Invalid(fields={"tags": f"At most {MAX_TAGS} tags fit on a record."})
    if any(len(name) > 40 for name in wanted):
        raise Invalid(fields={"tags": "A tag has at most 40 characters."})
    Tag.objects.bulk_create(
        [
            Tag(workspace_id=record.workspace_id, product_id=record.product_id, name=name)
            for name in wanted
        ],
        ignore_conflicts=True,
    )
    ids = list(
        Tag.objects.filter(product_id=record.product_id, name__in=wanted).values_list(
            "pk", flat=True
        )
    )
    Tagging.objects.filter(record_id=record.pk).exclude(tag_id__in=ids).delete()
    Tagging.objects.bulk_create(
        [Tagging(workspace_id=record.workspace_id, record_id=record.pk, tag_id=pk) for pk in ids],
        ignore_conflicts=True,
    )
    return wanted


def _tag_names(record: StageRecord) -> list[str]:
    rows = Tagging.objects.filter(record_id=record.pk).order_by("tag__name")
    return list(rows.values_list("tag__name", flat=True))


def _check_move(record: StageRecord, state: str) -> None:
    workflow = record.workflow
    if not workflow.may_move(record.state, state):
        lawful = ", ".join(s.label for s in workflow.next_states(record.state)) or "nothing"
        now = workflow.state(record.state).label
        raise InvalidMove(
            f"{record.reference} is {now}. From there it can go to: {lawful}.",
            fields={"state": f"Choose one of: {lawful}."},
        )


def state_chosen(record: type[StageRecord] | StageRecord, state: str | None) -> None:
    """Raise Invalid where somebody chooses a state that another action alone leads to: services call it for people."""
    now = "" if isinstance(record, type) else record.state
    chosen = next((s for s in record.workflow.states if s.name == state and s.name != now), None)
    if chosen is not None and chosen.instead:
        said = f"“{chosen.label}” is not chosen by hand. {chosen.instead}"
        raise Invalid(said, fields={"state": said})


def _validate(record: StageRecord) -> None:
    """What one row can know: its own fields and its `clean()`. Links are checked by forms, serializers and triggers."""
    links = [f.name for f in record._meta.concrete_fields if isinstance(f, ForeignKey)]
    if record.state not in record.workflow.names():
        known = ", ".join(record.workflow.names())
        raise Invalid(fields={"state": f"There is no state {record.state!r}. States are: {known}."})
    try:
        record.clean_fields(exclude=[*links, "number", "uuid"])
        record.clean()
    except ValidationError as error:
        raise invalid_from(error) from None


def invalid_from(error: ValidationError) -> Invalid:
    """Django's validation error as ours, one sentence a field."""
    if hasattr(error, "error_dict"):
        return Invalid(
            fields={name: " ".join(messages) for name, messages in error.message_dict.items()}
        )
    return Invalid(" ".join(error.messages))


def _store(record: StageRecord, names: list[str]) -> None:
    record.version += 1
    record.updated_at = timezone.now()
    if "state" in names:
        names = [*names, *record.moved(record.updated_at)]
    record.save(update_fields=[*names, "version", "updated_at"])
    if not {"title", "description", "state", "archived_at"}.isdisjoint(names):
        Reference.objects.filter(pk=record.pk).update(
            title=record.title,
            text=record.description[:4000],
            state=record.state,
            archived=record.archived_at is not None,
        )
