"""Feedback in JSON."""

from __future__ import annotations

from rest_framework import serializers

from backlog.models import BacklogItem
from feedback.models.feedback import SENTIMENTS, SOURCES
from ideas.serializers.customers import CompanyField, PersonField
from plm.api.serializers import RecordSerializer, ReferenceField
from roadmap.models import Release


class FeedbackSerializer(RecordSerializer):
    title = serializers.CharField(max_length=250, required=False, allow_blank=True)
    source = serializers.ChoiceField(choices=SOURCES, required=False)  # type: ignore[assignment] # a field named like an attribute of fields
    person = PersonField(required=False, allow_null=True)
    company = CompanyField(required=False, allow_null=True)
    received_at = serializers.DateTimeField(required=False)
    sentiment = serializers.ChoiceField(choices=SENTIMENTS, required=False, allow_blank=True)
    item = ReferenceField(model=BacklogItem, required=False, allow_null=True)
    release = ReferenceField(model=Release, required=False, allow_null=True)
