"""All addresses of the API: the kernel's, each app's `api/routes.py`, and the description of them all."""

from __future__ import annotations

from importlib import import_module

from django.urls import URLPattern, URLResolver, path
from drf_spectacular.views import SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from plm.api import routes as kernel
from plm.api.description import DescriptionView

STAGE_APPS = ("ideas", "backlog", "roadmap", "feedback", "analytics")

router = SimpleRouter()
extra: list[URLPattern | URLResolver] = []
for app in STAGE_APPS:
    rooms = import_module(f"{app}.api.routes")
    for prefix, viewset in getattr(rooms, "viewsets", []):
        router.register(prefix, viewset, basename=prefix)
    extra += getattr(rooms, "urlpatterns", [])

urlpatterns: list[URLPattern | URLResolver] = [
    path(
        "schema/",
        DescriptionView.as_view(authentication_classes=[], permission_classes=[]),
        name="schema",
    ),
    path(
        "docs/",
        SpectacularSwaggerSplitView.as_view(
            url_name="api:schema", authentication_classes=[], permission_classes=[]
        ),
        name="docs",
    ),
    *extra,
    *kernel.urlpatterns,
    *router.urls,
]
