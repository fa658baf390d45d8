"""A line in which threads wait for their turn, first come, first served."""

from __future__ import annotations

import threading
from collections import deque


class WaitingLine:
    """One at a time, in the order of arrival; a lock of Python's lets whoever asks at the right moment go first."""

    def __init__(self) -> None:
        self._guard = threading.Lock()
        self._turns: deque[threading.Lock] = deque()
        self._taken = False

    def take(self, seconds: float) -> bool:
        """Wait for one's turn, so long at most; whether it came. Who was given it must `leave`."""
        with self._guard:
            if not self._taken:
                self._taken = True
                return True
            turn = threading.Lock()
            turn.acquire()
            self._turns.append(turn)
        if turn.acquire(timeout=seconds):
            return True
        with self._guard:
            if turn in self._turns:
                self._turns.remove(turn)
                return False
        return True  # It came at the last moment.

    def leave(self) -> None:
        """The next one's turn."""
        with self._guard:
            if self._turns:
                self._turns.popleft().release()
            else:
                self._taken = False

    def __len__(self) -> int:
        """How many wait."""
        return len(self._turns)
