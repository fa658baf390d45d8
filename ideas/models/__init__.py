"""Tables of the ideas room."""

from ideas.models.idea import Idea, Vote

__all__ = ["Idea", "Vote"]
