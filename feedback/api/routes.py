"""API addresses of the feedback room."""

from __future__ import annotations

from django.urls import path

from feedback.api.viewsets import FeedbackViewSet, QuotesView, QuoteView

viewsets = [
    ("feedback", FeedbackViewSet),
]

urlpatterns = [
    path("feedback/<str:reference>/quotes/", QuotesView.as_view(), name="quotes"),
    path("feedback/<str:reference>/quotes/<uuid:uuid>/", QuoteView.as_view(), name="quote"),
]
