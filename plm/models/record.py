"""What every record of every stage is."""

from __future__ import annotations

import uuid
from datetime import datetime
from functools import lru_cache
from typing import Any, ClassVar, Self

from django.conf import settings
from django.db import models
from django.urls import get_script_prefix, reverse

from plm.composed import KeyRead, Read
from plm.lifecycle import State, Workflow
from plm.markdown import render
from plm.models.product import Product
from plm.models.workspace import Team, Tenanted, Workspace
from plm.permissions import ANONYMOUS, Actor
from plm.querysets import Slot, TenantedQuerySet, among, keys_given


class ReferenceQuerySet(TenantedQuerySet["Reference"]):
    pass


class Reference(Tenanted):
    """The one register of all records: `ATL-128` names exactly one record of whatever kind.

    Every record's primary key is its row here, so that comments, files, tags, followers and links have a real
    foreign key to any record, and one index searches them all.
    """

    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField()
    kind = models.CharField(max_length=24)
    title = models.CharField(max_length=250)
    text = models.TextField(blank=True)
    state = models.CharField(max_length=24, blank=True)
    archived = models.BooleanField(default=False)

    objects = ReferenceQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "number"], name="reference_number_once")
        ]

    def __str__(self) -> str:
        return self.key

    @property
    def key(self) -> str:
        return f"{self.product.key}-{self.number}"

    def get_absolute_url(self) -> str:
        return record_url(self.product.workspace.slug, self.key)


def record_url(slug: str, reference: str) -> str:
    """Where the page of a record is. Lists print hundreds of these; the resolver is asked once for a workspace."""
    return f"{_records_below(slug, get_script_prefix())}{reference}"


@lru_cache(maxsize=256)
def _records_below(slug: str, prefix: str) -> str:
    """What stands before the reference; `prefix` is part of it, so it is part of the key."""
    del prefix
    return reverse("plm:record", args=[slug, "AA-1"]).removesuffix("AA-1")


class RecordQuerySet(TenantedQuerySet[Any]):
    """Reads that every kind of record has."""

    def live(self) -> Self:
        return self.filter(archived_at=None)

    def with_people(self) -> Self:
        """With all that a list row or a page prints of a record itself, in the same query."""
        return self.select_related("product__workspace", "owner", "team")


def attach(rows: list[Any], product: Product, *related: str) -> list[Any]:
    """Rows of one kind and product with people and what `related` names, fetched beside them and not joined.

    So a page is read from the index that has its order, whatever the planner believes of the table (joins had it sort
    a whole backlog after a first ranking), and rows share what they have in common.
    """
    for row in rows:
        row.product = product
    for path in ("owner", "team", *related) if rows else ():
        name, _, rest = path.partition("__")
        link: Any = rows[0]._meta.get_field(name)
        keys = {getattr(row, link.attname) for row in rows} - {None}
        if not keys:
            continue
        others = _by_keys(link.remote_field.model, rest)(ANONYMOUS, keys=keys_given(keys))
        found = {other.pk: other for other in others}
        for row in rows:
            if (key := getattr(row, link.attname)) is not None:
                setattr(row, name, found[key])
    return rows


@lru_cache(maxsize=64)
def _by_keys(model: type[models.Model], related: str) -> Read[Any]:
    """Rows that other rows name, also those which their model's own reads would leave out."""

    def rows(_: Actor, __: None) -> models.QuerySet[Any]:
        found = model._base_manager.filter(pk__in=among(Slot("keys", None)))  # noqa: SLF001
        return found.select_related(related) if related else found

    return KeyRead(rows)


class StageRecord(Tenanted):
    """A record of one stage. Subclasses name their kind, their workflow, and the fields that say where they came from.

    `origins` are names of foreign keys, or of reverse names of link tables with `source` columns, that lead to
    the earlier records this one came from; lineage walks them both ways. `leads_to` is the other direction, for a
    later room that feeds an earlier one: `links.field` over a link table of its own leads to what this record led to.
    """

    kind: ClassVar[str]
    workflow: ClassVar[Workflow]
    origins: ClassVar[tuple[str, ...]]
    leads_to: ClassVar[tuple[str, ...]] = ()
    markdown_fields: ClassVar[tuple[str, ...]] = ("description",)

    # Every index is written anew whenever a recomputation moves a row. Lists are read by product, so links that
    # nobody follows from the other end have none of their own.
    workspace = models.ForeignKey(
        Workspace, on_delete=models.PROTECT, related_name="+", db_index=False
    )
    reference_row = models.OneToOneField(
        Reference, on_delete=models.PROTECT, primary_key=True, related_name="+", db_column="id"
    )
    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.PROTECT, related_name="+", db_index=False)
    number = models.BigIntegerField(editable=False)
    title = models.CharField(max_length=250)
    description = models.TextField(blank=True)
    state = models.CharField(max_length=24)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    team = models.ForeignKey(
        Team, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )
    custom = models.JSONField(default=dict, blank=True)
    external_source = models.CharField(max_length=60, blank=True)
    external_id = models.CharField(max_length=200, blank=True)
    version = models.PositiveIntegerField(default=1)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+", db_index=False
    )  # fmt: skip
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True, blank=True)

    objects: Any = RecordQuerySet.as_manager()

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "external_source", "external_id"],
                condition=~models.Q(external_id=""),
                name="%(app_label)s_%(class)s_external_once",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["product", "number"], name="%(class)s_number"),
            models.Index(
                fields=["product", "-updated_at", "-reference_row"], name="%(class)s_updated"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reference} {self.title}"

    @property
    def reference(self) -> str:
        """`ATL-128`. Reads the product's key: select it when printing many."""
        return f"{self.product.key}-{self.number}"

    def get_absolute_url(self) -> str:
        return record_url(self.product.workspace.slug, self.reference)

    def moved(self, at: datetime) -> tuple[str, ...]:
        """Note that the state is another one since `at`; the names of the fields that hold it, for kinds that have any."""
        del at
        return ()

    @property
    def state_now(self) -> State:
        return self.workflow.state(self.state)

    @property
    def state_label(self) -> str:
        return self.state_now.label

    @property
    def state_hue(self) -> str:
        state = self.state_now
        return state.hue or state.group

    @property
    def description_html(self) -> str:
        """The description for somebody outside the house: what is named in it stays text."""
        return render(self.description)
