"""`make bench`: all workloads, one table. `ARGS="--million"` adds a product of 1,000,000 items."""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.bench.place import manage, missing, own_place
from tests.bench.report import Row, machine, say, table

PARTS = ("reading", "filtering", "pulling", "writing", "events", "figures", "rescoring", "priority", "pages", "ideas", "roadmap", "starting")  # fmt: skip


def main(arguments: list[str]) -> int:
    options = _options(arguments)
    lacking = missing()
    if lacking:
        say("\n".join(lacking))
        return 1
    say(machine())
    with own_place() as folder:
        rows = _measured(folder, options)
    say("")
    say(table(rows))
    missed = [row.workload for row in rows if row.met is False]
    say(f"\n{sum(row.met is True for row in rows)} goals met, {len(missed)} not met.")
    say("All web programs ran on granian with two workers; an installation runs on gunicorn.")
    return 0


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--million", action="store_true", help="also a product of 1,000,000 items")
    parser.add_argument("--sizes", default="10000,100000", help="items of the products")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument(
        "--seconds", type=float, default=2, help="of load, for each target and round"
    )
    parser.add_argument(
        "--voting", type=float, default=10, help="seconds in which 64 people vote at once"
    )
    parser.add_argument("--only", default=",".join(PARTS), help=f"some of {', '.join(PARTS)}")
    options = parser.parse_args(arguments)
    options.sizes = [int(size) for size in options.sizes.split(",")]
    if options.million:
        options.sizes.append(1_000_000)
    options.only = options.only.split(",")
    return options


@contextmanager
def _step(text: str) -> Iterator[None]:
    began = time.monotonic()
    yield
    say(f"{text}: {time.monotonic() - began:.0f} s")


def _measured(folder: Path, options: argparse.Namespace) -> list[Row]:
    began = time.perf_counter()
    manage("migrate", "--no-input", "--verbosity", "0")
    migrated = time.perf_counter() - began
    if {"figures", "pages", "ideas", "priority", "roadmap"} & set(options.only):
        with _step("static files"):
            ignored = ("-i", "redoc*", "-i", "rest_framework")
            manage("collectstatic", "--no-input", "--verbosity", "0", *ignored)
    import django

    django.setup()
    from tests.bench import data as given

    with _step("data"):
        data = given.fill(options.sizes)
    rows: list[Row] = []
    # Imported when Django is set up.
    from tests.bench.servers import serving
    from tests.bench.workloads import (
        figures,
        ideas,
        pages,
        priority,
        pulling,
        reading,
        rescoring,
        roadmap,
        starting,
        writing,
    )

    with serving(folder) as servers:
        works: dict[str, Callable[[], list[Row]]] = {
            "reading": lambda: reading.run(data, servers, options.rounds, options.seconds),
            "filtering": lambda: pulling.filtered(data, servers, options.rounds, options.seconds),
            "pulling": lambda: pulling.pulled(data, servers, options.rounds),
            "writing": lambda: writing.creating(data, servers, options.rounds, options.seconds),
            "events": lambda: writing.events(data, servers, options.rounds, options.seconds),
            "figures": lambda: figures.run(data, servers["ours"], options.rounds, options.seconds),
            "rescoring": lambda: rescoring.run(data, options.rounds),
            "priority": lambda: priority.run(
                data, servers["ours"], folder, options.rounds, options.seconds
            ),
            "pages": lambda: pages.run(data, servers["ours"], options.rounds, options.seconds),
            "ideas": lambda: ideas.run(
                data, servers, options.rounds, options.seconds, options.voting
            ),
            "roadmap": lambda: roadmap.run(data, servers["ours"], options.rounds, options.seconds),
            "starting": lambda: starting.run(migrated, servers["ours"]),
        }
        for name, work in works.items():
            if name in options.only:
                with _step(name):
                    found = work()
                for row in found:
                    say(f"  {row.workload}: {row.ours} | {row.reference} | {row.ratio}")
                rows += found
    return rows


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
