"""What the portal gives to other sites: the settings of its widget, and which of them may show it in a frame."""

from __future__ import annotations

import json

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from ideas.models import Portal
from ideas.selectors.boards import portal_settings
from plm.models import Product


def allowed_origins(portal: Portal) -> list[str]:
    """The origins that may show the portal in a frame, as `frame-ancestors` takes them."""
    return list(portal.allowed_origins)


def widget_settings(product: Product) -> str:
    """What the script of a portal knows beforehand, as JSON: its name, its colour, its words in each language."""
    portal = portal_settings(product)
    words = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            words[code] = _words(portal.name or product.name)
    return json.dumps({"accent": portal.accent, "words": words})


def _words(name: str) -> dict[str, str]:
    return {
        "label": _("Feedback"),
        "title": _("Feedback on %(name)s") % {"name": name},
        "close": _("Close"),
        "tab": _("Open in a new tab"),
        "missing": _("The portal cannot be shown on this page. It can be opened in a new tab."),
    }
