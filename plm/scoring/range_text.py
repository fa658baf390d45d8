"""Amounts as people type them: `5`, `3-5`, `2 / 3 / 5`, and with another shape `2 / 3 / 5 triangular ends`.

Two numbers are low and high with the likely one in the middle. What is not said is PERT between P10 and P90: the
outcome lies between low and high in 80 of 100 cases.
"""

from __future__ import annotations

import re

from plm.scoring.ranges import MEANINGS, P10_P90, PERT, SHAPES

NUMBER = r"(?:[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+\.?[0-9]*|\.[0-9]+)"
_TWO = re.compile(rf"({NUMBER})\s*%?\s*(?:-|–|to)\s*({NUMBER})\s*%?")
_THREE = re.compile(rf"({NUMBER})\s*%?\s*/\s*({NUMBER})\s*%?\s*/\s*({NUMBER})\s*%?")
_WORDS = (*dict(SHAPES), *dict(MEANINGS))
_FORM = re.compile(rf"(.*?)((?:[\s,]+(?:{'|'.join(_WORDS)}))*)\s*")


def range_read(text: str) -> dict[str, float | str] | None:
    """Low, likely, high, shape and meaning of a typed range, or None where the text is none (a single number, words).

    Nothing is said about their order: whoever takes them checks it.
    """
    found = _FORM.fullmatch(text.strip())
    if found is None:
        return None
    numbers, words = found[1].strip(), found[2].replace(",", " ").split()
    three, two = _THREE.fullmatch(numbers), _TWO.fullmatch(numbers)
    if three:
        low, likely, high = (_number(part) for part in three.groups())
    elif two:
        low, high = (_number(part) for part in two.groups())
        likely = (low + high) / 2
    else:
        return None
    shape = next((word for word in words if word in dict(SHAPES)), PERT)
    meaning = next((word for word in words if word in dict(MEANINGS)), P10_P90)
    return {"low": low, "likely": likely, "high": high, "shape": shape, "meaning": meaning}


def range_written(low: str, likely: str, high: str, shape: str, meaning: str) -> str:
    """The text that reads back as this range; the points come as they are to be shown."""
    form = [word for word, usual in ((shape, PERT), (meaning, P10_P90)) if word != usual]
    return " ".join([f"{low} / {likely} / {high}", *form])


def _number(text: str) -> float:
    return float(text.replace(",", ""))
