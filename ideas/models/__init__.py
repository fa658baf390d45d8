"""Tables of the ideas room."""

from ideas.models.case import BusinessCase
from ideas.models.idea import Idea, Vote

__all__ = ["BusinessCase", "Idea", "Vote"]
