"""The traceability matrix in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from plm.api.answers import reference

Answer = serializers.Serializer[Any]


class TracedRecord(Answer):
    reference = reference()
    title = serializers.CharField()
    state = serializers.CharField()


class HopedResult(Answer):
    metric = serializers.CharField()
    target = serializers.DecimalField(max_digits=20, decimal_places=6, allow_null=True)
    unit = serializers.CharField()


class TraceAnswer(Answer):
    """One requirement, the stories that fulfil it, the releases they go out in, and the result hoped for."""

    id = serializers.UUIDField()
    text = serializers.CharField()
    moscow = serializers.CharField()
    type = serializers.CharField()
    state = serializers.CharField()
    spec = TracedRecord()
    coverage = serializers.CharField(
        help_text="without_story, planned, in_work, done, met, or not_to_be_built."
    )
    stories = TracedRecord(many=True)
    releases = TracedRecord(many=True)
    result = HopedResult()


class OrphanAnswer(Answer):
    """A story below something specified that fulfils no requirement."""

    parent = reference()
    reference = reference()
    title = serializers.CharField()
    state = serializers.CharField()
