"""States and lawful moves of each kind of record, and the phases of a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNDONE = "Undone"
"""The reason that the way back of a toast gives for a move."""


@dataclass(frozen=True, slots=True)
class State:
    """`group` says what a state means to the rest of the house: open, active, done or closed.

    A state that comes about by another action alone is not chosen by hand: `instead` names that action.
    """

    name: str
    label: str
    group: str
    hue: str = ""
    instead: str = ""


@dataclass(frozen=True, slots=True)
class Workflow:
    """The states of one kind of record. The first is where a record begins.

    `moves` names, per state, the states that may follow; a state without an entry may go anywhere.
    """

    states: tuple[State, ...]
    moves: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def initial(self) -> str:
        return self.states[0].name

    @property
    def choices(self) -> list[tuple[str, str]]:
        return [(state.name, state.label) for state in self.states]

    def state(self, name: str) -> State:
        """The state of that name. Raises KeyError for a name this workflow has not."""
        for state in self.states:
            if state.name == name:
                return state
        raise KeyError(name)

    def names(self, *groups: str) -> tuple[str, ...]:
        """Names of the states in these groups, or of all states."""
        return tuple(s.name for s in self.states if not groups or s.group in groups)

    def next_states(self, name: str) -> tuple[State, ...]:
        """The states somebody may move a record in state `name` to."""
        return tuple(s for s in self.states if not s.instead and self.may_move(name, s.name))

    def may_move(self, old: str, new: str) -> bool:
        """Whether the move is lawful, by hand or by another action."""
        lawful = self.moves.get(old)
        return new in self.names() and new != old and (lawful is None or new in lawful)


PHASES = (
    ("concept", "Concept"),
    ("development", "Development"),
    ("introduction", "Introduction"),
    ("growth", "Growth"),
    ("maturity", "Maturity"),
    ("decline", "Decline"),
    ("retired", "Retired"),
)
