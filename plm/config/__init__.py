"""Composition root: the only code that sees every app."""

from plm.config.celery import app as celery_app

__all__ = ["celery_app"]
