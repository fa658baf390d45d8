"""What pages, API and importer need to know of the backlog room's records."""

from backlog.kinds.items import ITEM, SPRINT
from backlog.kinds.specs import SPEC

__all__ = ["ITEM", "SPEC", "SPRINT"]
