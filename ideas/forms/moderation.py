"""Comments of customers, and the rules by which posts wait for the team."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from ideas.models import ModerationRules
from ideas.models.portal_people import SHOWN_AS
from ideas.selectors.moderation import name_before
from plm.forms import IntegerField, VersionField
from plm.models import Product
from plm.permissions import Actor


class CommentForm(forms.Form):
    """What a customer says about an idea, and how their name stands under it."""

    body = forms.CharField(
        max_length=5000, label=_("Your comment"), widget=forms.Textarea(attrs={"rows": 3})
    )
    shown_as = forms.ChoiceField(choices=SHOWN_AS, label=_("Show under it"))
    nickname = forms.CharField(max_length=60, required=False, label=_("Nickname"))

    @classmethod
    def for_actor(cls, actor: Actor, product: Product) -> CommentForm | None:
        """An empty form with the choice of the last time; None for a visitor."""
        if actor.is_anonymous:
            return None
        shown_as, nickname = name_before(actor, product.workspace_id)
        return cls(initial={"shown_as": shown_as, "nickname": nickname})


class ModerationForm(forms.Form):
    """Which posts of customers wait for the team."""

    publish_at_once = forms.BooleanField(
        required=False, label="Publish ideas at once",
        help_text="Ideas of people who had one published before, unless a rule below holds them. Otherwise the team publishes every idea.",
    )  # fmt: skip
    hold_first = forms.BooleanField(
        required=False, label="Hold first posts",
        help_text="A comment waits for the team when nothing of the same person was published before.",
    )  # fmt: skip
    posts_per_hour = IntegerField(
        min_value=1, max_value=100, label="Posts within an hour",
        help_text="What one person sends beyond that waits for the team.",
    )  # fmt: skip
    blocked_words = forms.CharField(
        required=False, max_length=15_000, label="Blocked words", widget=forms.Textarea(attrs={"rows": 5}),
        help_text="One word or phrase a line. A post with one of them waits for the team; large and small letters are the same.",
    )  # fmt: skip
    version = VersionField()

    def __init__(self, data: Any = None, *, rules: ModerationRules) -> None:
        super().__init__(data, initial=shown(rules))

    def values(self) -> dict[str, Any]:
        given = dict(self.cleaned_data)
        given.pop("version")
        return {**given, "blocked_words": given["blocked_words"].splitlines()}


def shown(rules: ModerationRules) -> dict[str, Any]:
    """The rules as the form shows them."""
    return {
        "publish_at_once": rules.publish_at_once, "hold_first": rules.hold_first,
        "posts_per_hour": rules.posts_per_hour, "blocked_words": "\n".join(rules.blocked_words),
        "version": rules.version,
    }  # fmt: skip
