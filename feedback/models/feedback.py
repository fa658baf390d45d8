"""What customers said, and the quotes that lead from there to ideas and features."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from backlog.models import BacklogItem
from ideas.models import Company, Idea, Person
from ideas.models.idea import IMPORTANCES
from plm.lifecycle import State, Workflow
from plm.models import RecordQuerySet, StageRecord, Tenanted
from plm.querysets import TenantedQuerySet
from roadmap.models import Release

SOURCES = (
    ("email", "E-mail"),
    ("call", "Call"),
    ("survey", "Survey"),
    ("portal", "Portal"),
    ("review", "Review"),
    ("support", "Support"),
    ("sales", "Sales"),
    ("other", "Other"),
)

SENTIMENTS = (
    ("", "Not judged"),
    ("positive", "Praise"),
    ("neutral", "Request"),
    ("negative", "Problem"),
)

WORKFLOW = Workflow(
    states=(
        State("new", "New", "open"),
        State("reviewed", "Reviewed", "active", "discovery"),
        State("processed", "Processed", "done", "shipped"),
        State("spam", "Spam", "closed"),
    ),
)


class FeedbackQuerySet(RecordQuerySet):
    """Reads of feedback."""

    def counting(self) -> FeedbackQuerySet:
        """Feedback that stands for demand: neither put away nor spam."""
        return self.live().exclude(state="spam")

    def by_state(self) -> dict[str, int]:
        """How much there is in each state. One statement."""
        counts = self.live().values_list("state").annotate(models.Count("pk")).order_by()
        return dict(counts)


class Feedback(StageRecord):
    """What one person said. The description is their text as it came, never edited into something nicer.

    `release` and `item` are what it speaks about, where that is known. `sentiment` is a hint a person sets by hand.
    """

    kind: ClassVar[str] = "feedback"
    workflow: ClassVar[Workflow] = WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("release", "item")
    leads_to: ClassVar[tuple[str, ...]] = ("quotes.idea", "quotes.item")
    markdown_fields: ClassVar[tuple[str, ...]] = ()

    source = models.CharField(max_length=8, choices=SOURCES, default="other")
    person = models.ForeignKey(
        Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="feedback"
    )
    company = models.ForeignKey(
        Company, null=True, blank=True, on_delete=models.SET_NULL, related_name="feedback"
    )
    item = models.ForeignKey(
        BacklogItem, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    release = models.ForeignKey(
        Release, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    received_at = models.DateTimeField()
    sentiment = models.CharField(max_length=8, choices=SENTIMENTS, blank=True)

    objects = FeedbackQuerySet.as_manager()  # type: ignore[misc]  # narrower than the base, on purpose

    class Meta(StageRecord.Meta):
        verbose_name_plural = "feedback"
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(
                fields=["product", "-received_at", "-reference_row"], name="feedback_received"
            ),
            models.Index(
                fields=["product", "state", "-received_at", "-reference_row"], name="feedback_inbox"
            ),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=Q(source__in=[name for name, _ in SOURCES]), name="feedback_source_known"
            ),
            models.CheckConstraint(
                condition=Q(sentiment__in=[name for name, _ in SENTIMENTS]),
                name="feedback_sentiment_known",
            ),
            models.CheckConstraint(
                condition=Q(state__in=WORKFLOW.names()), name="feedback_state_known"
            ),
        ]


class FeedbackLinkQuerySet(TenantedQuerySet["FeedbackLink"]):
    """Reads of quotes."""

    product_field = "feedback__product_id"

    def counting(self) -> FeedbackLinkQuerySet:
        """Quotes that stand for demand."""
        return self.filter(feedback__archived_at=None).exclude(feedback__state="spam")

    def with_voice(self) -> FeedbackLinkQuerySet:
        """With who said it and what it speaks for, in the same query; the most important first."""
        return self.select_related(
            "feedback__product__workspace", "feedback__person", "feedback__company",
            "idea__product__workspace", "item__product__workspace", "linked_by",
        ).order_by("-importance", "-feedback__received_at", "-pk")  # fmt: skip


class FeedbackLink(Tenanted):
    """A quote: the words of a feedback that speak for one idea or one item.

    `start` and `end` are where the excerpt stands in the text, in characters; both are empty when the text was
    changed afterwards and the words are no longer in it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    feedback = models.ForeignKey(Feedback, on_delete=models.PROTECT, related_name="quotes")
    idea = models.ForeignKey(
        Idea, null=True, blank=True, on_delete=models.PROTECT, related_name="quotes"
    )
    item = models.ForeignKey(
        BacklogItem, null=True, blank=True, on_delete=models.PROTECT, related_name="quotes"
    )
    excerpt = models.TextField(max_length=4000)
    start = models.PositiveIntegerField(null=True, blank=True)
    end = models.PositiveIntegerField(null=True, blank=True)
    importance = models.PositiveSmallIntegerField(choices=IMPORTANCES, default=1)
    linked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = FeedbackLinkQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(idea=None, item__isnull=False) | Q(idea__isnull=False, item=None),
                name="quote_one_target",
            ),
            models.CheckConstraint(
                condition=Q(start=None, end=None) | Q(start__isnull=False, end__gt=F("start")),
                name="quote_place_whole",
            ),
            models.CheckConstraint(
                condition=Q(importance__in=[value for value, _ in IMPORTANCES]),
                name="quote_importance_known",
            ),
            models.UniqueConstraint(
                fields=["feedback", "idea", "start"],
                condition=Q(idea__isnull=False, start__isnull=False),
                name="quote_of_idea_once",
            ),
            models.UniqueConstraint(
                fields=["feedback", "item", "start"],
                condition=Q(item__isnull=False, start__isnull=False),
                name="quote_of_item_once",
            ),
        ]

    def __str__(self) -> str:
        return self.excerpt[:60]

    @property
    def target(self) -> Idea | BacklogItem | None:
        """The idea or item the quote speaks for."""
        return self.idea if self.idea_id is not None else self.item
