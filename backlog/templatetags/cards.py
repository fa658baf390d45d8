"""The cards of a board. It has a hundred of them, and a template for each takes most of the page's time."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from django import template
from django.utils.safestring import SafeString

from backlog.models import BacklogItem
from plm.templatetags.dates import day
from plm.templatetags.rows import choice_label
from plm.templatetags.ui import avatar, icon, number

register = template.Library()

CARD = (
    '\n<li class="bc h-{hue}{late}" data-card="{reference}"{liftable}><div class="bc-h"><span class="key ic">{icon}'
    '{reference}</span></div>{parent}\n<p class="bc-t"><a href="{url}">{title}</a></p>\n'
    '<div class="bc-f m">{facts}{owner}</div></li>\n'
)
PARENT = '<p class="area" title="Part of {0}"><span class="vh">Part of </span>{0}</p>'
LIFTABLE = ' tabindex="0" aria-describedby="dnd-help"'


@register.simple_tag
def board_cards(cards: Iterable[BacklogItem], *, liftable: bool = False) -> SafeString:
    """Cards in their order; `liftable` by keyboard where they may be moved."""
    return SafeString("".join(_card(item, LIFTABLE if liftable else "") for item in cards))


def _card(item: BacklogItem, liftable: str) -> str:
    return CARD.format(
        hue=escape(item.state_hue),
        late=" late" if item.late else "",
        reference=escape(item.reference),
        liftable=liftable,
        icon=icon(item.icon, 14),
        parent=PARENT.format(escape(item.parent.title)) if item.parent else "",
        url=escape(item.get_absolute_url()),
        title=escape(item.title),
        facts="".join(_facts(item)),
        owner=avatar(item.owner, role="Owner"),
    )


def _facts(item: BacklogItem) -> Iterable[str]:
    if item.priority != "none":
        sign = icon("siren" if item.priority == "urgent" else "flag", 13)
        label = escape(choice_label(item, "priority"))
        yield f'<span class="ic" title="Priority">{sign}{label}</span>'
    if item.estimate is not None:
        points = escape(number(item.estimate))
        yield f'<span class="ic" title="Estimate in points">{icon("gauge", 13)}{points}</span>'
    if item.due_on:
        due = escape(day(item.due_on))
        yield f'<span class="due ic" title="Due">{icon("calendar", 13)}{due}</span>'
