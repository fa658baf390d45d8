"""Addresses of the ideas room."""

from __future__ import annotations

from django.urls import path

from ideas.views import ideas

record_urls = [
    path("vote", ideas.idea_vote, name="idea_vote"),
]
