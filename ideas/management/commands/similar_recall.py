"""`manage.py similar_recall <folder>`: how many known duplicates the suggestions find."""

from __future__ import annotations

import csv
from argparse import ArgumentParser
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from ideas import meaning, minilm
from ideas.similar import Corpus, best, recall, terms_of
from plm.numeric import np

KS = (1, 5, 10)


@dataclass(frozen=True, slots=True)
class Measured:
    """Recall at each of `KS` by method: `tfidf`, and `hybrid` where the optional model is installed."""

    reports: int
    queries: int
    found: dict[str, dict[int, float]]


def recalls(folder: Path) -> Measured:
    """The GitBugs files in a folder, compared as ideas are: title and description of a report by words, titles by meaning.

    A query is a report with at least one known duplicate among the reports. Raises FileNotFoundError.
    """
    texts = _reports(folder)
    known = _duplicates(folder, texts)
    terms = {key: terms_of(title, title, text) for key, (title, text) in texts.items()}
    corpus = Corpus(terms)

    def measured(score: Callable[[int], np.ndarray]) -> dict[int, float]:
        ranked = {}
        for query in known:
            found = best(corpus.keys, score(query), max(KS) + 1)
            ranked[query] = [pk for pk, _ in found if pk != query]
        return {k: recall(ranked, known, k) for k in KS}

    found = {"tfidf": measured(lambda query: corpus.scores(terms[query]))}
    if minilm.installed():
        rows = minilm.embed([title for title, _ in texts.values()])
        packed = {key: meaning.pack(row) for key, row in zip(texts, rows, strict=True)}
        meanings = meaning.Meanings(packed)

        def both(query: int) -> np.ndarray:
            asked = meanings.direction(query)
            assert asked is not None  # noqa: S101 - each report has one
            near = meanings.scores(corpus.keys, asked)
            return meaning.together(corpus.scores(terms[query]), near)

        found["hybrid"] = measured(both)
    return Measured(len(texts), len(known), found)


def _reports(folder: Path) -> dict[int, tuple[str, str]]:
    """(title, description) by number."""
    csv.field_size_limit(10_000_000)
    rows = _rows(folder, "*_bugs.csv")
    return {int(row["Issue id"]): (row["Summary"], row["Description"] or "") for row in rows}


def _duplicates(folder: Path, reports: dict[int, Any]) -> dict[int, set[int]]:
    known: dict[int, set[int]] = {}
    for row in _rows(folder, "*_bugs-combined.csv"):
        query = int(row["Issue id"])
        there = {int(part) for part in row["Duplicate id"].split(",")} & reports.keys() - {query}
        if query in reports and there:
            known[query] = there
    return known


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

    def _check_model(self) -> None:
        wrong = minilm.fault() if minilm.installed() else ""
        if wrong:
            raise CommandError(f"The model does not compute what it is documented to. {wrong}")

    def handle(self, *args: Any, **options: Any) -> None:
        del args
        self._check_model()
        try:
            measured = recalls(options["folder"])
        except FileNotFoundError as error:
            raise CommandError(str(error)) from None
        queries = measured.queries
        self.stdout.write(
            f"{measured.reports} reports, {queries} queries with a known duplicate among them"
        )
        for method, found in measured.found.items():
            for k, share in found.items():
                hits = f"({round(share * queries)} of {queries})"
                self.stdout.write(f"{method:6} recall@{k:<3} {share:.2f}  {hits}")
        if "hybrid" not in measured.found:
            self.stdout.write(
                "hybrid is left out: the optional model is not installed, see docs/running.md."
            )
