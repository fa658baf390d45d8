"""One filter declaration per kind, for its page and its API."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar

import django_filters as filters
from django import forms
from django.db import connection
from django.db.models import BigIntegerField, QuerySet
from django_filters.fields import ModelChoiceField, ModelChoiceIterator

from plm.composed import Read
from plm.errors import InvalidQuery
from plm.models import Product, Reference, StageRecord, Tag, Tagging, Team
from plm.permissions import ANONYMOUS, Actor
from plm.querysets import Slot
from plm.selectors import members_of

YES_OR_NO = {"true", "false", "1", "0"}
ALWAYS_ALLOWED = {"order", "cursor", "size", "fields", "view", "workspace", "product"}


def _teams_of(workspace_id: int | Slot) -> QuerySet[Team]:
    return Team.objects.filter(workspace_id=workspace_id, archived_at=None)


@Read
def _teams(_: Actor, __: None) -> QuerySet[Team]:
    return _teams_of(Slot("workspace", BigIntegerField()))


@Read
def _members(_: Actor, __: None) -> Any:
    return members_of(Slot("workspace", BigIntegerField()))


class _Rows(ModelChoiceIterator):
    """All rows at once: Django opens a cursor on the server for them, which takes three statements."""

    field: Any

    def __iter__(self) -> Iterator[tuple[Any, Any]]:
        if self.field.empty_label is not None:
            yield "", self.field.empty_label
        if self.field.null_label is not None:
            yield self.field.null_value, self.field.null_label
        rows = self.field.rows
        yield from map(self.choice, rows() if rows is not None else self.queryset.all())


class _RowField(ModelChoiceField):
    iterator = _Rows

    def __init__(
        self, *args: Any, rows: Callable[[], list[Any]] | None = None, **kwargs: Any
    ) -> None:
        self.rows = rows
        super().__init__(*args, **kwargs)


class RowFilter(filters.ModelChoiceFilter):
    """One of some rows."""

    field_class = _RowField

    def offer(self, rows: Callable[[], list[Any]]) -> None:
        """What the page offers, by a read that is composed once; the QuerySet judges what is given."""
        self.extra["rows"] = rows


class ChoicesFilter(filters.MultipleChoiceFilter):
    """Any of some values of a column of the record itself. No row can come twice, so no DISTINCT sorts them all."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **{"distinct": False, **kwargs})


