"""Ideas and the votes for them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_noop

from ideas.models.customer import Person
from ideas.models.portal import Board
from plm.lifecycle import State, Workflow
from plm.markdown import render as markdown
from plm.models import RecordQuerySet, StageRecord, Tenanted
from plm.querysets import TenantedQuerySet

SOURCES = (
    ("customer", "Customer"),
    ("stakeholder", "Stakeholder"),
    ("expert", "Expert"),
    ("market_research", "Market research"),
    ("team", "Team"),
)

TYPES = (
    ("opportunity", "Opportunity"),
    ("problem", "Problem"),
    ("solution", "Solution"),
    ("insight", "Insight"),
)
"""What sort of thought an idea is. Customers mostly bring solutions; the problem behind is worth a record of its own."""

SIZES = (("boulder", "Boulder"), ("rock", "Rock"), ("pebble", "Pebble"))
"""How large the thing is, roughly: quarters, weeks, days."""

REDIRECTING = "Plan the end of the product and redirect its open ideas there: each goes on as a new idea, with its votes."

WORKFLOW = Workflow(
    states=(
        State("open", gettext_noop("Open"), "open"),
        State("under_review", gettext_noop("Under review"), "active", "discovery"),
        State("planned", gettext_noop("Planned"), "active", "planned"),
        State("in_progress", gettext_noop("In progress"), "active", "building"),
        State("shipped", gettext_noop("Shipped"), "done", "shipped"),
        State("declined", gettext_noop("Declined"), "closed"),
        State("duplicate", gettext_noop("Duplicate"), "closed"),
        State("redirected", gettext_noop("Goes on elsewhere"), "closed", instead=REDIRECTING),
    ),
)

IMPORTANCES = (
    (0, "Not important"),
    (1, "Nice to have"),
    (2, "Important"),
    (3, "Critical"),
)
"""How much a wish matters to whoever has it: for votes and for quotes alike."""

CLOSED = WORKFLOW.names("done", "closed")
"""States in which an idea takes no votes any more."""


class IdeaQuerySet(RecordQuerySet):
    """Reads of ideas."""

    def undecided(self) -> Self:
        """Ideas nobody has decided about yet."""
        return self.live().filter(state__in=("open", "under_review"))

    def waiting(self) -> Self:
        """Ideas that wait in triage: new, decided by nobody, and not put off to a later day."""
        today = timezone.localdate()
        due = models.Q(snoozed_until=None) | models.Q(snoozed_until__lte=today)
        return self.live().filter(due, state="open")

    def published(self, boards: Iterable[int] | None = None) -> Self:
        """Ideas that customers see on the portal: on no board, or on one of these; by default on the public ones."""
        rows = self.live().filter(public=True)
        if boards is None:
            return rows.filter(models.Q(board=None) | models.Q(board__privacy="public"))
        return rows.filter(models.Q(board=None) | models.Q(board__in=list(boards)))


class Idea(StageRecord):
    """Something the product might do, and who thinks so. `votes_count` is the number of distinct persons.

    The `demand_` columns are counted from votes and from what customers said, as `ideas.demand` describes: distinct
    people and companies, what these pay a month in the workspace's currency (each once), the largest one's share of
    it, how important it is to them on the mean, and the weighted demand with its interval. `snoozed_until` is the day
    a new idea comes back to triage; `duplicate_of` is the idea that stands for a duplicate, `split_from` the one this
    was split off from, `redirected_from` the one of a product that ends which goes on as this. Who reads a published idea on the portal, its `board` says: everybody, where it is on none.
    `trending` is `ideas.trending`'s figure. `response` is what the team officially says to customers, since
    `responded_at`. `moved_at` is when its state last became another one, empty while it is in its first.
    """

    kind: ClassVar[str] = "idea"
    workflow: ClassVar[Workflow] = WORKFLOW
    origins: ClassVar[tuple[str, ...]] = ("split_from", "redirected_from")

    has_portal: ClassVar[bool] = True
    """Customers may read some of what is said about it: what they do not is marked as internal."""

    source = models.CharField(max_length=16, choices=SOURCES, default="team")
    type = models.CharField(max_length=12, choices=TYPES, blank=True, default="")
    size = models.CharField(max_length=8, choices=SIZES, blank=True, default="")
    board = models.ForeignKey(
        Board, null=True, blank=True, on_delete=models.PROTECT, related_name="ideas"
    )
    public = models.BooleanField("on the portal", default=False)
    snoozed_until = models.DateField(null=True, blank=True, editable=False)
    duplicate_of = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="duplicates"
    )  # fmt: skip
    split_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="split_off"
    )  # fmt: skip
    redirected_from = models.ForeignKey(
        "self", null=True, blank=True, editable=False, on_delete=models.SET_NULL, related_name="redirected_to"
    )  # fmt: skip
    response = models.TextField("official response", max_length=10_000, blank=True, editable=False)
    responded_at = models.DateTimeField(null=True, blank=True, editable=False)
    moved_at = models.DateTimeField(null=True, blank=True, editable=False)
    votes_count = models.PositiveIntegerField(default=0, editable=False)
    trending = models.FloatField(default=0, editable=False)
    demand_people = models.PositiveIntegerField(default=0, editable=False)
    demand_companies = models.PositiveIntegerField(default=0, editable=False)
    demand_revenue = models.DecimalField(
        max_digits=16, decimal_places=2, default=Decimal(0), editable=False
    )

    demand_share = models.FloatField(default=0, editable=False)
    demand_importance = models.FloatField(default=0, editable=False)
    demand_weighted = models.FloatField(default=0, editable=False)
    demand_low = models.FloatField(default=0, editable=False)
    demand_high = models.FloatField(default=0, editable=False)

    objects = IdeaQuerySet.as_manager()  # type: ignore[misc]  # narrower than the base, on purpose

    class Meta(StageRecord.Meta):
        indexes: ClassVar = [
            *StageRecord.Meta.indexes,
            models.Index(
                fields=["product", "created_at", "reference_row"],
                condition=models.Q(state="open", archived_at=None),
                name="idea_in_triage",
            ),
            models.Index(fields=["product", "-votes_count", "-reference_row"], name="idea_votes"),
            models.Index(fields=["product", "-trending", "-reference_row"], name="idea_trending"),
            models.Index(fields=["product", "-created_at", "-reference_row"], name="idea_newest"),
            models.Index(
                fields=["product", "-created_at", "-reference_row"],
                condition=models.Q(public=True, archived_at=None),
                name="idea_published",
            ),
            models.Index(
                fields=["product", "-moved_at", "-reference_row"],
                condition=models.Q(public=True, archived_at=None),
                name="idea_published_moved",
            ),
            # What a customer wrote and the team has not published, for the portal to show them.
            models.Index(
                fields=["product", "created_by", "-created_at"],
                condition=models.Q(public=False, archived_at=None, source="customer"),
                name="idea_with_team",
            ),
            models.Index(
                fields=["product", "-demand_revenue", "-reference_row"], name="idea_revenue"
            ),
            models.Index(
                fields=["product", "-demand_companies", "-reference_row"], name="idea_companies"
            ),
            models.Index(
                fields=["product", "-demand_weighted", "-reference_row"], name="idea_weighted"
            ),
        ]
        constraints: ClassVar = [
            *StageRecord.Meta.constraints,
            models.CheckConstraint(
                condition=models.Q(duplicate_of=None) | models.Q(state="duplicate"),
                name="idea_duplicate_stands_for_another",
            ),
            models.CheckConstraint(
                condition=models.Q(duplicate_of=None)
                | ~models.Q(duplicate_of=models.F("reference_row")),
                name="idea_no_duplicate_of_itself",
            ),
            models.CheckConstraint(
                condition=models.Q(source__in=[name for name, _ in SOURCES]),
                name="idea_source_known",
            ),
            models.CheckConstraint(
                condition=models.Q(state__in=WORKFLOW.names()), name="idea_state_known"
            ),
            models.CheckConstraint(
                condition=models.Q(type__in=["", *(name for name, _ in TYPES)]),
                name="idea_type_known",
            ),
            models.CheckConstraint(
                condition=models.Q(size__in=["", *(name for name, _ in SIZES)]),
                name="idea_size_known",
            ),
            models.CheckConstraint(
                condition=models.Q(demand_revenue__gte=0), name="idea_revenue_not_negative"
            ),
        ]

    def moved(self, at: datetime) -> tuple[str, ...]:
        self.moved_at = at
        return ("moved_at",)

    @property
    def response_html(self) -> str:
        return markdown(self.response)


class VoteQuerySet(TenantedQuerySet["Vote"]):
    """Reads of votes."""

    product_field = "idea__product_id"

    def of_account(self, user_id: int | None) -> Self:
        """Votes of the person behind an account, in whatever workspace; none for a visitor."""
        if user_id is None:
            return self.none()
        # Somebody with two accounts was merged into one person, who holds one of the two.
        merged = Person.objects.filter(user_id=user_id).exclude(merged_into=None)
        return self.filter(
            models.Q(person__user_id=user_id) | models.Q(person__in=merged.values("merged_into"))
        )

    def open_on(self, product_id: int) -> Self:
        """Votes for a product's ideas that still take votes."""
        rows = self.filter(idea__product_id=product_id, idea__archived_at=None)
        return rows.exclude(idea__state__in=CLOSED)

    def spending(self) -> Self:
        """Votes that use up what a budget gives a person: those they gave signed in. What a member adds on
        somebody's behalf, and what came by mail in somebody's name, records demand and costs that person nothing, also
        once they vote for the idea themselves."""
        return self.filter(added_by=None, unproved=False)


class Vote(Tenanted):
    """One person's voice for one idea. At most one each, whatever happens at the same time.

    `added_by` is the member who voted on the person's behalf, empty for those who voted themselves. `unproved` is a
    vote that came by mail: nobody has proved that the address is the sender's.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="votes")
    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="votes")
    importance = models.PositiveSmallIntegerField(choices=IMPORTANCES, default=1)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    unproved = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = VoteQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["idea", "person"], name="vote_once"),
            models.CheckConstraint(
                condition=models.Q(importance__in=[value for value, _ in IMPORTANCES]),
                name="vote_importance_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person} for {self.idea_id}"
