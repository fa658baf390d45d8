"""Templates: four are there from the first day, each is editable, and one chosen fills a new specification."""

from __future__ import annotations

import json

from backlog.models import Spec, SpecTemplate
from tests.make import make_item

LIST = "/acme/ATL/settings/spec-templates"


def names():
    return list(SpecTemplate.objects.live().values_list("name", flat=True))


def test_four_templates_are_there_and_a_chosen_one_fills_the_form(world, sign_in):
    browser = sign_in(world.bob)
    page = browser.get(LIST).content.decode()
    browser.get(LIST)
    assert names() == ["PRD", "One-pager", "RFC", "Bug report"]
    assert all(name in page for name in names())
    chosen = SpecTemplate.objects.get(name="RFC")
    feature = make_item(world.actor("bob"), world.atlas, "Split payments")
    form = browser.get(f"/acme/ATL/specs/new?template={chosen.uuid}&item={feature.reference}")
    for text in ("## Other ways, and why not", "Split payments", "RFC asks 2 questions"):
        assert text in form.content.decode()
    sent = {
        "item": feature.reference,
        "title": "Split",
        "template": str(chosen.uuid),
        "problem": "Mine",
    }
    assert browser.post("/acme/ATL/specs/new", sent).status_code == 302
    spec = Spec.objects.get()
    assert (spec.problem, len(spec.questions)) == ("Mine", 2)
    assert spec.questions[0]["question"] == chosen.questions[0]


def test_a_manager_edits_adds_and_takes_out(world, sign_in):
    browser = sign_in(world.alice)
    browser.get(LIST)
    first = SpecTemplate.objects.first()
    url = f"{LIST}/{first.uuid}"
    sent = {"name": "Our PRD", "questions": "Why?\n\nWho? ", "version": "1"}
    assert browser.post(url, sent).status_code == 302
    first.refresh_from_db()
    assert (first.name, first.questions) == ("Our PRD", ["Why?", "Who?"])
    stale = browser.post(url, {**sent, "name": "Late"})
    assert stale.status_code == 409
    assert "Our PRD" in stale.content.decode()
    assert browser.post(f"{LIST}/new", {"name": "RFC"}).status_code == 422
    assert browser.post(f"{LIST}/new", {"name": "Experiment"}).status_code == 302
    assert browser.post(f"{url}/remove").status_code == 302
    assert names() == ["One-pager", "RFC", "Bug report", "Experiment"]
    assert sign_in(world.bob).get(f"{LIST}/new").status_code == 403


def test_the_api_lists_adds_changes_and_takes_out(world, api):
    client, url = api(world.alice, world.acme), "/api/v1/products/ATL/spec-templates/"

    def send(method, at, body, **headers):
        return getattr(client, method)(at, json.dumps(body), content_type="application/json", headers=headers)  # fmt: skip

    assert len(client.get(url).json()["results"]) == 4
    made = send("post", url, {"name": "Spike", "goals": ["Know more"]})
    assert made.status_code == 201, made.content
    one = f"{url}{made.json()['id']}/"
    changed = send("patch", one, {"about": "A day"}, **{"If-Match": made["ETag"]})
    assert (changed.status_code, changed.json()["goals"]) == (200, ["Know more"])
    assert send("patch", one, {"about": "No"}, **{"If-Match": made["ETag"]}).status_code == 412
    assert client.delete(one).status_code == 204
    assert client.get(one).status_code == 404
