"""Every route x method x principal: who may, may; who may not is refused and has written nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from ideas.models import Feasibility, Research, Trend
from plm.kinds import all_kinds
from plm.models import ApiToken
from plm.permissions import Role
from tests.make import (
    make_case,
    make_competitor,
    make_evidence,
    make_feedback,
    make_gate,
    make_idea,
    make_item,
    make_key_result,
    make_metric,
    make_milestone,
    make_objective,
    make_persona,
    make_release,
    make_spec,
    make_sprint,
)
from tests.permissions import all_routes, allowed, digest

ROLES = {
    "carol": Role.STAKEHOLDER,
    "bob": Role.CONTRIBUTOR,
    "alice": Role.MANAGER,
    "dora": Role.ADMIN,
}


def test_every_route_declares_a_policy():
    silent = [r.pattern for r in all_routes() if not r.is_library and not r.declared()]
    assert silent == []


def test_every_method_of_the_api_declares_a_policy():
    missing = [
        (r.pattern, method)
        for r in all_routes()
        if r.is_api and not r.is_library
        for method in r.served() - set(r.declared())
    ]
    assert missing == []


@pytest.fixture
def stage(world, sign_in, api):
    """The world with a record of each kind, a browser for each person and tokens of each sort."""
    records = one_of_each_kind(world)
    browsers = {name: sign_in(getattr(world, name)) for name in (*ROLES, "mallory", "eve")}
    callers = {
        "alice's token": api(world.alice, world.acme),
        "alice's read token": api(world.alice, world.acme, ["read"]),
        "alice's Boreas token": api(world.alice, world.acme, product=world.boreas),
        "mallory's token": api(world.mallory, world.rival),
        "alice's revoked token": api(world.alice, world.acme),
    }
    revoked = callers["alice's revoked token"].token.split("_")[1]
    ApiToken.objects.filter(public_id=revoked).update(revoked_at="2020-01-01T00:00:00Z")
    values = {
        "slug": "acme", "key": "ATL", "reference": records["idea"].reference, "path": "ideas", "secret": "x" * 43,
        "token": "x" * 43, "kind": "idea",
    }  # fmt: skip
    return records, browsers, callers, values


def one_of_each_kind(world):
    manager, contributor = world.actor("alice"), world.actor("bob")
    item = make_item(contributor, world.atlas)
    objective = make_objective(manager, world.atlas)
    return {
        "idea": make_idea(contributor, world.atlas), "business_case": make_case(contributor, world.atlas), "gate": make_gate(contributor, world.atlas), "competitor": make_competitor(contributor, world.atlas), "research": make_evidence(Research, contributor, world.atlas), "trend": make_evidence(Trend, contributor, world.atlas), "feasibility": make_evidence(Feasibility, contributor, world.atlas), "item": item, "spec": make_spec(manager, world.atlas),
        "sprint": make_sprint(manager, world.atlas), "objective": objective,
        "key_result": make_key_result(manager, objective), "release": make_release(manager, world.atlas),
        "milestone": make_milestone(manager, world.atlas, on=date(2026, 9, 30)), "metric": make_metric(manager, world.atlas),
        "feedback": make_feedback(contributor, world.atlas), "persona": make_persona(contributor, world.atlas),
    }  # fmt: skip


def test_the_matrix_has_a_record_of_each_kind(world):
    assert set(one_of_each_kind(world)) == {kind.name for kind in all_kinds()}


class _Undo(Exception):
    pass


WRITES = ("INSERT", "UPDATE", "DELETE", "COPY", "TRUNCATE")


class _Writes:
    """Whether a statement that writes was sent since; the rows are counted only then."""

    def __init__(self):
        self.seen = False

    def __call__(self, execute, sql, params, many, context):
        self.seen = self.seen or any(word in str(sql).upper() for word in WRITES)
        return execute(sql, params, many, context)


def _send(client: Client, method: str, url: str, before: Any = None):
    """The answer, and whether the database differs from `before`; whatever was written is taken back."""
    answer = changed = None
    writes = _Writes()
    try:
        with transaction.atomic(), connection.execute_wrapper(writes):
            body = b'{"product": "ATL", "title": "Matrix"}'
            kwargs: Any = (
                {} if method == "GET" else {"data": body, "content_type": "application/json"}
            )
            if method == "POST" and "/api/" not in url:
                kwargs = {"data": {"title": "Matrix", "name": "Matrix", "on": "1"}}
            answer = (
                client.generic(method, url)
                if method == "DELETE"
                else getattr(client, method.lower())(url, **kwargs)
            )
            changed = before is not None and writes.seen and digest() != before
            raise _Undo
    except _Undo:
        pass
    return answer, changed


def _cells(routes, is_api):
    for route in routes:
        if route.is_library or route.is_api != is_api:
            continue
        for method, (action, scope) in route.declared().items():
            yield route, method, action, scope


@pytest.mark.timeout(900)
@pytest.mark.once  # no database decides who may
@pytest.mark.parametrize("about_ideas", [True, False], ids=["ideas", "other kinds"])
def test_pages_let_in_whom_the_table_lets_in_and_nobody_else(
    stage, sign_in, world, about_ideas, monkeypatch
):
    """Routes below a record are tried with a record of each kind."""
    # Nobody does the jobs meanwhile, however long this takes.
    monkeypatch.setattr("plm.web.pages.LONGEST_WAIT", float("inf"))
    records, browsers, _, values = stage
    admin = sign_in(world.dora)
    admin.defaults["HTTP_HX_REQUEST"] = "true"  # An error in one sentence instead of a page.
    wrong, count, before = [], 0, digest()
    for route, method, action, scope in _cells(all_routes(), is_api=False):
        about = _about(records, scope, about_ideas=about_ideas)
        for kind, record in about.items():
            url = route.url({**values, "reference": record.reference})
            if not about_ideas and _of_another_kind(admin, method, url):
                continue
            for name, client in _people(browsers, kind):
                count += 1
                role = ROLES.get(name, Role.NONE)
                inside = name in ROLES or scope == "none"
                signed_in = name != "nobody"
                fine = action == "public" or (signed_in and inside and allowed(action, kind, role))
                answer, changed = _send(client, method, url, None if fine else before)
                verdict = _page_verdict(
                    answer, changed, fine=fine, inside=inside, signed_in=signed_in
                )
                if verdict:
                    wrong.append((method, url, name, answer.status_code, verdict))
    print(f"pages: {count} cells, {len(wrong)} differ")
    assert wrong == []


def _of_another_kind(admin, method, url):
    """Whether even an admin finds nothing there: most pages below a record are those of one kind alone."""
    return _send(admin, method, url)[0].status_code == 404


def _about(records, scope, *, about_ideas):
    if about_ideas:
        return {"idea": records["idea"]}
    if scope != "record":
        return {}
    return {kind: record for kind, record in records.items() if kind != "idea"}


def _people(browsers, kind):
    """Everybody on the pages of an idea; on those of other kinds, which are the same views, the lowest and a stranger."""
    everybody = {**browsers, "nobody": Client()}
    return (
        everybody.items()
        if kind == "idea"
        else [(n, everybody[n]) for n in ("carol", "bob", "mallory")]
    )


def _page_verdict(answer, changed, *, fine, inside, signed_in):
    to_login = answer.status_code == 302 and "/accounts/login/" in answer["Location"]
    if answer.status_code >= 500:
        return "broke"
    if fine:
        return "refused" if answer.status_code == 403 or to_login else ""
    if changed:
        return "wrote"
    if not signed_in:
        return "" if to_login or answer.status_code == 404 else "let in"
    if not inside:
        return "" if answer.status_code == 404 else "let in"
    return "" if answer.status_code in {403, 404} else "let in"


@pytest.mark.timeout(900)
@pytest.mark.once  # statements written for PostgreSQL alone are asked with foreign ids in test_id_swap
def test_the_api_lets_in_whom_the_table_lets_in_and_nobody_else(stage, api, world):
    records, _, callers, values = stage
    people = {name: api(getattr(world, name), world.acme) for name in ROLES}
    wrong, count, before = [], 0, digest()
    for route, method, action, _ in _cells(all_routes(), is_api=True):
        kind = route.kind or "idea"
        url = route.url({**values, "reference": records[kind].reference})
        detail = "<" in route.pattern and not route.workspace_wide
        for name, client in {**people, **callers, "nobody": Client()}.items():
            answer, changed = _send(client, method, url, before)
            count += 1
            role = ROLES.get(name, Role.MANAGER if name.startswith("alice's") else Role.NONE)
            verdict = _api_verdict(name, answer, changed, action, kind, role, detail=detail)
            if verdict:
                wrong.append((method, url, name, answer.status_code, verdict))
    print(f"api: {count} cells, {len(wrong)} differ")
    assert wrong == []


def _api_verdict(name, answer, changed, action, kind, role, *, detail):
    status = answer.status_code
    if status >= 500:
        return "broke"
    if action == "public":
        return "wrote" if changed else ""
    if name in {"nobody", "alice's revoked token"}:
        return "" if status == 401 and not changed else "let in"
    if name in {"mallory's token", "alice's Boreas token"}:
        return (
            "wrote"
            if changed and detail
            else ("" if not detail or status in {403, 404, 405} else "let in")
        )
    if allowed(action, kind, role, read_only=name == "alice's read token"):
        return "refused" if status in {401, 403} else ""
    return (
        "wrote" if changed else ("" if status in {403, 404, 422, 428} or not detail else "let in")
    )