class RecordFilter(filters.FilterSet):
    """Filters that every kind has; subclasses add their own fields.

    `actor` and `product` cut the choices down to what the actor may see. A call of the API that names a product gives
    its key as `product_id`: `product` is for pages.
    """

    q = filters.CharFilter(label="Contains", method="filter_text")
    state = ChoicesFilter(label="State", choices=())
    owner = filters.CharFilter(label="Owner", method="filter_owner")
    team = RowFilter(label="Team", queryset=Team.objects.none(), to_field_name="uuid")
    tag = filters.CharFilter(label="Tag", method="filter_tag")
    archived = filters.BooleanFilter(label="Archived", method="filter_archived")
    updated_after = filters.IsoDateTimeFilter(
        label="Changed after", field_name="updated_at", lookup_expr="gt"
    )
    external_id = filters.CharFilter(label="External id", field_name="external_id")

    own_fields: ClassVar[tuple[str, ...]] = ()
    recurring: ClassVar[frozenset[str]] = frozenset({"q", "state", "tag", "archived"})
    """Names by which the API composes a list once for all calls (`plm/api/compiled.py`): texts, for which a slot may stand
    here, and filters with few values."""
    texts: ClassVar[Mapping[str, Callable[[str], str]]] = {"q": str, "tag": str.casefold}
    """What the statement asks for where a text is given."""

    def __init__(
        self,
        data: Any,
        queryset: QuerySet[Any],
        *,
        actor: Actor,
        workspace_id: int,
        product: Product | None = None,
        product_id: int | None = None,
        slots: Mapping[str, Slot] | None = None,
    ) -> None:
        self.actor, self.product, self.workspace_id = actor, product, workspace_id
        self.slots = slots or {}
        self.product_id = product.pk if product is not None else product_id
        super().__init__(data, queryset=queryset)
        model: type[StageRecord] = queryset.model
        self.filters["state"].extra["choices"] = model.workflow.choices
        self.filters["team"].queryset = _teams_of(workspace_id)
        self.filters["team"].offer(lambda: _teams(ANONYMOUS, workspace=workspace_id))

    @property
    def people(self) -> Any:
        return _members(ANONYMOUS, workspace=self.workspace_id)

    def asked(self, name: str, value: str) -> str | Slot:
        """What a text is looked for as: every filter by one of `texts` asks here."""
        return self.slots.get(name) or self.texts[name](value)

    def filter_text(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        """Titles that hold these words as they stand. PostgreSQL looks in the register, which has an index for it: one
        over the records themselves would be written anew with every score."""
        asked = self.asked(name, value)
        if connection.vendor != "postgresql":
            return queryset.filter(title__icontains=asked)
        found = self._mine(Reference.objects.filter(title__icontains=asked))
        return queryset.filter(pk__in=found.values("pk"))

    def _mine(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Rows of the product, or where the list has none of the workspace."""
        if self.product_id is not None:
            return rows.filter(product_id=self.product_id)
        return rows.filter(workspace_id=self.workspace_id)

    def filter_owner(self, queryset: QuerySet[Any], _: str, value: str) -> QuerySet[Any]:
        """`me`, `none`, or a person's id."""
        if value == "me":
            return queryset.filter(owner_id=self.actor.user_id)
        if value == "none":
            return queryset.filter(owner=None)
        try:
            field = forms.UUIDField()
            return queryset.filter(owner__uuid=field.clean(value))
        except forms.ValidationError:
            raise InvalidQuery(
                "Give me, none, or a person's id.", fields={"owner": "Unknown person."}
            ) from None

    def filter_tag(self, queryset: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        tags = self._mine(Tag.objects.filter(name=self.asked(name, value)))
        tagged = Tagging.objects.filter(tag__in=tags)
        return queryset.filter(pk__in=tagged.values("record_id"))

    def filter_archived(self, queryset: QuerySet[Any], _: str, value: bool | None) -> QuerySet[Any]:  # noqa: FBT001 - django-filter's signature
        return queryset.filter(archived_at__isnull=not value)

    @classmethod
    def allowed(cls) -> set[str]:
        """Names a query string of this list may hold."""
        declared: dict[str, Any] = cls.base_filters  # type: ignore[attr-defined]
        return set(declared) | ALWAYS_ALLOWED

    def checked(self) -> QuerySet[Any]:
        """The filtered rows; archived ones only when asked for. Raises InvalidQuery with one message per field."""
        self.form.is_valid()
        messages = {name: " ".join(errors) for name, errors in self.form.errors.items()}
        messages |= misread(self, by_client=self.product is None)
        if messages:
            raise InvalidQuery("Some filters have values that do not fit.", fields=messages)
        rows: QuerySet[Any] = self.filter_queryset(self.queryset)
        if self.form.cleaned_data.get("archived") is None:
            rows = rows.filter(archived_at=None)
        return rows


def misread(given: filters.FilterSet, *, by_client: bool) -> dict[str, str]:
    """Values that would be taken for none at all: no yes or no, and from a client nothing where something is due."""
    found = {}
    for name in sorted(set(given.filters) & set(given.data)):
        one, text = given.filters[name], str(given.data.get(name))
        if isinstance(one, filters.BooleanFilter):
            if text and text.lower() not in YES_OR_NO:
                found[name] = "Give true or false."
        elif type(one) is filters.CharFilter:
            continue
        if not text and by_client:  # Forms on pages send their empty fields along.
            found[name] = "Give a value, or leave the name out."
    return found


def refuse_unknown(given: Any, allowed: set[str]) -> None:
    """Raise InvalidQuery if a query string names something this list does not know."""
    unknown = sorted(set(given) - allowed)
    if unknown:
        raise InvalidQuery(
            f"Unknown: {', '.join(unknown)}. Allowed are: {', '.join(sorted(allowed))}.",
            fields=dict.fromkeys(unknown, "Not a filter of this list."),
        )
