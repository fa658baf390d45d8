"""A law held against many files in one test: thousands of tests of a millisecond cost more than what they look at."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path


def each(
    paths: Iterable[Path], name: Callable[[Path], str]
) -> Callable[[Callable[[Path], None]], Callable[[], None]]:
    """Makes a check of one file a test of all of them, which names every file that breaks the law, and how."""
    found = list(paths)

    def over(check: Callable[[Path], None]) -> Callable[[], None]:
        def test() -> None:
            assert found, "No file was looked at."
            broken = []
            for path in found:
                try:
                    check(path)
                except AssertionError as error:
                    broken.append(f"{name(path)}: {error}")
            assert not broken, "\n".join(broken)

        test.__name__, test.__doc__, test.__module__ = (
            check.__name__,
            check.__doc__,
            check.__module__,
        )
        return test

    return over
