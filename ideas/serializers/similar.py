"""Similar ideas in JSON."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from ideas.models.idea import WORKFLOW
from ideas.models.similar import METHODS


class SimilarIdea(serializers.Serializer[Any]):
    reference = serializers.CharField()
    title = serializers.CharField()
    state = serializers.ChoiceField(choices=WORKFLOW.choices)
    votes_count = serializers.IntegerField(min_value=0)
    score = serializers.FloatField(min_value=0, max_value=1)


class SimilarAnswer(serializers.Serializer[Any]):
    """`score` is from 0 to 1: by `tfidf` the cosine of the words; by `hybrid` the mean of that and the cosine of what the
    titles mean, each weighed by how little it varies among the ideas of the product."""

    method = serializers.ChoiceField(choices=METHODS)
    results = SimilarIdea(many=True)


class SimilarAnswerBody(serializers.Serializer[Any]):
    """`rank` is where the suggestion stood when it was judged, from 1; without it, where it stands now."""

    other = serializers.CharField(max_length=24)
    same = serializers.BooleanField()
    rank = serializers.IntegerField(min_value=0, max_value=100, default=0)


class SimilarJudged(serializers.Serializer[Any]):
    other = serializers.CharField()
    same = serializers.BooleanField()
    rank = serializers.IntegerField()
    score = serializers.FloatField(allow_null=True)
    method = serializers.ChoiceField(choices=METHODS)
