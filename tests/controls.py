"""What a browser would send of a page that it shows: the controls of its forms as they stand."""

from __future__ import annotations

from html.parser import HTMLParser
from typing import Any


class _Controls(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: dict[str, Any] = {}
        self.area = self.select = ""
        self.several = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        name = given.get("name", "")
        if tag == "textarea":
            self.area, self.found[name] = name, ""
        elif tag == "select":
            self.select, self.several = name, "multiple" in given
        elif tag == "option" and self.select:
            self._choose(self.select, given, chosen="selected" in given, several=self.several)
        elif tag == "input" and name and given.get("type") not in {"file", "submit", "radio"}:
            if given.get("type") != "checkbox":
                self.found[name] = given.get("value", "")
            elif "checked" in given:
                self.found.setdefault(name, []).append(given.get("value", "on"))

    def _choose(self, name: str, given: dict[str, str], *, chosen: bool, several: bool) -> None:
        value = given.get("value", "")
        if several:
            self.found.setdefault(name, [])
            self.found[name] += [value] if chosen else []
        elif chosen or name not in self.found:
            self.found[name] = value

    def handle_data(self, data: str) -> None:
        if self.area:
            self.found[self.area] += data

    def handle_endtag(self, tag: str) -> None:
        if tag == "textarea":
            self.found[self.area] = self.found[self.area].removeprefix("\r\n").removeprefix("\n")
            self.area = ""
        elif tag == "select":
            self.select = ""


def controls_of(page: str) -> dict[str, Any]:
    """The controls of the forms of a page. Radios are for the test to pick."""
    parser = _Controls()
    parser.feed(page)
    parser.found.pop("csrfmiddlewaretoken", None)
    return parser.found
