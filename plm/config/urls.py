"""All addresses of the product. The order matters: fixed words first, then workspaces, products, records."""

from __future__ import annotations

import sys
from importlib import import_module
from importlib.util import LazyLoader, find_spec, module_from_spec

from django.urls import URLPattern, URLResolver, include, path

from plm import urls as kernel
from plm.api.resolving import below
from plm.config.api import urlpatterns as api_urls
from plm.web.detail import record_detail

STAGE_APPS = ("ideas", "backlog", "roadmap", "feedback", "analytics")


def _when_used(package: str, name: str) -> None:
    """Leave a module unread until something of it is used: the recipe of importlib's documentation. As an attribute of
    its package, `from package import name` does not look into it."""
    whole = f"{package}.{name}"
    spec = find_spec(whole)
    if whole in sys.modules or spec is None or spec.loader is None:
        return
    spec.loader = LazyLoader(spec.loader)
    sys.modules[whole] = module = module_from_spec(spec)
    setattr(sys.modules[package], name, module)
    spec.loader.exec_module(module)


# allauth names its passkeys whatever kinds of second factors are switched on (MFA_SUPPORTED_TYPES: none of these), and
# with them fido2 and cryptography, 11 MB.
_when_used("allauth.mfa.webauthn.internal", "auth")


def _stage_urls(app: str) -> URLResolver:
    """The pages of a stage: `public_urls` as they are, `workspace_urls`, `record_urls` and `product_urls` below theirs."""
    rooms = import_module(f"{app}.urls")
    patterns: list[URLPattern | URLResolver] = [*getattr(rooms, "public_urls", [])]
    if pages := getattr(rooms, "workspace_urls", []):
        patterns.append(path("<ws:slug>/", include(pages)))
    if records := getattr(rooms, "record_urls", []):
        patterns.append(path("<ws:slug>/<ref:reference>/", include(records)))
    if products := getattr(rooms, "product_urls", []):
        patterns.append(path("<ws:slug>/<key:key>/", include(products)))
    return path("", include((patterns, app)))


kernel_urls: list[URLPattern | URLResolver] = [
    *kernel.front_urls,
    path("<ws:slug>/<ref:reference>", record_detail, name="record"),
    path("<ws:slug>/<ref:reference>/", include(kernel.record_urls)),
    path("<ws:slug>/", include(kernel.workspace_urls)),
    path("<ws:slug>/<key:key>/", include(kernel.product_urls)),
    path("<ws:slug>/<key:key>/", include(kernel.kind_urls)),
]

urlpatterns: list[URLPattern | URLResolver] = [
    below("api/v1/", api_urls, "api"),
    path("accounts/", include("allauth.urls")),
    *(_stage_urls(app) for app in STAGE_APPS),
    path("", include((kernel_urls, "plm"))),
]

handler400 = "plm.web.errors.bad_request"
handler403 = "plm.web.errors.forbidden"
handler404 = "plm.web.errors.not_found"
handler500 = "plm.web.errors.server_error"
