"""Standings and the line in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference
from plm.api.serializers import Input

Answer = serializers.Serializer[Any]


class RankingInput(Input):
    """Give `top` or `capacity`: the line stands after a number of items, or where the effort is full."""

    top = serializers.IntegerField(required=False, allow_null=True, min_value=1, max_value=10_000)
    capacity = serializers.FloatField(required=False, allow_null=True, max_value=1e9)
    stale_days = serializers.IntegerField(required=False, min_value=1, max_value=3650)


class RankingAnswer(Answer):
    product = serializers.CharField()
    top = serializers.IntegerField(allow_null=True)
    capacity = serializers.FloatField(allow_null=True)
    stale_days = serializers.IntegerField()


class LeftOutAnswer(Answer):
    unscored = serializers.IntegerField()
    beyond = serializers.IntegerField(help_text="Behind the first 500.")
    unestimated = serializers.IntegerField(help_text="Without an effort, at a capacity.")


class DrawnAnswer(Answer):
    """`draws` is 1 where no input is a range; `problem` says why nothing was drawn."""

    top = serializers.IntegerField(allow_null=True)
    capacity = serializers.FloatField(allow_null=True)
    items = serializers.IntegerField()
    uncertain_inputs = serializers.IntegerField()
    draws = serializers.IntegerField()
    seed = serializers.IntegerField()
    cut_after = serializers.IntegerField(allow_null=True, help_text="Last place above the line.")
    model = serializers.CharField()
    model_version = serializers.IntegerField()
    left_out = LeftOutAnswer()
    problem = serializers.CharField(allow_blank=True)
    computed_at = serializers.DateTimeField()


class StandingAnswer(Answer):
    item = reference()
    rank = serializers.IntegerField()
    above_line = serializers.FloatField(min_value=0, max_value=1)
    median_rank = serializers.FloatField()
    rank_low = serializers.FloatField()
    rank_high = serializers.FloatField()
    tie = serializers.IntegerField(allow_null=True, help_text="Items of one number are not told apart.")  # fmt: skip


class WorthAnswer(Answer):
    item = reference()
    factor = serializers.CharField()
    gain = serializers.FloatField()
    unit = serializers.CharField()


class StandingsAnswer(Answer):
    product = serializers.CharField()
    drawn = DrawnAnswer(allow_null=True)
    results = StandingAnswer(many=True)
    worth_knowing = WorthAnswer(many=True)
