"""When items of the roadmap come, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference


class ForecastAnswer(serializers.Serializer[Any]):
    """One dated, unfinished item. All figures are null where fewer than ten plans are like it."""

    reference = reference()
    title = serializers.CharField()
    planned = serializers.DateField(help_text="The end of its bar.")
    p50 = serializers.DateField(
        allow_null=True, help_text="By then half of such plans came; null where fewer come at all."
    )
    p85 = serializers.DateField(
        allow_null=True, help_text="By then 85 % came; null where fewer come at all."
    )
    on_time = serializers.FloatField(
        allow_null=True, help_text="Chance that it comes by the planned day, 0 to 1."
    )
    may_never = serializers.FloatField(
        allow_null=True, help_text="Chance that it does not come within three years, 0 to 1."
    )
    counted = serializers.IntegerField(help_text="How many plans were counted.")
    kind = serializers.ListField(
        child=serializers.CharField(), help_text="The class of plans that were counted."
    )


class KeptAnswer(serializers.Serializer[Any]):
    """How often the days of one share were kept by forecasts of the last two years."""

    share = serializers.FloatField(help_text="0.5, 0.85, or 1 for the planned day itself.")
    over = serializers.IntegerField(help_text="Promised days that are over.")
    kept = serializers.IntegerField(help_text="Of these, how many were kept.")
    promised = serializers.FloatField(help_text="The mean chance that was given for them.")
    pending = serializers.IntegerField(help_text="Promised days still to come.")
    none = serializers.IntegerField(help_text="Forecasts without such a day.")


class ForecastsAnswer(serializers.Serializer[Any]):
    """The forecasts of a product, and how often earlier ones were kept."""

    plans = serializers.IntegerField(
        help_text="Plans there are to learn from; below ten there is no forecast."
    )
    read_at = serializers.DateTimeField(
        allow_null=True,
        help_text="When a job read the plans, of a product with very many changes; null where they are of now.",
    )
    waiting = serializers.BooleanField(
        help_text="The job has not read them yet, so nothing is told."
    )
    results = ForecastAnswer(many=True)
    coverage = KeptAnswer(many=True)
