"""The WSGI door: `gunicorn plm.config.wsgi`."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")
application = get_wsgi_application()
