"""R1 and R2: Django as plain as it gets, on the tables of the product. No middleware, no login."""

import os

import django
from django.conf import settings
from django.core.handlers.wsgi import WSGIHandler

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")
django.setup(set_prefix=False)
settings.ROOT_URLCONF = "tests.bench.references.urls"
settings.MIDDLEWARE = []
application = WSGIHandler()
