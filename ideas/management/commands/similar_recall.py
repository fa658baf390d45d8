"""`manage.py similar_recall <folder>`: how many known duplicates the suggestions find."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

KS = (1, 5, 10)


def recalls(folder: Path) -> tuple[int, int, dict[int, float]]:
    """(reports, queries, recall at each of `KS`) of the GitBugs files in a folder, compared as ideas are.

    A query is a report with at least one known duplicate among the reports. Raises FileNotFoundError.
    """
    from ideas.similar import Corpus, best, recall, terms_of  # noqa: PLC0415 - as the web does

    csv.field_size_limit(10_000_000)
    reports = {}
    for row in _rows(folder, "*_bugs.csv"):
        title = row["Summary"]
        reports[int(row["Issue id"])] = terms_of(title, title, row["Description"] or "")
    known: dict[int, set[int]] = {}
    for row in _rows(folder, "*_bugs-combined.csv"):
        query = int(row["Issue id"])
        there = {int(part) for part in row["Duplicate id"].split(",")} & reports.keys() - {query}
        if query in reports and there:
            known[query] = there
    corpus = Corpus(reports)
    ranked = {}
    for query in known:
        scores = corpus.scores(reports[query])
        found = best(corpus.keys, scores, max(KS) + 1)
        ranked[query] = [pk for pk, _ in found if pk != query]
    return len(reports), len(known), {k: recall(ranked, known, k) for k in KS}


def _rows(folder: Path, pattern: str) -> list[dict[str, str]]:
    found = sorted(folder.glob(pattern))
    if not found:
        raise FileNotFoundError(f"There is no {pattern} in {folder}.")
    with found[0].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


class Command(BaseCommand):
    help = "Recall of the suggestions of similar ideas on the GitBugs files in a folder."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path)

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        try:
            reports, queries, found = recalls(options["folder"])
        except FileNotFoundError as error:
            raise CommandError(str(error)) from None
        self.stdout.write(f"{reports} reports, {queries} queries with a known duplicate among them")
        for k, share in found.items():
            self.stdout.write(f"recall@{k:<3} {share:.2f}  ({round(share * queries)} of {queries})")
