"""The limits of a board in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.models.sprint import LIMITED_STATES
from plm.api.serializers import Input

MOST = 10_000


class WipLimitInput(Input):
    state = serializers.ChoiceField(choices=LIMITED_STATES)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True)
    hard = serializers.BooleanField(
        default=True, help_text="Whether one item more is refused, or only marked."
    )


class WipLimitsInput(Input):
    limits = serializers.ListField(child=WipLimitInput(), max_length=len(LIMITED_STATES))

    def validate_limits(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["state"] for row in rows}) != len(rows):
            raise serializers.ValidationError("Name each column once.")
        return rows

    def limits_by_state(self) -> dict[str, tuple[int | None, bool]]:
        """As the service takes them: every column, those that were left out without a limit."""
        given = {row["state"]: (row["limit"], row["hard"]) for row in self.validated_data["limits"]}
        return {state: given.get(state, (None, True)) for state in LIMITED_STATES}


class WipLimitAnswer(serializers.Serializer[Any]):
    state = serializers.ChoiceField(choices=LIMITED_STATES)
    limit = serializers.IntegerField(min_value=1, max_value=MOST, allow_null=True)
    hard = serializers.BooleanField()


class WipLimitsAnswer(serializers.Serializer[Any]):
    product = serializers.CharField()
    limits = WipLimitAnswer(many=True)
