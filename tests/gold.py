"""Published values, kept beside the checkout: cases for the formulas a test names."""

from __future__ import annotations

import json
from collections.abc import Collection
from pathlib import Path

import pytest

GOLD = Path(__file__).parents[1].parent / "shared/gold/cases.json"


def gold_cases(methods: Collection[str]):
    if not GOLD.is_file():
        missing = pytest.mark.skip(reason="../shared/gold/cases.json is not beside this checkout")
        return [pytest.param(None, marks=missing)]
    cases = json.loads(GOLD.read_text())
    return [pytest.param(c, id=c["id"]) for c in cases if c["method"] in methods]
