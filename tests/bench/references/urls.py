"""Addresses of R1 and R2."""

from django.urls import path

from tests.bench.references.r1_drf import ItemView
from tests.bench.references.r2_bulk import events

urlpatterns = [
    path("items/", ItemView.as_view({"get": "list"})),
    path("events/", events),
]
