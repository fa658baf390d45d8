"""Questions on records: asked of members and of people outside, answered by each through a link of their own."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from plm.models import Product, Reference, Tenanted
from plm.querysets import TenantedQuerySet

QUESTION_KINDS = (
    ("approve", "Approve or not"),
    ("choose", "Choose one"),
    ("comment", "Say something"),
)
VERDICTS = (("yes", "Yes, I approve"), ("no", "No, I do not"))
MAIL_STATES = (("asked", "On its way"), ("sent", "Mailed"), ("failed", "Not mailed"))


class QuestionQuerySet(TenantedQuerySet["Question"]):
    """Reads of questions."""

    def on(self, record_id: int) -> Self:
        """Those on a record, the latest first."""
        return self.filter(record_id=record_id).order_by("-created_at", "-pk")


class Question(Tenanted):
    """Something people are asked about a record.

    `title` and `about` are what those who are asked see of the record, as the asker wrote them down: a later change of
    the record shows nobody more. `options` are what there is to choose from, where the kind is `choose`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    record = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="questions")
    kind = models.CharField(max_length=8, choices=QUESTION_KINDS, default="approve")
    text = models.TextField(max_length=2000)
    title = models.CharField(max_length=250)
    about = models.TextField(max_length=5000, blank=True)
    options = models.JSONField(default=list, blank=True)
    due_on = models.DateField(null=True, blank=True)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = QuestionQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[name for name, _ in QUESTION_KINDS]),
                name="question_kind_known",
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]


class AskedPersonQuerySet(TenantedQuerySet["AskedPerson"]):
    """Reads of who was asked."""

    product_field = "question__product_id"


class AskedPerson(Tenanted):
    """Somebody who is asked: a member (`user`) or an address. Their answer stands here and is theirs to change.

    The secret of their link is kept as its hash. `mail_times` are when mails to them were asked for. `verdict` is yes
    or no for `approve`, one of the options for `choose`.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="people")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.CASCADE, related_name="+"
    )
    name = models.CharField(max_length=120)
    email = models.EmailField(max_length=254)
    token_hash = models.CharField(max_length=64, blank=True, db_index=True)
    mail_times = models.JSONField(default=list, blank=True)
    mail_state = models.CharField(max_length=8, choices=MAIL_STATES, default="asked")
    mail_problem = models.CharField(max_length=200, blank=True)
    verdict = models.CharField(max_length=120, blank=True)
    comment = models.TextField(max_length=4000, blank=True)
    answered_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = AskedPersonQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["question", "email"], name="asked_once"),
            models.CheckConstraint(
                condition=Q(mail_state__in=[name for name, _ in MAIL_STATES]),
                name="asked_mail_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def said(self) -> str:
        """The verdict in words; empty before an answer and where only words are asked for."""
        return dict(VERDICTS).get(self.verdict, self.verdict)
