"""What finding similar ideas keeps: the words of each idea, and what people said about the suggestions."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from ideas.models.idea import Idea
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet

METHODS = (("tfidf", "Words"), ("hybrid", "Words and meaning"))


class IdeaTermsQuerySet(TenantedQuerySet["IdeaTerms"]):
    """Reads of the words of ideas."""


class IdeaTerms(Tenanted):
    """The words of one idea, packed (`ideas.similar.Terms`). A job writes them; empty words stand for an idea that is
    suggested no more. `stamp` grows with each run of the job within a product, so that a process that knows all up to
    a stamp reads only what came after it. `meaning` is where the title points (`ideas.meaning`), null until a job has
    computed it and where the optional model is not installed."""

    idea = models.OneToOneField(
        Idea, on_delete=models.CASCADE, primary_key=True, related_name="terms"
    )
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    version = models.PositiveIntegerField()
    stamp = models.BigIntegerField()
    public = models.BooleanField()
    words = models.BinaryField()
    meaning = models.BinaryField(null=True)

    objects = IdeaTermsQuerySet.as_manager()

    class Meta:
        verbose_name_plural = "terms of ideas"
        indexes: ClassVar = [models.Index(fields=["product", "stamp"], name="terms_since")]

    def __str__(self) -> str:
        return f"words of {self.idea_id}"


class SimilarAnswerQuerySet(TenantedQuerySet["SimilarAnswer"]):
    """Reads of what was said about suggestions."""

    product_field = "idea__product_id"


class SimilarAnswer(Tenanted):
    """What somebody said about a suggestion: is `other` the same as `idea`? `rank` is where it stood in the list,
    from 1, and 0 where it was not suggested; without it nobody could correct for what stands first being chosen more."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="+")
    other = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="+")
    accepted = models.BooleanField()
    rank = models.PositiveSmallIntegerField()
    score = models.FloatField(null=True)
    method = models.CharField(max_length=8, choices=METHODS)
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SimilarAnswerQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(condition=~Q(idea=F("other")), name="similar_to_another"),
            models.CheckConstraint(
                condition=Q(method__in=[name for name, _ in METHODS]), name="similar_method_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} {'is' if self.accepted else 'is not'} {self.other_id}"
