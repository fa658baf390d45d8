"""Rounds in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from backlog.models.round import MAIL_STATES, ROUND_KINDS, ROUND_STATES
from plm.api.answers import reference
from plm.api.parameters import free_form
from plm.api.serializers import Input
from plm.scoring.definition import Definition
from plm.scoring.kano import ANSWERS

ROLES = {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
VALUES = {"type": "object", "additionalProperties": {"type": ["number", "null"]}}
MEMBERS_READ = "Whether members read all remarks after the reveal."
GUESTS_READ = "Whether guests read all remarks about the items they judged, after the reveal."
OPEN = {"type": "object", "additionalProperties": {}}


class RoundItemAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Names the item within the round.")
    reference = reference()
    title = serializers.CharField()
    about = serializers.CharField()
    with_it = serializers.CharField()
    without_it = serializers.CharField()
    decided = free_form(OPEN)
    decided_reason = serializers.CharField()
    decided_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class ParticipantAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    name = serializers.CharField()
    guest = serializers.BooleanField()
    role = serializers.CharField(allow_blank=True)
    given = serializers.IntegerField(help_text="How many answers, never which.")
    expected = serializers.IntegerField()
    mail = serializers.ChoiceField(
        choices=[("", "Nothing was mailed"), *MAIL_STATES], help_text="What became of a guest's link by mail."
    )  # fmt: skip
    mail_problem = serializers.CharField()


class RoundBrief(serializers.Serializer[Any]):
    id = serializers.UUIDField(source="uuid")
    product = serializers.CharField(source="product.key")
    title = serializers.CharField()
    kind = serializers.ChoiceField(choices=ROUND_KINDS)
    state = serializers.ChoiceField(choices=ROUND_STATES)
    created_at = serializers.DateTimeField()
    ends_at = serializers.DateTimeField()
    revealed_at = serializers.DateTimeField(allow_null=True)
    version = serializers.IntegerField()


class RoundAnswerBody(RoundBrief):
    intro = serializers.CharField()
    remarks_members = serializers.BooleanField(help_text=MEMBERS_READ)
    remarks_guests = serializers.BooleanField(help_text=GUESTS_READ)
    roles = free_form(ROLES)
    criteria = free_form({"type": "array", "items": OPEN})
    items = RoundItemAnswer(many=True)
    participants = ParticipantAnswer(many=True)


class RoundLinkAnswer(ParticipantAnswer):
    url = serializers.CharField(
        allow_null=True,
        help_text="The guest's link, shown this once; null for a member and where it is mailed.",
    )


class RoundInput(Input):
    product = serializers.CharField(max_length=10)
    title = serializers.CharField(max_length=120)
    kind = serializers.ChoiceField(choices=ROUND_KINDS)
    items = serializers.ListField(
        child=serializers.CharField(max_length=24), required=False, max_length=40,
        help_text="References of items. Without them the first of the ranked list, `top` of them.",
    )  # fmt: skip
    top = serializers.IntegerField(required=False, min_value=1, max_value=40, default=5)
    intro = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    days = serializers.IntegerField(required=False, min_value=1, max_value=90)
    remarks_members = serializers.BooleanField(default=True, help_text=MEMBERS_READ)
    remarks_guests = serializers.BooleanField(default=False, help_text=GUESTS_READ)
    roles = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40)), required=False,
        help_text="Which criteria a role judges; who has no role here judges all.",
    )  # fmt: skip


class RoundWordsInput(Input):
    id = serializers.UUIDField()
    title = serializers.CharField(required=False, max_length=250)
    about = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    with_it = serializers.CharField(required=False, allow_blank=True, max_length=300)
    without_it = serializers.CharField(required=False, allow_blank=True, max_length=300)


class RoundChangeInput(Input):
    title = serializers.CharField(required=False, max_length=120)
    intro = serializers.CharField(required=False, allow_blank=True, max_length=2000)
    days = serializers.IntegerField(
        required=False, min_value=1, max_value=90, help_text="Days from now on which it ends."
    )
    roles = serializers.DictField(
        child=serializers.ListField(child=serializers.CharField(max_length=40)), required=False
    )
    remarks_members = serializers.BooleanField(required=False, help_text=MEMBERS_READ)
    remarks_guests = serializers.BooleanField(required=False, help_text=GUESTS_READ)
    items = RoundWordsInput(many=True, required=False)


class RoundMoveInput(Input):
    state = serializers.ChoiceField(choices=ROUND_STATES[1:])


class RoundAskInput(Input):
    member = serializers.UUIDField(required=False, help_text="Id of a member, or give `name`.")
    name = serializers.CharField(required=False, max_length=80, help_text="Name of a guest.")
    email = serializers.EmailField(
        required=False,
        max_length=254,
        help_text="Where a guest's link is mailed; `url` is null then.",
    )
    role = serializers.CharField(required=False, allow_blank=True, max_length=40)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if ("member" in attrs) == ("name" in attrs):
            raise serializers.ValidationError({"member": "Give a member or the name of a guest."})
        return attrs


class RoundPersonInput(Input):
    participant = serializers.UUIDField()


class RoundMailInput(Input):
    participant = serializers.UUIDField()
    email = serializers.EmailField(
        required=False, max_length=254, help_text="Without it the link goes where it went before."
    )


class PointsInput(Input):
    item = serializers.UUIDField()
    points = serializers.IntegerField(min_value=0, max_value=100)


class RoundGivenInput(Input):
    """One answer, by the kind of the round."""

    item = serializers.UUIDField(required=False, help_text="Scores and Kano: the item.")
    values = serializers.DictField(
        child=serializers.FloatField(allow_null=True), required=False,
        help_text="Scores: values by criterion; null takes one away.",
    )  # fmt: skip
    points = PointsInput(many=True, required=False, help_text="Points: those that change.")
    pair = serializers.ListField(
        child=serializers.UUIDField(), required=False, min_length=2, max_length=2, help_text="Pairs: the two items."
    )  # fmt: skip
    winner = serializers.UUIDField(
        required=False, allow_null=True, help_text="Pairs: null where one cannot tell."
    )
    functional = serializers.ChoiceField(
        choices=ANSWERS, required=False, help_text="Kano: the answer about having it."
    )
    dysfunctional = serializers.ChoiceField(
        choices=ANSWERS, required=False, help_text="Kano: the answer about not having it."
    )
    set = serializers.IntegerField(required=False, min_value=0, max_value=1000)
    best = serializers.UUIDField(required=False)
    worst = serializers.UUIDField(required=False)

    def given(self) -> dict[str, Any]:
        """The answer as the service takes it."""
        found = dict(self.validated_data)
        if "points" in found:
            found["points"] = {row["item"]: row["points"] for row in found["points"]}
        for name, part in (("functional", "with"), ("dysfunctional", "without")):
            if name in found:
                found[part] = found.pop(name)
        return found


class OwnAnswers(serializers.Serializer[Any]):
    """What the caller answered, and what is asked next where that is one thing at a time."""

    given = serializers.IntegerField()
    expected = serializers.IntegerField()
    answers = free_form({"type": "array", "items": OPEN})
    criteria = free_form({"type": "array", "items": {"type": "string"}})
    pair = free_form({"type": "array", "items": {"type": "string", "format": "uuid"}})
    set = free_form({"type": ["object", "null"], "additionalProperties": {}})


class GuestItem(serializers.Serializer[Any]):
    """An item in the words of the round: nothing else of it leaves the house."""

    id = serializers.UUIDField()
    title = serializers.CharField()
    about = serializers.CharField()
    with_it = serializers.CharField()
    without_it = serializers.CharField()


class GuestRound(OwnAnswers):
    title = serializers.CharField()
    intro = serializers.CharField()
    kind = serializers.ChoiceField(choices=ROUND_KINDS)
    state = serializers.ChoiceField(choices=ROUND_STATES)
    ends_at = serializers.DateTimeField()
    name = serializers.CharField(help_text="Who the guest is.")
    items = GuestItem(many=True)
    remarks = free_form({"type": "array", "items": OPEN})
    scales = free_form({"type": "array", "items": OPEN})


class RoundSayInput(Input):
    item = serializers.UUIDField()
    body = serializers.CharField(max_length=2000)


class RoundCommentAnswer(serializers.Serializer[Any]):
    id = serializers.UUIDField()
    item = serializers.UUIDField()
    name = serializers.CharField()
    guest = serializers.BooleanField()
    body = serializers.CharField()
    created_at = serializers.DateTimeField()


class RoundDecideInput(Input):
    item = serializers.UUIDField()
    values = serializers.DictField(
        child=serializers.FloatField(), required=False, help_text="Values by criterion."
    )
    reason = serializers.CharField(min_length=3, max_length=2000)
    version = serializers.IntegerField(
        min_value=1, max_value=1_000_000, help_text="The version of the round's item you read."
    )


class RoundDecidedAnswer(RoundItemAnswer):
    gone = serializers.ListField(
        child=serializers.CharField(),
        help_text="Criteria the scoring model has no longer: kept in the round alone.",
    )


class RoundUseInput(Input):
    factor = serializers.CharField(max_length=40)
    reason = serializers.CharField(min_length=3, max_length=2000)
    seen = serializers.CharField(
        required=False, max_length=4000, help_text="The `mark` of the mapping you read; refused if it is another one by now."
    )  # fmt: skip


class RoundUseRow(serializers.Serializer[Any]):
    id = serializers.UUIDField(help_text="Names the item within the round.")
    reference = reference()
    result = serializers.FloatField(
        allow_null=True, help_text="0 to 100; null where the round says nothing."
    )
    value = serializers.FloatField(
        allow_null=True, help_text="What the factor becomes; null: stays."
    )
    now = serializers.FloatField(allow_null=True)


class RoundUseAnswer(serializers.Serializer[Any]):
    """What a round found, as values of a factor of the active scoring model."""

    factor = serializers.CharField()
    rule = serializers.CharField(help_text="How results become values, in words.")
    mark = serializers.CharField()
    items = RoundUseRow(many=True)


class RoundResults(serializers.Serializer[Any]):
    """What the round found; which parts there are depends on its kind."""

    kind = serializers.ChoiceField(choices=ROUND_KINDS)
    blind = serializers.BooleanField(help_text="Then there is nothing to read yet.")
    items = free_form({"type": "array", "items": OPEN})
    agreement = free_form({"type": "array", "items": OPEN})
    unspent = free_form({"type": "array", "items": OPEN})
    dropped = free_form({"type": "array", "items": {"type": "string"}})


def criteria_json(formula: Definition | None) -> list[dict[str, Any]]:
    """The criteria with their scales."""
    return [
        {
            "key": f.key, "label": f.label, "low": f.low, "high": f.high, "unit": f.unit, "help": f.help,
            "choices": [value for value, _ in f.choices],
        }
        for f in (formula.factors if formula else ())
    ]  # fmt: skip
