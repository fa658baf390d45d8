"""Shared links in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.serializers import Input
from roadmap.models.placement import COMMITMENTS
from roadmap.models.share import (
    COLOURS,
    GRAINS,
    MAIL_STATES,
    SHARED_FIELDS,
    SHARED_LANES,
    VIEWS,
    every_field,
)


def _texts(limit: int, **kwargs: Any) -> serializers.ListField:
    return serializers.ListField(
        child=serializers.CharField(max_length=limit), max_length=50, required=False, **kwargs
    )


class SharedFilters(Input):
    """Which items a share shows: those in all of these lists that are not empty."""

    goals = _texts(24, help_text="References of goals.")
    releases = _texts(24, help_text="References of releases.")
    teams = _texts(40, help_text="Ids of teams.")
    tags = _texts(40)
    commitments = serializers.ListField(
        child=serializers.ChoiceField(choices=COMMITMENTS), required=False
    )


class ShareChange(Input):
    """Settings of a link; those that are left out stay. `days` lets it open for so long from now on."""

    name = serializers.CharField(max_length=80, required=False)
    view = serializers.ChoiceField(choices=VIEWS, required=False)
    lanes = serializers.ChoiceField(choices=SHARED_LANES, required=False)
    show = serializers.ListField(
        child=serializers.ChoiceField(choices=SHARED_FIELDS), required=False, help_text="What its readers see of an item."
    )  # fmt: skip
    filters = SharedFilters(required=False)
    grain = serializers.ChoiceField(
        choices=GRAINS, required=False, help_text="How exactly dates are told."
    )
    colours = serializers.ChoiceField(choices=COLOURS, required=False)
    by_mail = serializers.BooleanField(
        required=False, help_text="No open link: each viewer gets one of their own by mail."
    )
    allowed_origins = serializers.ListField(
        child=serializers.CharField(max_length=200), max_length=50, required=False,
        help_text="Sites that may show the view in a frame, such as https://www.example.com.",
    )  # fmt: skip
    published = serializers.BooleanField(required=False, help_text="Shown on the portal.")
    days = serializers.IntegerField(min_value=1, max_value=730, required=False)
    password = serializers.CharField(
        max_length=128, allow_blank=True, required=False, write_only=True,
        help_text="At least 6 characters; empty for none.",
    )  # fmt: skip


class ShareInput(ShareChange):
    """A link for people without an account."""

    product = serializers.CharField(max_length=10)
    name = serializers.CharField(max_length=80)


class ShareAnswer(serializers.Serializer[Any]):
    """A link; its secret is not kept. `open` says whether it opens still."""

    id = serializers.UUIDField()
    product = serializers.CharField()
    name = serializers.CharField()
    view = serializers.ChoiceField(choices=VIEWS)
    lanes = serializers.ChoiceField(choices=SHARED_LANES)
    show = serializers.ListField(
        child=serializers.ChoiceField(choices=SHARED_FIELDS), default=every_field
    )
    filters = SharedFilters()
    grain = serializers.ChoiceField(choices=GRAINS)
    colours = serializers.ChoiceField(choices=COLOURS)
    by_mail = serializers.BooleanField()
    allowed_origins = serializers.ListField(child=serializers.CharField())
    published = serializers.BooleanField()
    has_password = serializers.BooleanField()
    version = serializers.IntegerField()
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
    last_viewed_at = serializers.DateTimeField(allow_null=True)
    open = serializers.BooleanField()


class NewShareAnswer(ShareAnswer):
    url = serializers.URLField(
        allow_null=True,
        help_text="Shown this once; null where each viewer gets a link of their own.",
    )


class ViewerInput(Input):
    """Somebody who shall open a link that goes by mail."""

    email = serializers.CharField(max_length=254)


class ViewerAnswer(serializers.Serializer[Any]):
    """Who may open a link, and whether they did."""

    id = serializers.UUIDField()
    email = serializers.CharField()
    mail = serializers.ChoiceField(choices=MAIL_STATES)
    problem = serializers.CharField()
    opened = serializers.IntegerField()
    opened_at = serializers.DateTimeField(allow_null=True)
    revoked_at = serializers.DateTimeField(allow_null=True)
