"""The people of the portal: which ideas they follow, what they were told, and what they sent in."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from ideas.models.customer import Person
from ideas.models.idea import WORKFLOW, Idea
from plm.models import Comment, Product, Tenanted
from plm.querysets import TenantedQuerySet


class IdeaFollowQuerySet(TenantedQuerySet["IdeaFollow"]):
    """Reads of who follows an idea on the portal."""

    product_field = "idea__product_id"

    def standing(self) -> Self:
        return self.filter(stopped_at=None)

    def mailed(self) -> Self:
        """Those that stand, of people who did not turn the mails of the portal off."""
        off = MailOptOut.objects.filter(
            person=models.OuterRef("person"), product=models.OuterRef("idea__product")
        )
        return self.standing().exclude(models.Exists(off))


class IdeaFollow(Tenanted):
    """Somebody who wants a mail when the team decides about an idea.

    Voting and submitting start it, and a button does. Who stopped it (`stopped_at`) follows again only by the button:
    a vote does not bring back mails that somebody did not want. `language` is the one they read the portal in.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="portal_follows")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="portal_follows")
    language = models.CharField(max_length=10, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    stopped_at = models.DateTimeField(null=True, blank=True)

    objects = IdeaFollowQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["idea", "person"], name="idea_follow_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} follows {self.idea_id}"


class MailOptOut(Tenanted):
    """Somebody who wants no mails about the ideas of a product, whatever they follow there."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mail_opt_outs")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "person"], name="mail_opt_out_once")
        ]

    def __str__(self) -> str:
        return f"{self.person_id} wants no mails of {self.product_id}"


class StatusNotice(Tenanted):
    """What followers of an idea are told once: that its state is another one, with the note given to that move.

    `sequence` is the number of the event it tells of; an event is told of once. A notice that is `quiet` is told to
    nobody, and stands for the moves up to it.
    """

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="notices")
    sequence = models.BigIntegerField()
    state = models.CharField(max_length=24)
    note = models.TextField(max_length=2000, blank=True)
    quiet = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["idea", "sequence"], name="status_notice_once"),
            models.CheckConstraint(
                condition=Q(state__in=WORKFLOW.names()), name="status_notice_state_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea_id} is {self.state}"


class StatusMail(Tenanted):
    """One mail of a notice to one person. The row is there before the mail goes, so that no mail goes twice.

    Without `sent_at` the worker ended in between: the mail may have gone, so it is not sent again.
    """

    notice = models.ForeignKey(StatusNotice, on_delete=models.CASCADE, related_name="mails")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    sent_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["notice", "person"], name="status_mail_once")
        ]

    def __str__(self) -> str:
        return f"{self.notice_id} to {self.person_id}"


POSTS = (("idea", "Idea"), ("comment", "Comment"))
POST_STATES = (("held", "With the team"), ("published", "Published"), ("spam", "Spam"))
SHOWN_AS = (
    ("full", _("My full name")),
    ("initial", _("First name and initial")),
    ("nickname", _("A nickname")),
    ("anonymous", _("No name")),
)
"""How the name of whoever comments stands under it."""


class ModerationRules(Tenanted):
    """What of a product's portal waits for the team. Without a row everything is as by default.

    With `publish_at_once` an idea is public at once, if one of the same person was accepted before and nothing holds
    it; without it the team publishes every idea. `posts_per_hour` is how many ideas and comments a person sends
    before the rest are held.
    """

    product = models.OneToOneField(
        Product, on_delete=models.CASCADE, primary_key=True, related_name="+"
    )
    hold_first = models.BooleanField(default=True)
    publish_at_once = models.BooleanField(default=False)
    posts_per_hour = models.PositiveSmallIntegerField(default=5)
    blocked_words = models.JSONField(default=list, blank=True)
    version = models.PositiveIntegerField(default=1, editable=False)

    class Meta:
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(posts_per_hour__gte=1, posts_per_hour__lte=100),
                name="moderation_pace_bounded",
            )
        ]

    def __str__(self) -> str:
        return f"Moderation of {self.product_id}"


class PortalPostQuerySet(TenantedQuerySet["PortalPost"]):
    """Reads of what customers sent in."""

    def waiting(self) -> Self:
        """What the team has to read: neither decided here, nor published or put away on the idea's own page."""
        held = self.filter(state="held", idea__archived_at=None)
        return held.exclude(kind="idea", idea__public=True)

    def accepted(self) -> Self:
        return self.filter(Q(state="published") | Q(kind="idea", idea__public=True))

    def in_state(self, state: str) -> Self:
        """Posts that wait, that were accepted (here or on the idea's own page), or that were put away as spam."""
        if state == "spam":
            return self.filter(state="spam")
        return self.waiting() if state == "held" else self.accepted().exclude(state="spam")


class PortalPost(Tenanted):
    """An idea or a comment that a customer sent in, and what the team did with it.

    A comment that is held has only its `body` here; it becomes a comment of the idea when it is published. `why` says
    what held it. `name` is what stands under a comment, as the person chose by `shown_as`; empty for no name.
    """

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="posts")
    kind = models.CharField(max_length=8, choices=POSTS)
    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="posts")
    comment = models.OneToOneField(
        Comment, null=True, blank=True, on_delete=models.CASCADE, related_name="portal_post"
    )
    body = models.TextField(max_length=5000, blank=True)
    shown_as = models.CharField(max_length=10, choices=SHOWN_AS, default="anonymous")
    name = models.CharField(max_length=60, blank=True)
    state = models.CharField(max_length=10, choices=POST_STATES)
    why = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, blank=True, on_delete=models.SET_NULL, related_name="+"
    )

    objects = PortalPostQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["product", "state", "created_at"], name="portal_post_queue"),
            models.Index(fields=["person", "-created_at"], name="portal_post_pace"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(state__in=[name for name, _label in POST_STATES]),
                name="portal_post_state_known",
            ),
            models.CheckConstraint(
                condition=Q(kind="comment") | Q(kind="idea", comment=None),
                name="portal_post_kind_fits",
            ),
        ]

    def __str__(self) -> str:
        return self.body[:60] or f"Idea {self.idea_id}"

    @property
    def text(self) -> str:
        """What the customer wrote: of an idea its description."""
        return self.idea.description if self.kind == "idea" else self.body

    @property
    def stands(self) -> str:
        """The state; an idea that was published on its own page is held no more."""
        by_hand = self.state == "held" and self.kind == "idea" and self.idea.public
        return "published" if by_hand else self.state


class SignInLink(Tenanted):
    """A link sent by mail that signs somebody in on a portal, once. Only a digest of its secret is kept.

    `asked_from` is a keyed digest of the address of whoever asked, for the limit; `next` where they were.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    email = models.EmailField(max_length=254)
    secret_hash = models.CharField(max_length=64, unique=True)
    asked_from = models.CharField(max_length=64)
    next = models.CharField(max_length=500)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["email", "created_at"], name="sign_in_link_email"),
            models.Index(fields=["asked_from", "created_at"], name="sign_in_link_from"),
        ]

    def __str__(self) -> str:
        return f"Link of {self.created_at:%Y-%m-%d %H:%M}"
