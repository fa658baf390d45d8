"""R1 and R2 in one program."""

import os

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.bench.references.settings"

from django.core.wsgi import get_wsgi_application  # noqa: E402 - the settings come first

application = get_wsgi_application()
