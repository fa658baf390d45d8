"""What items do for goals, in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.models import BacklogItem
from plm.api.answers import reference
from plm.api.serializers import Input
from roadmap.selectors.alignment import Aligned, Alignment
from roadmap.selectors.contributions import Serves

Answer = serializers.Serializer[Any]


class ContributionInput(Input):
    """0 percent takes a contribution back."""

    objective = serializers.CharField(max_length=40, help_text="Reference of a goal.")
    percent = serializers.IntegerField(min_value=0, max_value=100)
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True)


class ServesAnswer(Answer):
    objective = reference()
    title = serializers.CharField()
    percent = serializers.IntegerField(min_value=0, max_value=100)
    main = serializers.BooleanField(
        help_text="The goal of the item's place: it has what the others leave."
    )


class ContributionsAnswer(Answer):
    """`unserved` is percent of the item that serves no goal. An item that names none is counted for the goals of the
    nearest item above it that does: these are `inherited`, from `inherited_from`."""

    reference = reference()
    goals = ServesAnswer(many=True)
    unserved = serializers.IntegerField(min_value=0, max_value=100)
    inherited_from = serializers.CharField(allow_null=True)
    inherited = ServesAnswer(many=True)


class ContributionAnswer(Answer):
    """So many percent of an item serve a goal other than that of its place."""

    objective = reference()
    reference = reference()
    title = serializers.CharField()
    percent = serializers.IntegerField(min_value=1, max_value=100)


class AlignedAnswer(Answer):
    """`share` and `target` are parts of the whole effort of the scope, 0 to 1; `points` is share minus target, in
    percentage points; within 5 it is on target. `elsewhere` counts open items outside of the scope that serve it."""

    objective = reference()
    title = serializers.CharField()
    state = serializers.CharField()
    effort = serializers.FloatField()
    share = serializers.FloatField(allow_null=True)
    target = serializers.FloatField(allow_null=True)
    points = serializers.FloatField(allow_null=True)
    on_target = serializers.BooleanField(allow_null=True)
    items = serializers.IntegerField(min_value=0)
    elsewhere = serializers.IntegerField(min_value=0)


class LooseAnswer(Answer):
    reference = reference()
    title = serializers.CharField()
    served = serializers.IntegerField(
        min_value=0, max_value=100, help_text="Percent of it that serves a goal."
    )


class AlignmentAnswer(Answer):
    """`unserved` are the first 100 items of the scope, in rank, of which a part serves no goal; `idle` are goals that are
    pursued and that nothing of the scope serves."""

    product = serializers.CharField()
    scope = serializers.CharField()
    says = serializers.CharField()
    effort = serializers.FloatField()
    unit = serializers.CharField()
    without_effort = serializers.IntegerField(min_value=0)
    goals = AlignedAnswer(many=True)
    unserved_share = serializers.FloatField(allow_null=True)
    unserved_items = serializers.IntegerField(min_value=0)
    unserved = LooseAnswer(many=True)
    idle = serializers.ListField(child=serializers.CharField())


def serves_json(
    served: list[Serves], inherited: tuple[BacklogItem, list[Serves]] | None
) -> dict[str, Any]:
    """The goals of an item without the item."""
    above, goals = inherited or (None, [])
    counted = served or goals
    return {
        "goals": [_serves_json(one) for one in served],
        "unserved": max(0, 100 - sum(one.percent for one in counted)),
        "inherited_from": above.reference if above else None,
        "inherited": [_serves_json(one) for one in goals],
    }


def _serves_json(one: Serves) -> dict[str, Any]:
    return {
        "objective": one.objective.reference, "title": one.objective.title, "percent": one.percent, "main": one.main,
    }  # fmt: skip


def alignment_json(found: Alignment) -> dict[str, Any]:
    """An alignment without the product it is of."""
    whole, nobody = found.found.by, found.nobody
    return {
        "scope": found.found.scope.name, "says": found.found.says, "effort": whole.total, "unit": whole.unit,
        "without_effort": len(whole.once.unknown), "goals": [_aligned_json(goal) for goal in found.goals],
        "unserved_share": nobody.portion.share if nobody else None,
        "unserved_items": nobody.items if nobody else 0,
        "unserved": [
            {"reference": one.item.reference, "title": one.item.title, "served": one.served} for one in found.loose
        ],
        "idle": [goal.objective.reference for goal in found.idle],
    }  # fmt: skip


def _aligned_json(goal: Aligned) -> dict[str, Any]:
    points = goal.points
    return {
        "objective": goal.objective.reference, "title": goal.objective.title, "state": goal.objective.state,
        "effort": goal.effort, "share": goal.share, "target": goal.target,
        "points": None if points is None else round(points, 6),
        "on_target": None if points is None else goal.on_target, "items": goal.items, "elsewhere": goal.elsewhere,
    }  # fmt: skip
