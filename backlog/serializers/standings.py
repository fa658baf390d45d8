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


class FactorSourceInput(Input):
    factor = serializers.SlugField(max_length=40)
    source = serializers.SlugField(max_length=40)  # type: ignore[assignment]  # declared fields leave the class
    times = serializers.FloatField(default=1.0, help_text="What the data are multiplied by.")


class FactorSourcesInput(Input):
    sources = serializers.ListField(child=FactorSourceInput(), max_length=10)

    def validate_sources(self, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
        if len({row["factor"] for row in rows}) != len(rows):
            raise serializers.ValidationError("Name each factor once.")
        return rows


class FactorSourceAnswer(Answer):
    factor = serializers.CharField()
    source = serializers.CharField()  # type: ignore[assignment]  # declared fields leave the class
    times = serializers.FloatField()


class SourceAnswer(Answer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # likewise


class FactorSourcesAnswer(Answer):
    product = serializers.CharField()
    model = serializers.CharField()
    sources = FactorSourceAnswer(many=True)
    available = SourceAnswer(many=True)


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


class PartOfDifference(Answer):
    factor = serializers.CharField()
    ours = serializers.FloatField()
    theirs = serializers.FloatField()
    amount = serializers.FloatField()
    times = serializers.FloatField(allow_null=True, help_text="What it multiplies by, in a product.")  # fmt: skip
    share = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(
        help_text="The same in points of the score: they add up to the difference."
    )


class DifferenceAnswer(Answer):
    """`parts` is null where the method or a factor of 0 does not let the difference be shared out."""

    beside = serializers.CharField()
    score = serializers.FloatField(allow_null=True)
    parts = PartOfDifference(many=True, allow_null=True)


class NeededAnswer(Answer):
    factor = serializers.CharField()
    now = serializers.FloatField(allow_null=True)
    value = serializers.FloatField(allow_null=True)
    below = serializers.BooleanField(help_text="Whether less is needed, not more.")
    lawful = serializers.BooleanField(help_text="Whether the scale goes so far.")


class SwingAnswer(Answer):
    factor = serializers.CharField()
    share = serializers.FloatField()
    down_to = serializers.FloatField(allow_null=True)
    up_to = serializers.FloatField(allow_null=True)


class BeatAnswer(Answer):
    item = reference()
    chance = serializers.FloatField(allow_null=True, min_value=0, max_value=1)


class InputAnswer(Answer):
    factor = serializers.CharField()
    value = serializers.CharField(help_text="As typed; a range is low / likely / high.")
    by = serializers.CharField()
    at = serializers.DateTimeField(allow_null=True)
    stale = serializers.CharField(help_text="Why it is old; empty where it is not.")
    round = serializers.CharField(help_text="Title of the round it comes from; else empty.")


class MomentAnswer(Answer):
    at = serializers.DateTimeField()
    score = serializers.FloatField(allow_null=True)
    model_version = serializers.IntegerField(allow_null=True)
    by = serializers.CharField()
    reason = serializers.CharField()


class ExplainedAnswer(Answer):
    """`recomputed` is the score of the kept inputs under that version: the same number to the last bit."""

    item = reference()
    rank = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)
    recomputed = serializers.FloatField(allow_null=True)
    model_version = serializers.IntegerField()
    above_line = serializers.FloatField(allow_null=True, min_value=0, max_value=1)
    inputs = InputAnswer(many=True)
    differences = DifferenceAnswer(many=True)
    to_be_first = NeededAnswer(many=True)
    weights = SwingAnswer(many=True)
    against = BeatAnswer(many=True)
    history = MomentAnswer(many=True)


def explained_json(found: Any) -> dict[str, Any]:
    """An explanation (`backlog.selectors.explain.Explained`) as the API gives it."""
    return {
        "item": found.item.reference, "rank": found.item.rank, "score": found.item.score, "recomputed": found.again,
        "model_version": found.version.version,
        "above_line": found.sure.standing.inside if found.sure else None,
        "inputs": [
            {"factor": i.cell.factor.key, "value": i.cell.kept, "by": i.who, "at": i.at, "stale": i.stale, "round": i.round}
            for i in found.inputs
        ],
        "differences": [
            {
                "beside": d.name, "score": d.score,
                "parts": None if d.parts is None else [{**p, "factor": p["factor"].key} for p in d.parts],
            }
            for d in found.differences
        ],
        "to_be_first": [{**n, "factor": n["factor"].key} for n in found.needed],
        "weights": [
            {"factor": s["factor"].key, "share": s["share"], "down_to": s["from"], "up_to": s["to"]}
            for s in found.swings
        ],
        "against": [{"item": b.other.reference, "chance": b.chance} for b in found.beats],
        "history": [
            {"at": m.at, "score": m.score, "model_version": m.version, "by": m.who, "reason": m.reason}
            for m in found.history
        ],
    }  # fmt: skip


class RankingColumn(serializers.Serializer[Any]):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields leave the class


class RankingColumnsAnswer(serializers.Serializer[Any]):
    shown = RankingColumn(many=True)
    others = RankingColumn(many=True)
    remembered = serializers.BooleanField(help_text="False where you see the usual ones.")


class RankingColumnsInput(Input):
    columns = serializers.ListField(
        child=serializers.CharField(max_length=60), max_length=60,
        help_text="Names in their order; an empty list takes the usual ones again.",
    )  # fmt: skip
