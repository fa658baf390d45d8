"""The product's own worker or clock, with one more kind of job: slow, and visible when it was done twice.

Run as `python -m tests.faults.celery_with_slow_jobs worker …` or `… beat …`.
"""

from __future__ import annotations

import os
import sys
import time

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")
django.setup()

from django.conf import settings  # noqa: E402

from ideas.services.ideas import idea_create  # noqa: E402
from plm.config.celery import app  # noqa: E402
from plm.models import Product  # noqa: E402
from plm.permissions import SYSTEM  # noqa: E402
from plm.runner import job_handler  # noqa: E402
from plm.services.clock import every  # noqa: E402


@job_handler("faults.slow")
def slow(run):
    """Write one idea named after the job, in the middle of some waiting."""
    product = Product.objects.select_related("workspace").get(pk=run.job.product_id)
    if os.environ.get("FAULTS_SLEEP_OUTSIDE"):
        time.sleep(float(os.environ["FAULTS_SLEEP_OUTSIDE"]))
    idea_create(actor=SYSTEM, product=product, values={"title": run.payload["title"]})
    time.sleep(float(os.environ.get("FAULTS_SLEEP", "0.05")))


@job_handler("faults.tick")
def tick(run):
    del run


settings.EMAIL_BACKEND = os.environ.get("FAULTS_MAIL_BACKEND", settings.EMAIL_BACKEND)
if os.environ.get("FAULTS_PERIODIC"):
    every(1, "faults.tick")

if __name__ == "__main__":
    app.start(sys.argv[1:])
