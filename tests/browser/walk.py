"""Opens addresses in Chromium and says what is wrong with each page."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable
from typing import Any, Literal, NamedTuple

from axe_playwright_python.sync_playwright import Axe
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
AXE_RUN = {
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
    return context


class Walk:
    """Walks addresses in one state, with one page per person. `enter(context, who)` signs a person in."""

    def __init__(
        self,
        browser: Browser,
        base: str,
        state: State,
        enter: Callable[[BrowserContext, str], None],
    ) -> None:
        self.browser, self.base, self.state, self.enter = browser, base, state, enter
        self.axe = Axe()
        self.pages: dict[str, Page] = {}
        self.heard: list[str] = []
        self.opened = 0

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
            lines += self.judged(page)
            found += [f"{address.name} {address.path} ({self.where}): {line}" for line in lines]
            self.opened += 1
            if seen:
                seen(address, page)
        return found

    def judged(self, page: Page) -> list[str]:
        """What is wrong with the page as it stands."""
        barriers = self._barriers(page) if self.state.axe else []
        return [*self._measured(page), *barriers, *self.heard]

    @property
    def where(self) -> str:
        return f"{SIZES[self.state.size][0]} {self.state.theme}"

    def _measured(self, page: Page) -> list[str]:
        measured = page.evaluate(MEASURE)
        lines = []
        if measured["wide"] > 0:
            lines.append(f"scrolls sideways by {measured['wide']} px")
        if not measured["heading"]:
            lines.append("has no heading")
        return lines

    def _barriers(self, page: Page) -> list[str]:
        answer = self.axe.run(page, options=AXE_RUN).response
        return [
            f"{rule['impact']} {rule['id']}: {' '.join(node['html'][:160] for node in rule['nodes'][:3])}"
            for rule in answer["violations"]
            if rule["impact"] in SERIOUS
        ]

    def close(self) -> None:
        for page in self.pages.values():
            page.context.close()
