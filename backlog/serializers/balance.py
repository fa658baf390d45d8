"""The balance and its targets in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.selectors.balance import Amount, Balanced, Divided, Row
from plm.api.serializers import Input
from plm.scoring.moscow import CATEGORIES

Answer = serializers.Serializer[Any]
KINDS = [name for name, _ in CATEGORIES]


class AmountAnswer(Answer):
    """`with_others` counts items that are part of one that is chosen too, or that count by their parts."""

    total = serializers.FloatField()
    unit = serializers.CharField()
    known = serializers.IntegerField(min_value=0)
    unknown = serializers.IntegerField(min_value=0)
    with_others = serializers.IntegerField(min_value=0)


class BalanceRowAnswer(Answer):
    """One group; that of an empty key is in none. `points` is actual minus target, in percentage points; within 5 it is on
    target. `add` and `drop` are the items that would close the gap, best or worst in rank first.
    """

    group = serializers.CharField(allow_blank=True)
    label = serializers.CharField()  # type: ignore[assignment]  # declared fields leave the class
    amount = serializers.FloatField()
    share = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(allow_null=True)
    on_target = serializers.BooleanField(allow_null=True)
    other_share = serializers.FloatField(allow_null=True)
    items = serializers.IntegerField(min_value=0)
    add = serializers.ListField(child=serializers.CharField())
    drop = serializers.ListField(child=serializers.CharField())
    closable = serializers.BooleanField()


class BalanceGroupingAnswer(Answer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # likewise
    rows = BalanceRowAnswer(many=True)


class EffortsAnswer(Answer):
    must = serializers.FloatField()
    should = serializers.FloatField()
    could = serializers.FloatField()
    wont = serializers.FloatField()


class SharesAnswer(Answer):
    must = serializers.FloatField(allow_null=True)
    should = serializers.FloatField(allow_null=True)
    could = serializers.FloatField(allow_null=True)


class MoscowAnswer(Answer):
    """Estimates of the requirements, in points, against the rule of DSDM: Must at most 60 %, Could about 20 %."""

    requirements = serializers.IntegerField(min_value=0)
    efforts = EffortsAnswer()
    shares = SharesAnswer()
    unestimated = serializers.IntegerField(min_value=0)
    problems = serializers.ListField(child=serializers.CharField())


class BalanceAnswer(Answer):
    product = serializers.CharField()
    scope = serializers.CharField()
    says = serializers.CharField()
    by = serializers.CharField()
    items = serializers.IntegerField(min_value=0)
    effort = AmountAnswer()
    value = AmountAnswer()
    groupings = BalanceGroupingAnswer(many=True)
    moscow = MoscowAnswer()


class BalanceTargetsInput(Input):
    """Percent by grouping and key of the group; what is left out has no target."""

    targets = serializers.DictField(
        child=serializers.DictField(child=serializers.FloatField(min_value=0, max_value=100))
    )


class TargetAnswer(Answer):
    key = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # likewise
    target = serializers.FloatField(allow_null=True, help_text="Percent.")


class TargetGroupingAnswer(Answer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment]  # likewise
    groups = TargetAnswer(many=True)


class BalanceTargetsAnswer(Answer):
    product = serializers.CharField()
    groupings = TargetGroupingAnswer(many=True)


def _amount_json(amount: Amount) -> dict[str, Any]:
    once = amount.once
    counts = {"known": len(once.known), "unknown": len(once.unknown), "with_others": amount.others}
    return {"total": amount.total, "unit": amount.unit, **counts}


def _row_json(row: Row) -> dict[str, Any]:
    points = row.points
    return {
        "group": row.group.key, "label": row.group.label, "amount": row.portion.amount, "share": row.portion.share,
        "target": row.group.target, "points": None if points is None else round(points, 6),
        "on_target": None if points is None else row.portion.difference == 0, "other_share": row.other,
        "items": row.items, "add": [item.reference for item in row.add],
        "drop": [item.reference for item in row.drop], "closable": row.portion.closable,
    }  # fmt: skip


def _divided_json(divided: Divided) -> dict[str, Any]:
    one = divided.grouping
    return {"name": one.name, "label": one.label, "rows": [_row_json(row) for row in divided.rows]}


def balance_json(found: Balanced) -> dict[str, Any]:
    """A balance without the product it is of."""
    moscow = found.moscow
    return {
        "scope": found.scope.name, "says": found.says, "by": found.by.name, "items": found.count,
        **{amount.name: _amount_json(amount) for amount in (found.by, found.other)},
        "groupings": [_divided_json(one) for one in found.divided],
        "moscow": {
            "requirements": found.requirements, "efforts": moscow.efforts,
            "shares": {kind: moscow.share(kind) for kind in KINDS if kind != "wont"},
            "unestimated": moscow.unestimated, "problems": moscow.problems(),
        },
    }  # fmt: skip
