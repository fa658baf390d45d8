"""One trip through the running application, over HTTP, as a person makes it."""

from __future__ import annotations

import urllib.request
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.deploy.process_set import ProcessSet


def trip(processes: ProcessSet, tell: Callable[[str], None]) -> None:
    for page in ("livez", "readyz"):
        with urllib.request.urlopen(f"{processes.url}/{page}", timeout=10) as answer:
            assert answer.status == 200
    tell("alive and ready")
