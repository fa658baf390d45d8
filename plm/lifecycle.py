"""States and lawful moves of each kind of record, and the phases of a product."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

UNDONE = "Undone"
"""The reason that the way back of a toast gives for a move."""


@dataclass(frozen=True, slots=True)
class State:
    """`group` says what a state means to the rest of the house: open, active, done or closed."""

    name: str
    label: str
    group: str
    hue: str = ""


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
        """The states a record in state `name` may lawfully move to."""
        lawful = self.moves.get(name)
        return tuple(
            s for s in self.states if s.name != name and (lawful is None or s.name in lawful)
        )

    def may_move(self, old: str, new: str) -> bool:
        return any(state.name == new for state in self.next_states(old))


PHASES = (
    ("concept", "Concept"),
    ("development", "Development"),
    ("introduction", "Introduction"),
    ("growth", "Growth"),
    ("maturity", "Maturity"),
    ("decline", "Decline"),
    ("retired", "Retired"),
)
