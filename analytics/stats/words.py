"""Figures as people read them on tiles: with their unit, short, and with the sign of a change."""

from __future__ import annotations

from decimal import Decimal

SIGNS = {"EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
MINUS = "−"
DASH = "–"
SHORT = ((10**9, "B"), (10**6, "M"), (10**5, "k"))


def short(value: Decimal) -> str:
    """41.5, 1,234, and from a hundred thousand on 123.4k, 1.2M."""
    size = abs(value)
    for limit, letter in SHORT:
        if size >= limit:
            divisor = 1000 if letter == "k" else limit
            return f"{value / divisor:.1f}".removesuffix(".0") + letter
    digits = 0 if size >= 1000 else 2 if size < 10 else 1
    text = f"{value:,.{digits}f}"
    return text.rstrip("0").rstrip(".") if digits else text


def figure(value: Decimal | None, *, form: str, unit: str = "", currency: str = "") -> str:
    """A value with its unit: 44.1%, €1,235, 12 min."""
    if value is None:
        return DASH
    text = short(abs(value))
    sign = MINUS if value < 0 else ""
    if form == "percent":
        return f"{sign}{text}%"
    if form == "money":
        return f"{sign}{SIGNS.get(currency, currency + ' ' if currency else '')}{text}"
    return f"{sign}{text}{f' {unit}' if unit else ''}"


def change_words(change: Decimal | None, share: float | None, *, form: str) -> str:
    """The change to the period before: in points for percentages, otherwise as a share; empty for none."""
    if change is None or change == 0:
        return ""
    sign = MINUS if change < 0 else "+"
    if form == "percent":
        return f"{sign}{short(abs(change))} pt"
    if share is None:
        return f"{sign}{short(abs(change))}"
    return f"{sign}{abs(share) * 100:.1f}".removesuffix(".0") + "%"
