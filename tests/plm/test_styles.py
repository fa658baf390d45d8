"""Style sheets: many short files as sources, one for who visits."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.contrib.staticfiles import storage as staticfiles
from django.core.files.base import ContentFile
from django.template.loader import render_to_string

from plm.web.styles import OneSheetStorage, sheets


@pytest.fixture
def collected(tmp_path: Path) -> OneSheetStorage:
    store = OneSheetStorage(location=tmp_path, base_url="/static/")
    for name in sheets():
        source = Path(settings.BASE_DIR, "static", name)
        store.save(name, ContentFile(source.read_bytes()))
    for _ in range(2):  # Collected again, it is made again.
        list(store.post_process({name: (store, name) for name in sheets()}))
    return store


def test_the_sheets_of_every_page_are_one_file_in_their_order(collected: Any) -> None:
    name = collected.stored_name("css/all.css")
    assert name != "css/all.css"
    text = Path(collected.path(name)).read_text(encoding="utf-8")
    assert len(sheets()) > 10
    places = [text.index(Path(collected.path(n)).read_text(encoding="utf-8")) for n in sheets()]
    assert places == sorted(places)
    assert Path(collected.path(f"{name}.gz")).is_file()


def test_a_page_asks_for_that_file_or_for_each(collected: Any, monkeypatch: Any) -> None:
    each = render_to_string("error.html")
    assert [name for name in sheets() if f"/static/{name}" not in each] == []
    monkeypatch.setattr(staticfiles.staticfiles_storage, "every_page", "css/all.css", raising=False)
    one = render_to_string("error.html")
    assert "/static/css/all.css" in one
    assert [name for name in sheets() if f"/static/{name}" in one] == []
    assert collected.every_page == "css/all.css"
