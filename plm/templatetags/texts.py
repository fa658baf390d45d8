"""Texts of records as their readers see them."""

from __future__ import annotations

from django import template
from django.utils.safestring import SafeString

from plm.markdown import Links, render

register = template.Library()


@register.filter
def markdown(source: str, links: Links | None) -> SafeString:
    """A Markdown text for a reader inside the house; `links` is what `links_for` found for the page."""
    return render(source, links if isinstance(links, Links) else None)
