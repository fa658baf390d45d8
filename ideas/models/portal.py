"""The portal of a product: how it looks and what it lets customers do, and the boards its ideas are sorted into."""

from __future__ import annotations

import uuid
from typing import ClassVar
from uuid import UUID

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ideas.models.customer import Person
from ideas.models.segment import Segment
from plm.models import CustomField, Product, Tenanted
from plm.querysets import TenantedQuerySet

COUNTS = (
    ("always", "To everybody"),
    ("voted", "To whoever has voted for the idea"),
    ("never", "To nobody"),
)
"""Whom the portal shows how many people vote for an idea."""

PRIVACIES = (
    ("public", "Everybody"),
    ("link", "Whoever has the link"),
    ("selected", "Selected people and segments"),
)

slug_validator = RegexValidator(
    r"^[a-z0-9][a-z0-9-]{0,39}$", _("Use small letters, digits and hyphens.")
)


class Portal(Tenanted):
    """How the portal of one product looks and what it lets customers do. Without a row everything is as by default.

    `accent` is a colour as `#1a2b3c` whose contrast was checked, `logo` the name of a stored image of `logo_type`.
    `vote_budget` is how many open votes a person has (null: as many as they like), `counts` who sees the number of
    votes. `allowed_origins` are the https origins that may show the portal in a frame.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    name = models.CharField(max_length=120, blank=True)
    welcome = models.TextField(max_length=2000, blank=True)
    accent = models.CharField(max_length=7, blank=True)
    logo = models.CharField(max_length=200, blank=True)
    logo_type = models.CharField(max_length=20, blank=True)
    vote_budget = models.PositiveSmallIntegerField(null=True, blank=True)
    counts = models.CharField(max_length=8, choices=COUNTS, default="always")
    allowed_origins = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(counts__in=[name for name, _ in COUNTS]), name="portal_counts_known"
            ),
            models.CheckConstraint(
                condition=Q(vote_budget=None) | Q(vote_budget__gte=1, vote_budget__lte=1000),
                name="portal_budget_bounded",
            ),
        ]

    def __str__(self) -> str:
        return self.name or f"Portal of {self.product_id}"


class BoardQuerySet(TenantedQuerySet["Board"]):
    """Reads of boards."""


class Board(Tenanted):
    """A part of a product's portal, with its own readers and its own form.

    `privacy` says who reads it: everybody, whoever came by the secret link (`token_hash` is what is kept of it), or
    selected people and those in `segment`. Members of the product read every board. `vote_budget` counts open votes
    on this board alone, instead of the portal's.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    slug = models.CharField(max_length=40, validators=[slug_validator])
    description = models.TextField(max_length=2000, blank=True)
    position = models.PositiveIntegerField(default=0)
    privacy = models.CharField(max_length=8, choices=PRIVACIES, default="public")
    token_hash = models.CharField(max_length=64, blank=True, editable=False)
    segment = models.ForeignKey(
        Segment, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    people: models.ManyToManyField[Person, BoardPerson] = models.ManyToManyField(
        Person, through="BoardPerson", related_name="+"
    )
    vote_budget = models.PositiveSmallIntegerField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = BoardQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "slug"], name="board_slug_once"),
            models.CheckConstraint(
                condition=Q(privacy__in=[name for name, _ in PRIVACIES]), name="board_privacy_known"
            ),
            models.CheckConstraint(
                condition=Q(vote_budget=None) | Q(vote_budget__gte=1, vote_budget__lte=1000),
                name="board_budget_bounded",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def people_ids(self) -> list[UUID]:
        return [person.uuid for person in self.people.all()]


class BoardPerson(Tenanted):
    """Somebody who reads a board of selected people."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="chosen")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "person"], name="board_person_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} reads {self.board_id}"


class BoardField(Tenanted):
    """A custom field of ideas that a board's form asks for."""

    board = models.ForeignKey(Board, on_delete=models.CASCADE, related_name="asks")
    field = models.ForeignKey(CustomField, on_delete=models.CASCADE, related_name="+")
    required = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["board", "field"], name="board_field_once")
        ]

    def __str__(self) -> str:
        return f"{self.board_id} asks for {self.field_id}"
