"""Addresses of the feedback room."""

from __future__ import annotations

from django.urls import path

from feedback.views import inbox, quotes

product_urls = [
    path("feedback/", inbox.inbox, name="inbox"),
]

record_urls = [
    path("pane", inbox.pane, name="pane"),
    path("triage", inbox.triage, name="triage"),
    path("quotes", quotes.quote_new, name="quote_new"),
    path("quotes/targets", quotes.targets, name="quote_targets"),
    path("quotes/<uuid:uuid>/remove", quotes.quote_take_back, name="quote_remove"),
]
