"""Who speaks: companies and the people in them. They belong to the workspace, so every product hears of them."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from plm.models import Tenanted
from plm.querysets import TenantedQuerySet

currency_validator = RegexValidator(r"^[A-Z]{3}$", "Give the three letters of a currency: EUR.")


class CompanyQuerySet(TenantedQuerySet["Company"]):
    """Reads of companies."""

    product_field = ""

    def live(self) -> CompanyQuerySet:
        return self.filter(archived_at=None)

    def named(self, text: str) -> CompanyQuerySet:
        """What somebody may mean who types a name or an id."""
        return self.filter(_id_or_name(text))


class Company(Tenanted):
    """An organisation that uses the products. `mrr` is what it pays a month and `arr` a year, as known on `as_of`.

    Either figure follows from the other; both are kept, because a yearly contract rarely divides by twelve.
    `attributes` are the team's own names and values, and `owner` the member who looks after the company.
    `merged_into` is the company that stands for one that was known twice.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, blank=True)
    plan = models.CharField(max_length=60, blank=True)
    segment = models.CharField(max_length=60, blank=True)
    mrr = models.DecimalField(max_digits=14, decimal_places=2, null=True, blank=True)
    arr = models.DecimalField(max_digits=15, decimal_places=2, null=True, blank=True)
    currency = models.CharField(max_length=3, default="EUR", validators=[currency_validator])
    as_of = models.DateField(null=True, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged"
    )  # fmt: skip
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CompanyQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "companies"
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=~Q(external_id=""),
                name="company_external_once",
            ),
            models.CheckConstraint(
                condition=Q(mrr=None) | Q(mrr__gte=0), name="company_mrr_not_negative"
            ),
            models.CheckConstraint(
                condition=Q(arr=None) | Q(arr__gte=0), name="company_arr_not_negative"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="company_merged_into_another"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["workspace", "name", "id"], name="company_name"),
            models.Index(fields=["workspace", "mrr", "id"], name="company_mrr"),
            models.Index(fields=["workspace", "segment"], name="company_segment"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> Company:
        """The company that stands for this one: itself, or the one it was merged into."""
        return self.merged_into or self

    @property
    def label(self) -> str:
        """How the company is typed into a form."""
        return self.name


def _id_or_name(text: str) -> Q:
    try:
        return Q(uuid=uuid.UUID(text.strip()))
    except ValueError:
        return Q(name__iexact=" ".join(text.split()))


class PersonQuerySet(TenantedQuerySet["Person"]):
    """Reads of people."""

    product_field = ""

    def live(self) -> PersonQuerySet:
        return self.filter(archived_at=None)

    def named(self, text: str) -> PersonQuerySet:
        """Whom somebody may mean who types `Ana Ruiz <ana@clinic.example>`, an address, a name or an id."""
        _, _, rest = text.partition("<")
        address = rest.rstrip("> ") if rest else text if "@" in text else ""
        if address.strip():
            return self.filter(email=address.strip().casefold())
        return self.filter(_id_or_name(text))


class Person(Tenanted):
    """Somebody who uses the products. `user` is their account on the portal, if they have one here.

    A row that was merged stays, put away, and `merged_into` leads straight to the one that stands for it. Of somebody
    who was erased the row stays too, without anything that says who they were: their votes still count.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=200)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=120, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="people"
    )
    external_id = models.CharField(max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    merged_into = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.PROTECT, related_name="merged"
    )  # fmt: skip
    erasure_asked_at = models.DateTimeField(null=True, blank=True, editable=False)
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "people"
        constraints: ClassVar = [
            models.UniqueConstraint(
                "workspace", Lower("email"), condition=~Q(email=""), name="person_email_once"
            ),
            models.UniqueConstraint(
                fields=["workspace", "external_id"],
                condition=~Q(external_id=""),
                name="person_external_once",
            ),
            models.UniqueConstraint(
                fields=["workspace", "user"], condition=~Q(user=None), name="person_user_once"
            ),
            models.CheckConstraint(
                condition=~Q(merged_into=models.F("id")), name="person_merged_into_another"
            ),
        ]
        indexes: ClassVar = [models.Index(fields=["workspace", "name", "id"], name="person_name")]

    def __str__(self) -> str:
        return self.name

    @property
    def standing(self) -> Person:
        """The person who stands for this one: themselves, or the one they were merged into."""
        return self.merged_into or self

    @property
    def label(self) -> str:
        """How the person is typed into a form: the address tells two of one name apart."""
        return f"{self.name} <{self.email}>" if self.email else self.name
