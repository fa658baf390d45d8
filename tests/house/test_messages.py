"""The portal speaks every language it offers, wholly."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from django.conf import settings

from tests.messages import catalogues, compiled, untranslated, wanted

BLANK = re.compile(r"%\([a-z_]+\)s|\{[a-z_]+\}")


def test_every_language_but_english_has_a_catalogue():
    assert [path.parent.parent.name for path in catalogues()] == ["de"]
    assert {code for code, _ in settings.LANGUAGES} == {"en", "de"}


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parent.parent.name)
def test_every_marked_text_is_translated_and_the_compiled_catalogue_says_the_same(path):
    """Mend it with `make messages`, which names what is missing, and a translator's hand in the .po."""
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.parent.parent.name)
    assert untranslated(catalog) == []
    asked = {(m.id, m.context) for m in wanted() if m.id}
    assert {(m.id, m.context) for m in catalog if m.id} == asked
    assert path.with_suffix(".mo").read_bytes() == compiled(catalog)


@pytest.mark.parametrize("path", catalogues(), ids=lambda path: path.parent.parent.name)
def test_a_translation_fills_in_what_the_text_fills_in(path):
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.parent.parent.name)
    differing = [
        message.id
        for message in catalog
        if message.id and _blanks(message.id) != _blanks(message.string)
    ]
    assert differing == []


def _blanks(texts):
    return {blank for text in _each(texts) for blank in BLANK.findall(text)}


def _each(texts):
    return [texts] if isinstance(texts, str) else texts
