"""The WSGI door: `gunicorn plm.config.wsgi`."""

import gc
import os

from django.core.wsgi import get_wsgi_application
from django.urls import resolve, reverse

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")


def _settle() -> None:
    """What a web process holds for good is there before its first request, and the collector does not look at it again.

    Loaded by the first requests, the addresses are put together once for each thread that asks. And a full collection
    walks through 240,000 objects, none of which goes: the requests of that moment wait for it, and until it is due what
    requests left behind in circles stays. Without them it is short, so it may come more often.
    """
    resolve(reverse("account_login"))
    gc.collect()
    gc.freeze()
    gc.collect()  # How many objects survive a full collection says when the next is due: none by now.
    gc.set_threshold(700, 10, 3)


application = get_wsgi_application()
_settle()
