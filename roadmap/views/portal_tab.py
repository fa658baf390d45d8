"""The roadmap among the pages of the portal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ideas.selectors.boards import Reader
from plm.models import Product
from roadmap.selectors.portal import portal_roadmap
from roadmap.services.ledger import shown_note


def portal_tab(reader: Reader, product: Product) -> Mapping[str, Any] | None:
    """What the page draws, or None where nothing is published; what it shows goes into the ledger."""
    found = portal_roadmap(reader, product)
    if found is None:
        return None
    shown_note(share=found.share, view=found.view)
    return {"groups": found.groups}
