"""The register of kinds: what pages, API, importer and search need to know of each kind of record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from django.db.models import BigIntegerField, CharField, QuerySet

from plm.composed import KeyRead, Read
from plm.errors import NotVisible
from plm.models import Product, Reference, StageRecord
from plm.numerals import whole_number
from plm.permissions import ANONYMOUS, Actor
from plm.querysets import Slot
from plm.stages import Stage

if TYPE_CHECKING:
    from plm.filters import RecordFilter
    from plm.forms import RecordForm


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the list page. `order` names the ordering it sorts by, if it can; `money` is in the workspace's
    currency."""

    name: str
    label: str
    order: str = ""
    numeric: bool = False
    money: bool = False


@dataclass(frozen=True, slots=True)
class Money:
    """An amount with the letters of its currency, for lists and properties."""

    amount: Any
    currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of record. `name` is spelled as in events and actions (`idea`), `path` as in URLs (`ideas`).

    `create(actor=, product=, values=, tags=, custom=, reason=)` and
    `update(actor=, record=, version=, values=, tags=, custom=, reason=)` are the services that write it.
    `move(record, actor=, state=, reason=)` moves it to another state where the kind has rules of its own for that.
    `tells_outside(record)` says that people outside the house are told of such a move, with its reason, unless the
    person who moves it says `quiet=True` to that service.
    `orders` maps an ordering's public name to a column of the model; only these can be asked for.
    `detail` adds to the context of the record's page. `comments_apart(record)` gives the keys of comments that its page
    shows at a place of their own.
    """

    name: str
    label: str
    plural: str
    path: str
    icon: str
    stage: Stage
    model: type[StageRecord]
    form: type[RecordForm]
    filters: type[RecordFilter]
    create: Callable[..., Any]
    update: Callable[..., Any]
    move: Callable[..., Any] | None = None
    tells_outside: Callable[[Any], bool] | None = None
    columns: tuple[Column, ...]
    orders: Mapping[str, str]
    default_order: str = "-updated"
    list_template: str = "plm/record_list.html"
    row_template: str = "plm/_record_row.html"
    detail_template: str = "plm/record_detail.html"
    form_template: str = "plm/record_form.html"
    detail: Callable[[Actor, Any], Mapping[str, Any]] | None = None
    properties: Callable[[Any], list[tuple[str, Any, str]]] | None = None
    comments_apart: Callable[[Any], Any] | None = None
    related: tuple[str, ...] = ()
    empty_text: str = ""
    serializer: Any = None
    tabs: tuple[tuple[str, str], ...] = field(default=())
    past_path: str = ""
    """Where below the product the whole list stands as of a day."""


_kinds: dict[str, Kind] = {}


def register(kind: Kind) -> Kind:
    _kinds[kind.name] = kind
    return kind


def all_kinds() -> list[Kind]:
    return list(_kinds.values())


def kind_named(name: str) -> Kind:
    """Raises NotVisible for a name nobody registered."""
    try:
        return _kinds[name]
    except KeyError:
        raise NotVisible from None


def kind_of(record: StageRecord | Reference) -> Kind:
    return kind_named(record.kind)


def tells_outside(record: StageRecord) -> bool:
    """Whether people outside the house are told when this record moves."""
    asked = kind_of(record).tells_outside
    return asked is not None and asked(record)


def record_by_reference(actor: Actor, workspace_id: int, reference: str) -> Any:
    """The record `ATL-128` of a workspace, of its own kind, with people and product. Raises NotVisible."""
    key, _, text = reference.upper().partition("-")
    number = whole_number(text)
    if number is None:
        raise NotVisible
    row = _registered.first(actor, workspace=workspace_id, key=key, number=number)
    if row is None:
        raise NotVisible
    pk, kind = row
    return _whole(kind).first(ANONYMOUS, pk=pk)


@KeyRead
def _registered(actor: Actor, _: None) -> QuerySet[Reference, tuple[int, str]]:
    rows = Reference.objects.visible_to(actor).filter(
        workspace_id=Slot("workspace", BigIntegerField()),
        product__key=Slot("key", CharField()),
        number=Slot("number", BigIntegerField()),
    )
    return rows.values_list("pk", "kind")


@lru_cache(maxsize=64)
def _whole(name: str) -> Read[Any]:
    """The record of a kind by its key, which `_registered` has found visible."""
    kind = kind_named(name)

    def record(_: Actor, __: None) -> QuerySet[Any]:
        rows = kind.model.objects.with_people().filter(pk=Slot("pk", BigIntegerField()))
        found: QuerySet[Any] = rows.select_related("product__workspace", *kind.related)
        return found

    return KeyRead(record)


def product_of(actor: Actor, workspace_id: int, key: str) -> Product:
    """A product by its key, if the actor may see it. Raises NotVisible."""
    product = _product.first(actor, workspace=workspace_id, key=key.upper())
    if product is None:
        raise NotVisible
    return product


@KeyRead
def _product(actor: Actor, _: None) -> QuerySet[Product]:
    rows = Product.objects.visible_to(actor).select_related("workspace").order_by()
    return rows.filter(
        workspace_id=Slot("workspace", BigIntegerField()), key=Slot("key", CharField())
    )


DEFAULT_ORDERS = {
    "updated": "updated_at",
    "created": "created_at",
    "title": "title",
    "number": "number",
}


def default_columns(*own: Column) -> tuple[Column, ...]:
    """The title, the kind's own columns, then state, owner and age."""
    return (
        Column("title", "Title", "title"),
        *own,
        Column("state", "State"),
        Column("owner", "Owner"),
        Column("updated_at", "Changed", "updated"),
    )
