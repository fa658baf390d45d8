"""One trip through the running application, over HTTP, as a person makes it."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, build_opener

import psycopg2  # type: ignore[import-untyped]

from tests.start.program import wait_until

if TYPE_CHECKING:
    from tests.deploy.process_set import ProcessSet

EMAIL = "maria@example.com"
PASSWORD = "a-passphrase-for-one-trip"
IDEA = "Offline mode & sync <for> field crews"
# Run before the processes start, so that the first tick of the clock finds a workspace to make a job for.
PEOPLE = f"""
from plm.models import User
from plm.selectors import actor_of
from plm.services.workspaces import product_create, workspace_create
maria = User.objects.create_user({EMAIL!r}, {PASSWORD!r}, name="Maria Silva")
workspace = workspace_create(owner=maria, name="Harbour", slug="harbour")
product_create(actor=actor_of(maria), workspace=workspace, name="Atlas", key="ATL")
"""
HIDDEN = re.compile(r'name="csrfmiddlewaretoken" value="([^"]+)"')


class Browser:
    def __init__(self, root: str) -> None:
        self.root = root
        self.opener: OpenerDirector = build_opener(HTTPCookieProcessor(CookieJar()))

    def get(self, path: str) -> str:
        with self.opener.open(f"{self.root}{path}", timeout=20) as answer:
            return str(answer.read().decode())

    def submit(self, path: str, **values: str) -> tuple[str, str]:
        """Open the form, fill it in, send it; the address it led to and the page there."""
        found = HIDDEN.search(self.get(path))
        assert found, f"no form at {path}"
        body = urlencode({"csrfmiddlewaretoken": found[1], **values}).encode()
        with self.opener.open(f"{self.root}{path}", body, timeout=20) as answer:
            return answer.geturl().removeprefix(self.root), answer.read().decode()


def trip(processes: ProcessSet, tell: Callable[[str], None]) -> None:
    browser = Browser(processes.url)
    assert '"ok"' in browser.get("/livez")
    assert '"migrations": "ok"' in browser.get("/readyz")
    there, page = browser.submit("/accounts/login/", login=EMAIL, password=PASSWORD)
    assert there in {"/", "/harbour/"}, there
    assert "Harbour" in page
    tell("signed in")
    there, page = browser.submit("/harbour/ATL/ideas/new", title=IDEA, source="customer")
    assert there == "/harbour/ATL-1", there
    assert html.escape(IDEA) in page
    assert html.escape(IDEA) in browser.get("/harbour/ATL/ideas/")
    tell(f"wrote an idea down: {there}")
    with psycopg2.connect(processes.addresses["DATABASE_URL"]) as database:
        seconds = wait_until(lambda: jobs_are_done(database), 60, "every job is done")
    database.close()
    tell(f"the clock made a job and the worker did it ({seconds:.1f} s)")


def jobs_are_done(database: psycopg2.extensions.connection) -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT state, error FROM plm_job")
        jobs = cursor.fetchall()
    database.rollback()
    assert not [error for state, error in jobs if state in ("retrying", "dead")], jobs
    return bool(jobs) and all(state == "done" for state, _ in jobs)
