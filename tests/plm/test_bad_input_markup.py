"""Markup that people or scripts write is shown as text, wherever it stands; and what else a nasty call can bring."""

from __future__ import annotations

import re

import pytest

from ideas.models import Idea
from plm.events import unit_of_work
from plm.importing.opening import import_open
from plm.kinds import kind_named
from plm.markdown import render
from plm.models import Counter, Job, Product, Team
from plm.models.job import DONE
from plm.runner import run_due_jobs
from plm.services import notes
from plm.services.imports import import_ask
from plm.services.records import record_archive, tags_set
from tests.bad_input import refusal, send
from tests.make import make_idea, make_item
from tests.permissions import digest

MARKUP = ("<img src=x onerror=alert(1)>", '"><svg/onload=alert(1)>')
LIVE = re.compile(r"<img src=x|<svg/onload|<script>alert", re.IGNORECASE)


@pytest.mark.parametrize("text", MARKUP)
def test_markup_is_text_in_titles_comments_names_tags_and_columns(text, world, sign_in):
    alice = world.actor("alice")
    world.alice.name = text
    world.alice.save()
    Team.objects.create(workspace=world.acme, name=text)
    idea = make_idea(alice, world.atlas, f"Title {text}", description=text, owner=world.alice)
    item = make_item(alice, world.atlas, f"Item {text}", state="todo", owner=world.alice)
    notes.comment_add(actor=alice, record=idea, body=text)
    with unit_of_work():
        tags_set(idea, [text[:40]])
    Product.objects.filter(pk=world.atlas.pk).update(name=text, description=text)
    rows = (
        f'title,"{text.replace(chr(34), chr(34) * 2)}"\nA,"{text.replace(chr(34), chr(34) * 2)}"\n'
    )
    batch = import_open(
        actor=alice,
        product=world.atlas,
        kind=kind_named("idea"),
        data=rows.encode(),
        name=f"{text}.csv",
    )
    browser = sign_in(world.alice)
    for url in (
        idea.get_absolute_url(), f"{idea.get_absolute_url()}/edit", item.get_absolute_url(), "/acme/", "/acme/ATL/",
        "/acme/ATL/ideas/", "/acme/ATL/backlog/", "/acme/ATL/delivery/board", "/acme/ATL/prioritize/", "/acme/search?q=Title",
        "/acme/palette?q=Title", "/acme/settings/members", "/acme/settings/teams", batch.get_absolute_url(),
    ):  # fmt: skip
        answer = browser.get(url, follow=True)
        assert answer.status_code == 200, url
        assert not LIVE.search(answer.content.decode()), url
        assert "script-src 'self'" in answer["Content-Security-Policy"], url


@pytest.mark.parametrize(
    "target",
    [
        " javascript:alert(1)", "javascript:alert(1)", "java\tscript:alert(1)", "JAVASCRIPT:alert(1)", "vbscript:x",
        "data:text/html,<script>alert(1)</script>", "&#106;avascript:alert(1)", "file:///etc/passwd",
    ],
)  # fmt: skip
def test_a_link_in_markdown_leads_to_the_web_or_nowhere(target):
    for source in (f"[x]({target})", f"<{target}>", f'<a href="{target}">x</a>', f"![x]({target})"):
        found = re.findall(r'<\w[^<>]*(?:href|src)="([^"]*)"', str(render(source)))
        assert not [
            link for link in found if not link.startswith(("https:", "http:", "mailto:", "/"))
        ], source


def test_keys_that_come_twice_make_one_record_at_most(world, api):
    body = b'{"product": "ROC", "title": "First", "product": "ATL", "title": "Second"}'
    answer = send(api(world.alice, world.acme), "POST", "/api/v1/ideas/", body)
    assert answer.status_code in {201, 400, 422}
    assert not Idea.objects.filter(product=world.rocket).exists()
    assert Idea.objects.count() == (answer.status_code == 201)


def test_a_card_dropped_on_itself_or_beside_what_is_not_there_stays_where_it_was(world, sign_in):
    alice = world.actor("alice")
    card = make_item(alice, world.atlas, state="todo")
    gone = make_item(alice, world.atlas, "Gone", state="todo")
    record_archive(gone, actor=alice, reason="")
    theirs = make_item(world.actor("mallory"), world.rocket, state="todo")
    browser = sign_in(world.alice)
    for given in (
        {"card": card.reference, "to": "no such column"}, {"card": card.reference, "to": ""},
        {"card": theirs.reference, "to": "todo"}, {"card": card.reference, "to": "todo", "after": theirs.reference},
        {"card": "ATL-999", "to": "todo"}, {"card": "", "to": "todo"}, {"card": card.reference, "to": "todo", "after": "x"},
    ):  # fmt: skip
        before = digest()
        answer = browser.post("/acme/ATL/delivery/board/move", given)
        assert 400 <= answer.status_code < 500, given
        assert digest() == before, given
    same = {"card": card.reference, "to": "todo", "after": card.reference}
    assert browser.post("/acme/ATL/delivery/board/move", same).status_code < 500
    card.refresh_from_db()
    assert card.state == "todo"


def test_an_import_into_a_product_that_was_archived_meanwhile_ends_and_writes_nothing(world):
    alice = world.actor("alice")
    batch = import_open(
        actor=alice,
        product=world.atlas,
        kind=kind_named("idea"),
        data=b"id,title\n1,A\n2,B\n",
        name="a.csv",
    )
    import_ask(actor=alice, batch=batch, trial=False)
    Product.objects.filter(pk=world.atlas.pk).update(archived_at=world.atlas.created_at)
    run_due_jobs()
    batch.refresh_from_db()
    assert batch.state in {"done", "failed"}
    assert Job.objects.get(kind="import.run").state == DONE
    assert Idea.objects.count() == 0
    assert Counter.objects.get(product=world.atlas).last == 0


def test_sums_of_decimals_are_exact(world, api):
    client = api(world.alice, world.acme)
    for text in ("0.10", "0.20"):
        made = send(
            client, "POST", "/api/v1/items/", {"product": "ATL", "title": "t", "estimate": text}
        )
        assert made.status_code == 201
        assert str(made.json()["estimate"]) in {text, text.rstrip("0")}
    refusal(
        send(
            client,
            "POST",
            "/api/v1/items/",
            {"product": "ATL", "title": "t", "estimate": 0.1 + 0.2},
        ),
        422,
    )
