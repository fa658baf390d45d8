"""Days and moments as people read them. Lists print hundreds, so the words of a day are put together once."""

from __future__ import annotations

import datetime as dt
import functools

from django import template
from django.utils import timezone
from django.utils.dates import MONTHS, MONTHS_3
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

register = template.Library()

DASH = "\N{EN DASH}"
NOTHING = format_html('<span class="nil">{}</span>', DASH)


@register.filter
def ago(moment: dt.datetime | dt.date | None) -> str:
    """A moment in the past, short: now, 5 min, 3 h, 4 d, then the date."""
    if moment is None:
        return DASH
    if not isinstance(moment, dt.datetime):
        return day(moment)
    seconds = int((timezone.now() - moment).total_seconds())
    if seconds < 60:
        return _("now")
    if seconds < 3600:
        return f"{seconds // 60} " + _("min")
    if seconds < 86400:
        return f"{seconds // 3600} " + _("h")
    if seconds < 86400 * 14:
        return f"{seconds // 86400} " + _("d")
    return day(moment)


@register.filter
def day(value: dt.date | dt.datetime | None) -> str:
    """3 Mar in this year, 3 Mar 2025 in another."""
    if value is None:
        return DASH
    date = timezone.localtime(value).date() if isinstance(value, dt.datetime) else value
    return _day(date, timezone.localdate().year, get_language())


@functools.lru_cache(maxsize=2048)
def _day(date: dt.date, this_year: int, language: str | None) -> str:
    del language  # What the words below are in.
    year = "" if date.year == this_year else f" {date.year}"
    return f"{_day_month(date.day, str(MONTHS_3[date.month]).title())}{year}"


@functools.lru_cache(maxsize=2048)
def _whole_day(date: dt.date, language: str | None) -> str:
    del language
    return f"{_day_month(date.day, str(MONTHS[date.month]))} {date.year:04d}"


def _day_month(number: int, month: str) -> str:
    return pgettext("date", "{day} {month}").format(day=number, month=month)


@register.simple_tag
def when(moment: dt.datetime | None) -> str:
    """The short time with the whole one on hover and for machines."""
    if moment is None:
        return NOTHING
    local = timezone.localtime(moment)
    words = f"{_whole_day(local.date(), get_language())}, {local:%H:%M}"
    # Figures and names of months: nothing in them needs escaping.
    return SafeString(f'<time datetime="{local.isoformat()}" title="{words}">{ago(moment)}</time>')
