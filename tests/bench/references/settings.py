"""Django as plain as it gets, on the tables of the product: no middleware, no login, DRF's own renderer."""

from plm.config.settings import *  # noqa: F403 - settings of the product are the base of the references

ROOT_URLCONF = "tests.bench.references.urls"
MIDDLEWARE: list[str] = []
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
}
