"""Comparisons in pairs in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.selectors.comparisons import Comparison, Pair, Result
from backlog.services.comparisons import GROUP, WHOSE
from plm.api.serializers import Input
from plm.scoring.ahp import LEAST_JUDGEMENT, MOST_CR, MOST_CRITERIA, MOST_JUDGEMENT, SAATY_2008

Answer = serializers.Serializer[Any]


class JudgementInput(Input):
    """How many times more `criterion` matters than `over`, 1/9 to 9; null leaves the pair open."""

    criterion = serializers.CharField(max_length=40)
    over = serializers.CharField(max_length=40)
    value = serializers.FloatField(
        allow_null=True, min_value=LEAST_JUDGEMENT * 0.99, max_value=MOST_JUDGEMENT
    )


class ComparisonInput(Input):
    """`judgements`, or a reciprocal `matrix` with the criteria in the order of the model; null is a pair left open."""

    judgements = serializers.ListField(child=JudgementInput(), max_length=45, required=False)
    matrix = serializers.ListField(
        child=serializers.ListField(
            child=serializers.FloatField(allow_null=True), max_length=MOST_CRITERIA
        ),
        max_length=MOST_CRITERIA,
        required=False,
    )

    def validate(self, given: dict[str, Any]) -> dict[str, Any]:
        if ("judgements" in given) == ("matrix" in given):
            raise serializers.ValidationError({"judgements": "Send judgements or a matrix."})
        return given


class ComparisonUseInput(Input):
    whose = serializers.ChoiceField(choices=WHOSE, default=GROUP)
    version = serializers.IntegerField(
        min_value=1, required=False, allow_null=True, default=None, help_text="The version of the model you looked at."
    )  # fmt: skip
    reason = serializers.CharField(
        max_length=1500, required=False, allow_blank=True, help_text="Added to where the weights come from."
    )  # fmt: skip


class JudgementAnswer(Answer):
    criterion = serializers.CharField()
    over = serializers.CharField()
    value = serializers.FloatField()


class ContradictionAnswer(Answer):
    """The judgement to look at first, what would fit the others, and the consistency ratio there would be then."""

    criterion = serializers.CharField()
    over = serializers.CharField()
    value = serializers.FloatField()
    fits = serializers.FloatField(allow_null=True)
    consistency_ratio = serializers.FloatField(allow_null=True)


class ComparedAnswer(Answer):
    """`weights` sum to 1 and are null where `problem` says why there are none. A pair that is missing follows from the
    others (Harker), which makes the ratio look better than it would be with all."""

    name = serializers.CharField()
    judgements = JudgementAnswer(many=True)
    missing = serializers.IntegerField()
    weights = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    lambda_max = serializers.FloatField(allow_null=True)
    consistency_ratio = serializers.FloatField(allow_null=True)
    accepted = serializers.BooleanField(allow_null=True)
    problem = serializers.CharField(allow_blank=True)
    most_contradictory = ContradictionAnswer(allow_null=True)


class UnusedAnswer(Answer):
    """A judgement about a criterion that was taken out: kept, and not counted."""

    name = serializers.CharField()
    criterion = serializers.CharField()
    over = serializers.CharField()
    value = serializers.FloatField()
    removed = serializers.CharField()


class CriteriaComparisonAnswer(Answer):
    """`impossible` says why the criteria of this model are not compared in pairs."""

    model = serializers.UUIDField()
    model_version = serializers.IntegerField(min_value=1)
    criteria = serializers.ListField(child=serializers.CharField())
    impossible = serializers.CharField(allow_blank=True)
    random_index = serializers.CharField(help_text="The table of the random index in use.")
    most_accepted = serializers.FloatField()
    mine = ComparedAnswer()
    people = ComparedAnswer(many=True)
    group = ComparedAnswer(allow_null=True)
    no_longer_counted = UnusedAnswer(many=True)


def comparison_json(found: Comparison) -> dict[str, Any]:
    group = found.group
    return {
        "model": str(found.model.uuid),
        "model_version": found.version.version,
        "criteria": [factor.key for factor in found.factors],
        "impossible": found.impossible,
        "random_index": SAATY_2008,
        "most_accepted": MOST_CR,
        "mine": _compared(found.mine),
        "people": [_compared(one) for one in found.people],
        "group": _compared(group) if group else None,
        "no_longer_counted": [
            {"name": u.name, "criterion": u.first, "over": u.second, "value": u.value, "removed": u.removed}
            for u in found.unused
        ],
    }  # fmt: skip


def _judgement(pair: Pair) -> dict[str, Any]:
    return {"criterion": pair.first.key, "over": pair.second.key, "value": pair.value}


def _compared(one: Result) -> dict[str, Any]:
    found, worst = one.weights, one.contradiction
    return {
        "name": one.name,
        "judgements": [_judgement(pair) for pair in one.pairs if pair.value is not None],
        "missing": one.missing,
        "weights": {factor.key: share for factor, share in one.in_order} if found else None,
        "lambda_max": found.lambda_max if found else None,
        "consistency_ratio": found.cr if found else None,
        "accepted": found.acceptable if found else None,
        "problem": one.problem,
        "most_contradictory": {
            **_judgement(worst.pair),
            "fits": worst.fits.value if worst.fits else None,
            "consistency_ratio": worst.cr,
        }
        if worst
        else None,
    }
