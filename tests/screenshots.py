"""Pictures of the pages in both sizes and themes: `make screenshots`.

Without options it starts an installation of its own with the demo product and stops it again. With `--address`
it takes the pictures of a running one, whose database is the one that the settings of this environment name.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import django
from playwright.sync_api import BrowserContext, Page, sync_playwright

from plm.management.demo_logins import LOGINS
from tests.browser.walk import SIZES, Address, State, Walk, executable, launch
from tests.start.program import ROOT, Program

OUT = ROOT / "var" / "screenshots"
COVER = ROOT / "docs" / "images" / "overview.png"
THEMES: tuple[Literal["light", "dark"], ...] = ("light", "dark")
ROLES = {
    "manager": "Product manager", "admin": "Admin", "stakeholder": "Stakeholder", "customer": "Customer (portal)"
}  # fmt: skip
PEOPLE = {what: (email, password) for what, email, password in LOGINS}


def main(argv: list[str]) -> int:
    options = parsed(argv)
    if not executable():
        sys.stderr.write("There is no Chromium (apt install chromium).\n")
        return 1
    OUT.mkdir(parents=True, exist_ok=True)
    with running(options.address) as address:
        taken = take(address, options.workspace, options.product, re.compile(options.only))
    sys.stdout.write(f"{taken} pictures are in {OUT.relative_to(ROOT)}\n")
    if options.cover:
        COVER.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(OUT / "home-desktop-light.png", COVER)
        sys.stdout.write(f"{COVER.relative_to(ROOT)} is new\n")
    return 0


def parsed(argv: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make screenshots")
    parser.add_argument("--address", default="", help="of a running installation with the demo")
    parser.add_argument("--workspace", default="demo", help="address of the workspace")
    parser.add_argument("--product", default="TRN", help="key of the product")
    parser.add_argument("--only", default="", help="names of pages, as a regular expression")
    parser.add_argument(
        "--cover", action="store_true", help="renew the picture of the README as well"
    )
    return parser.parse_args(argv)


@contextmanager
def running(address: str) -> Iterator[str]:
    """The address of the installation, with Django set up for its database."""
    if address:
        _set_up()
        yield address.rstrip("/")
        return
    with (
        tempfile.TemporaryDirectory(prefix="plm-screenshots-") as folder,
        Program(Path(folder), options=()) as program,
    ):
        program.wait_for("Stop: Ctrl-C", 300)
        os.environ["PLM_DATA_DIR"] = folder
        _set_up()
        yield program.address


def _set_up() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")
    # Playwright runs a loop of its own in this thread, which Django takes for an asynchronous caller.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    django.setup()


def take(address: str, workspace: str, product: str, wanted: re.Pattern[str]) -> int:
    """Visit every page that is wanted in both sizes and themes; how many pictures that gave."""
    from plm.models import Product
    from tests.browser.pages import every_page

    shown = Product.objects.select_related("workspace").get(workspace__slug=workspace, key=product)
    pages = [page for page in every_page(shown) if wanted.search(page.name)]
    taken = 0
    with sync_playwright() as playwright:
        browser = launch(playwright)
        for size in SIZES:
            for theme in THEMES:
                walk = Walk(browser, address, State(size, theme, axe=False), entrance(address))
                taken += len(pages)

                def keep(page: Address, seen: Page, state: str = f"{size}-{theme}") -> None:
                    seen.screenshot(path=OUT / f"{page.name}-{state}.png")

                began = time.monotonic()
                for fault in walk.faults(pages, keep):
                    sys.stdout.write(f"{fault}\n")
                walk.close()
                sys.stdout.write(f"{size} {theme}: {time.monotonic() - began:.0f} s\n")
        browser.close()
    return taken


def entrance(address: str) -> Callable[[BrowserContext, str], None]:
    """Signs a person of the demo in through the login form."""

    def enter(context: BrowserContext, who: str) -> None:
        if who == "nobody":
            return
        email, password = PEOPLE[ROLES[who]]
        page = context.new_page()
        page.goto(f"{address}/accounts/login/")
        page.fill("[name=login]", email)
        page.fill("[name=password]", password)
        page.press("[name=password]", "Enter")
        page.wait_for_load_state()
        page.close()

    return enter


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
