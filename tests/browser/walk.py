"""Opens addresses in Chromium and says what is wrong with each page."""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Literal, NamedTuple

from axe_playwright_python.base import AXE_FILE_PATH
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Error, Page, Playwright

from tests.run import BROWSERS

ARGS = [
    *("--no-sandbox", "--disable-background-networking", "--disable-component-update"),
    *("--disable-sync", "--no-first-run"),
]
SIZES = {"desktop": (1440, 900), "phone": (390, 844)}
SERIOUS = ("serious", "critical")
# Reported to the console by the browser itself, so that one place hears of every fault of a page.
WATCH = """document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`CSP refused ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}`));"""
AXE_RUN = """async (options) => (await axe.run(document, options)).violations"""
AXE_OPTIONS = {
    "resultTypes": ["violations"],
    "runOnly": {
        "type": "tag",
        "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"],
    },
}
MEASURE = """() => ({
  wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  heading: (document.querySelector("h1")?.textContent || "").trim(),
})"""


class Address(NamedTuple):
    """`who` signs in: manager, admin, stakeholder, customer, or nobody. `status` is the answer that is right."""

    name: str
    path: str
    who: str = "manager"
    status: int = 200


class State(NamedTuple):
    """One way of looking at a page."""

    size: str
    theme: Literal["light", "dark"]
    axe: bool


def executable() -> str:
    """The browser to use, or an empty text."""
    return next(filter(None, map(shutil.which, BROWSERS)), "")


def launch(playwright: Playwright) -> Browser:
    return playwright.chromium.launch(executable_path=executable(), args=ARGS)


def context_of(browser: Browser, state: State, **options: Any) -> BrowserContext:
    width, height = SIZES[state.size]
    context = browser.new_context(
        viewport={"width": width, "height": height},
        color_scheme=state.theme,
        reduced_motion="reduce",
        **options,
    )
    context.set_default_timeout(10_000)
    context.add_init_script(WATCH)
    if state.axe:
        context.add_init_script(path=AXE_FILE_PATH)
    return context


def show(page: Page, state: State) -> None:
    """Turn the page as it stands into that state."""
    width, height = SIZES[state.size]
    page.set_viewport_size({"width": width, "height": height})
    page.emulate_media(color_scheme=state.theme)


class Walk:
    """Walks addresses, with one page per person. `enter(context, who)` signs a person in.

    A page is loaded in `state` and judged in it and then, resized and recoloured, in those that are given in `also`.
    """

    def __init__(
        self,
        browser: Browser,
        base: str,
        state: State,
        enter: Callable[[BrowserContext, str], None],
        also: Sequence[State] = (),
    ) -> None:
        self.browser, self.base, self.state, self.enter = browser, base, state, enter
        self.also = also
        self.pages: dict[str, Page] = {}
        self.heard: list[str] = []
        self.opened = 0
        self.routes: Counter[str] = Counter()

    def page_for(self, who: str) -> Page:
        if who not in self.pages:
            context = context_of(self.browser, self.state)
            self.enter(context, who)
            page = context.new_page()
            page.on("console", lambda message: self._hear(message.type, message.text))
            page.on("pageerror", lambda error: self.heard.append(f"script error: {error}"))
            self.pages[who] = page
        return self.pages[who]

    def _hear(self, kind: str, text: str) -> None:
        # The answer 403 or 404 of the page itself is judged by its status.
        if kind == "error" and "Failed to load resource: the server responded" not in text:
            self.heard.append(f"console: {text[:200]}")

    def faults(
        self, addresses: Iterable[Address], seen: Callable[[Address, Page], None] | None = None
    ) -> list[str]:
        """What is wrong, one line each; `seen(address, page)` is called on every page."""
        found = []
        for address in addresses:
            page = self.page_for(address.who)
            self.heard.clear()
            try:
                answer = page.goto(self.base + address.path, wait_until="load")
            except Error as error:
                found.append(f"{address.name} {address.path}: {error.message.splitlines()[0]}")
                continue
            status = answer.status if answer else 0
            lines = [] if status == address.status else [f"answered {status}"]
            if seen:
                seen(address, page)
            lines += self.judged(page, address)
            found += [f"{address.name} {address.path}: {line}" for line in lines]
            self.opened += 1
        return found

    def judged(self, page: Page, address: Address | None = None) -> list[str]:
        """What is wrong with the page as it stands, state by state."""
        lines = []
        states = (self.state, *self.also)
        looked = self._looked_at(address) if address else set(states)
        for state in states:
            if self.also:
                show(page, state)
            barriers = self._barriers(page) if state.axe and state in looked else []
            faults = [*self._measured(page), *barriers]
            lines += [f"{state.size} {state.theme}: {fault}" for fault in faults]
        return [*lines, *self.heard]

    def _looked_at(self, address: Address) -> set[State]:
        """In which states axe looks at a page: all for the first of a route, one after another for its others.

        Most of an axe run is contrast, and the pages of one route share their template and its colours.
        """
        states = (self.state, *self.also)
        try:
            route = resolve(address.path.partition("?")[0]).view_name
        except Resolver404:
            route = ""
        before = self.routes[route]
        self.routes[route] += 1
        return {states[before % len(states)]} if before else set(states)

    def _measured(self, page: Page) -> list[str]:
        measured = page.evaluate(MEASURE)
        lines = []
        if measured["wide"] > 0:
            lines.append(f"scrolls sideways by {measured['wide']} px")
        if not measured["heading"]:
            lines.append("has no heading")
        return lines

    def _barriers(self, page: Page) -> list[str]:
        return [
            f"{rule['impact']} {rule['id']}: {' '.join(node['html'][:160] for node in rule['nodes'][:3])}"
            for rule in page.evaluate(AXE_RUN, AXE_OPTIONS)
            if rule["impact"] in SERIOUS
        ]

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()
