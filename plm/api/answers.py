"""What the kernel's own addresses answer, for the description of the API."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import inline_serializer
from rest_framework import serializers

from plm.api.parameters import REFERENCE, free_form
from plm.lifecycle import PHASES
from plm.models.imports import BATCH_STATES, OUTCOMES
from plm.models.job import JOB_STATES
from plm.models.note import FIELD_TYPES

Answer = serializers.Serializer[Any]
BULK_REPORT: Any = {"$ref": "#/components/schemas/BulkReport"}
OPEN = {"type": "object", "additionalProperties": {}}


def reference() -> Any:
    return free_form(REFERENCE)


def listed(name: str, row: type[Answer], **more: Any) -> Any:
    """{results: rows}, and what else the list says."""
    return inline_serializer(name, {"results": row(many=True), **more})


def paged(name: str, row: type[Answer], pointer: str = "next_cursor", **more: Any) -> Any:
    """A page of a list: the address or the cursor of the next one is null on the last."""
    return listed(name, row, **{pointer: serializers.CharField(allow_null=True)}, **more)


class Member(Answer):
    id = serializers.UUIDField()
    name = serializers.CharField()


class RelativeAnswer(Answer):
    reference = reference()
    kind = serializers.CharField()
    stage = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()
    distance = serializers.IntegerField(help_text="Steps away; negative for what came before.")


class LineageAnswer(Answer):
    reference = reference()
    before = RelativeAnswer(many=True)
    after = RelativeAnswer(many=True)


class EventAnswer(Answer):
    id = serializers.UUIDField()
    sequence = serializers.IntegerField(min_value=1)
    verb = serializers.CharField(help_text="Such as `idea.created`.")
    kind = serializers.CharField(help_text="Kind of the record; empty where there is none.")
    actor = serializers.CharField()
    changes = free_form({**OPEN, "description": "Field to [old, new]."})
    data = free_form(OPEN)  # type: ignore[assignment] # a field named like a property of serializers
    reason = serializers.CharField()
    at = serializers.DateTimeField()
    request_id = serializers.CharField()


class AsOfAnswer(Answer):
    """A record at a moment. Before it was made, `existed` is false and `values` is empty."""

    reference = reference()
    at = serializers.DateTimeField()
    existed = serializers.BooleanField()
    values = free_form(
        {**OPEN, "description": "Field to its value then; links by reference or name."}
    )
    changed = serializers.ListField(
        child=serializers.CharField(), help_text="Fields that have another value now."
    )


class ChangeAnswer(EventAnswer):
    reference = serializers.CharField(allow_null=True)


class CommentAnswer(Answer):
    id = serializers.UUIDField()
    author = Member(allow_null=True)
    body = serializers.CharField()
    public = serializers.BooleanField()
    created_at = serializers.DateTimeField()


class AttachmentAnswer(Answer):
    id = serializers.UUIDField()
    url = serializers.CharField(help_text="For browsers that are signed in, and for Markdown.")
    name = serializers.CharField()
    size = serializers.IntegerField(min_value=0)
    sha256 = serializers.CharField()
    created_at = serializers.DateTimeField()


class FollowAnswer(Answer):
    following = serializers.BooleanField()


class RelationAnswer(Answer):
    id = serializers.UUIDField()
    source = reference()
    target = reference()
    type = serializers.CharField()


class Found(Answer):
    reference = reference()
    kind = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField()


class ProductAnswer(Answer):
    id = serializers.UUIDField()
    key = serializers.CharField()
    name = serializers.CharField()
    description = serializers.CharField()
    phase = serializers.ChoiceField(choices=PHASES)
    cycle = serializers.IntegerField(min_value=1)
    group = serializers.UUIDField(
        allow_null=True, help_text="The portfolio or product line it stands in."
    )
    archived_at = serializers.DateTimeField(allow_null=True)


class PeopleAnswer(Answer):
    people = Member(many=True)
    teams = Member(many=True)


class JobAnswer(Answer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    state = serializers.ChoiceField(choices=JOB_STATES)
    progress = serializers.IntegerField(min_value=0)
    total = serializers.IntegerField(min_value=0)
    attempts = serializers.IntegerField(min_value=0)
    result = free_form({})
    error = serializers.CharField()
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class CustomFieldAnswer(Answer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # likewise
    type = serializers.ChoiceField(choices=FIELD_TYPES)
    choices = serializers.ListField(child=serializers.CharField())
    required = serializers.BooleanField()  # type: ignore[assignment] # likewise


class SavedViewAnswer(Answer):
    id = serializers.UUIDField()
    kind = serializers.CharField()
    name = serializers.CharField()
    query = serializers.CharField()
    shared = serializers.BooleanField()
    mine = serializers.BooleanField()


class ImportBrief(Answer):
    id = serializers.UUIDField()
    product = serializers.CharField()
    kind = serializers.CharField()
    name = serializers.CharField()
    state = serializers.ChoiceField(choices=BATCH_STATES)
    total = serializers.IntegerField(min_value=0)
    counts = free_form({"type": "object", "additionalProperties": {"type": "integer"}})
    created_at = serializers.DateTimeField()
    finished_at = serializers.DateTimeField(allow_null=True)


class ImportTarget(Answer):
    name = serializers.CharField()
    label = serializers.CharField()  # type: ignore[assignment] # likewise
    type = serializers.CharField()
    required = serializers.BooleanField()  # type: ignore[assignment] # likewise
    choices = serializers.ListField(child=serializers.CharField())


class ImportProblem(Answer):
    row = serializers.IntegerField()
    title = serializers.CharField()
    outcome = serializers.ChoiceField(choices=OUTCOMES)
    problems = serializers.ListField(
        child=serializers.DictField(child=serializers.CharField(allow_blank=True))
    )


class ImportAnswer(ImportBrief):
    version = serializers.IntegerField(min_value=1)
    sha256 = serializers.CharField()
    shape = free_form({**OPEN, "description": "How the file was read: its form, columns, samples."})
    mapping = free_form(OPEN)
    options = free_form(OPEN)
    unknown_values = free_form(
        {"type": "object", "additionalProperties": {"type": "array", "items": {"type": "string"}}}
    )
    fields = ImportTarget(many=True)  # type: ignore[assignment] # likewise
    phase = serializers.CharField()
    position = serializers.IntegerField(min_value=0)
    error = serializers.CharField()
    job = JobAnswer(allow_null=True)
    problems = ImportProblem(many=True)
