"""Rounds: several people judge the same items, each for themselves, and look at the answers together."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from backlog.models.item import BacklogItem
from backlog.models.priority import ScoringModel
from plm.models import Product, Tenanted
from plm.querysets import TenantedQuerySet
from plm.scoring.definition import Definition

SCORES, POINTS, PAIRS, KANO, MAXDIFF = "scores", "points", "pairs", "kano", "maxdiff"
ROUND_KINDS = (
    (SCORES, "Scores per criterion"),
    (POINTS, "100 points to give away"),
    (PAIRS, "Votes in pairs"),
    (KANO, "Kano questionnaire"),
    (MAXDIFF, "Best and worst of four (MaxDiff)"),
)
DRAFT, OPEN, REVEALED, CLOSED = "draft", "open", "revealed", "closed"
MAIL_ASKED, MAIL_SENT, MAIL_FAILED = "asked", "sent", "failed"
MAIL_STATES = ((MAIL_ASKED, "On its way"), (MAIL_SENT, "Sent"), (MAIL_FAILED, "Not sent"))
ROUND_STATES = ((DRAFT, "Draft"), (OPEN, "Open"), (REVEALED, "Revealed"), (CLOSED, "Closed"))


class RoundQuerySet(TenantedQuerySet["Round"]):
    """Reads of rounds."""


class Round(Tenanted):
    """One question put to several people about the same items.

    While it is open it is blind: nobody reads an answer of somebody else, its organiser neither. `definition` is the
    scoring model as it stood when the round was made (scores alone), so that a criterion taken out meanwhile stays.
    `roles` says which criteria a role judges: {"Engineering": ["effort"]}; a role that is not named judges all.
    `remarks_members` and `remarks_guests` say who reads after the reveal what others said of the items they judged;
    whoever may edit the round reads all of it.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+", db_index=False)
    title = models.CharField(max_length=120)
    intro = models.TextField(max_length=2000, blank=True)
    kind = models.CharField(max_length=8, choices=ROUND_KINDS, default=SCORES)
    state = models.CharField(max_length=8, choices=ROUND_STATES, default=DRAFT)
    scoring_model = models.ForeignKey(
        ScoringModel, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    definition = models.JSONField(default=dict, blank=True)
    roles = models.JSONField(default=dict, blank=True)
    remarks_members = models.BooleanField("members read all remarks", default=True)
    remarks_guests = models.BooleanField("guests read all remarks", default=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField(auto_now_add=True)
    ends_at = models.DateTimeField()
    opened_at = models.DateTimeField(null=True, blank=True)
    revealed_at = models.DateTimeField(null=True, blank=True)
    closed_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RoundQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at", "-pk"]
        indexes: ClassVar = [models.Index(fields=["product", "-created_at"], name="round_latest")]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(kind__in=[name for name, _ in ROUND_KINDS]), name="round_kind_known"
            ),
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _ in ROUND_STATES]), name="round_state_known"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def formula(self) -> Definition | None:
        """The frozen scoring model, or None for a round of another kind."""
        return Definition.from_json(self.definition) if self.kind == SCORES else None

    @property
    def is_blind(self) -> bool:
        return self.revealed_at is None

    @property
    def is_over(self) -> bool:
        return self.state == CLOSED or self.ends_at <= timezone.now()

    def get_absolute_url(self) -> str:
        return f"{self.product.get_absolute_url()}prioritize/rounds/{self.uuid}"


class RoundItem(Tenanted):
    """One item of a round, in the words that its participants read: guests see these and nothing else of the item.

    `with_it` and `without_it` are the two questions of a Kano questionnaire. `decided` are the values agreed on by key.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="items")
    item = models.ForeignKey(BacklogItem, on_delete=models.CASCADE, related_name="round_items")
    position = models.PositiveSmallIntegerField()
    title = models.CharField(max_length=250)
    about = models.TextField(max_length=2000, blank=True)
    with_it = models.CharField(max_length=300, blank=True)
    without_it = models.CharField(max_length=300, blank=True)
    decided = models.JSONField(default=dict, blank=True)
    decided_reason = models.TextField(blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    decided_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    said: Sequence[RoundComment] = ()
    """What its reader may read of what was said about it, where a page has looked that up."""

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["round", "item"], name="round_item_once")
        ]

    def __str__(self) -> str:
        return self.title


class RoundParticipantQuerySet(TenantedQuerySet["RoundParticipant"]):
    """Reads of participants."""

    product_field = "round__product_id"

    def taking_part(self) -> Self:
        """Those who were not taken out."""
        return self.filter(revoked_at=None)


class RoundParticipant(Tenanted):
    """Somebody who answers: a member, or a guest with a link of their own, whose secret nobody else knows.

    A guest's link opens until the round ends. The answers of a member whose account is gone stay, as those of nobody. Whoever is taken out (`revoked_at`) no longer counts in the results.
    A guest with an `email` gets the link by mail: `mail_state` says how that went, `mail_problem` why it did not, and
    `mail_by` who asked for it, and `mail_times` when mails were asked for within the last hour (texts in ISO 8601).
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    round = models.ForeignKey(Round, on_delete=models.CASCADE, related_name="participants")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=80)
    role = models.CharField(max_length=40, blank=True)
    token_hash = models.CharField(max_length=64, null=True, blank=True, unique=True)
    email = models.EmailField("mail address", blank=True)
    mail_state = models.CharField(max_length=8, choices=MAIL_STATES, blank=True, editable=False)
    mail_problem = models.CharField(max_length=200, blank=True, editable=False)
    mail_by = models.CharField(max_length=150, blank=True, editable=False)
    mail_times = models.JSONField(default=list, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar = RoundParticipantQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["round", "user"], condition=Q(user__isnull=False), name="round_member_once"
            ),
            models.CheckConstraint(
                condition=Q(user=None) | Q(token_hash=None), name="round_member_has_no_link"
            ),
            models.CheckConstraint(
                condition=Q(mail_state__in=["", *(name for name, _ in MAIL_STATES)]),
                name="round_mail_state_known",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_guest(self) -> bool:
        return self.user_id is None


class RoundAnswer(Tenanted):
    """One answer of one participant. `subject` says to what, so that two tabs write the same row and not two.

    scores: "<item>.<criterion>", a number; points: "<item>", whole points; pairs: "<lower>.<higher>", the winner or
    null; kano: "<item>.with" and "<item>.without"; maxdiff: the number of the set, {shown, best, worst}. Items stand by
    their primary keys. `version` counts how often it was given.
    """

    participant = models.ForeignKey(
        RoundParticipant, on_delete=models.CASCADE, related_name="answers"
    )
    subject = models.CharField(max_length=80)
    value = models.JSONField(null=True)
    version = models.PositiveIntegerField(default=1)
    answered_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["participant", "subject"], name="round_answer_once")
        ]

    def __str__(self) -> str:
        return f"{self.participant_id}: {self.subject}"


class RoundComment(Tenanted):
    """What a participant or a member said about an item of a round. Guests have no account, so it stands here and not
    among the comments of the record; while the round is blind only its author reads it."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    item = models.ForeignKey(RoundItem, on_delete=models.CASCADE, related_name="comments")
    participant = models.ForeignKey(
        RoundParticipant, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    name = models.CharField(max_length=80)
    body = models.TextField(max_length=2000)
    created_at = models.DateTimeField()

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.body[:60]
