"""“Goes on elsewhere” comes about by redirecting alone: whoever chooses it is told what to do."""

from __future__ import annotations

import pytest

from ideas.kinds.ideas import IDEA
from ideas.models import Idea
from ideas.services.ideas import idea_create, idea_move, idea_update
from plm.errors import Invalid
from plm.importing.opening import import_open
from plm.models import ImportRow
from plm.runner import run_due_jobs
from plm.services.imports import import_ask
from tests.make import make_idea

SAID = "is not chosen by hand. Plan the end of the product and redirect its open ideas there"


@pytest.fixture
def idea(world):
    return make_idea(world.actor("alice"), world.atlas)


def test_no_service_for_people_takes_it(world, idea):
    alice = world.actor("alice")
    for chosen in (
        lambda: idea_move(idea, actor=alice, state="redirected"),
        lambda: idea_update(actor=alice, record=idea, version=1, values={"state": "redirected"}),
        lambda: idea_create(
            actor=alice, product=world.atlas, values={"title": "A", "state": "redirected"}
        ),
    ):
        with pytest.raises(Invalid, match=SAID) as raised:
            chosen()
        assert SAID in raised.value.fields["state"]
    assert set(Idea.objects.values_list("state", flat=True)) == {"open"}


def test_no_page_offers_it_and_the_api_says_why_not(world, idea, sign_in, api):
    client, caller = sign_in(world.alice), api(world.alice, world.acme)
    for page in (idea.get_absolute_url(), f"{idea.get_absolute_url()}/edit", "/acme/ATL/ideas/new"):
        assert 'value="redirected"' not in client.get(page).content.decode()
    assert client.post(f"{idea.get_absolute_url()}/move", {"state": "redirected"}).status_code == 422  # fmt: skip
    url = f"/api/v1/ideas/{idea.reference}/"
    calls = (
        caller.patch(url, {"state": "redirected"}, content_type="application/json", headers={"If-Match": '"1"'}),
        caller.post("/api/v1/ideas/", {"title": "A", "product": "ATL", "state": "redirected"}, content_type="application/json"),
    )  # fmt: skip
    for answer in calls:
        assert answer.status_code == 422, answer.content
        assert SAID in answer.json()["errors"]["state"]


def test_a_row_of_an_import_is_refused_with_it_and_one_that_changes_nothing_is_not(world, idea):
    Idea.objects.filter(pk=idea.pk).update(
        state="redirected", external_id="7", external_source="old"
    )
    data = b"Id,Name,Status,Description,External source\n7,Idea,redirected,More,old\n8,Fax,redirected,,old\n"
    batch = import_open(actor=world.actor("alice"), product=world.atlas, kind=IDEA, data=data, name="ideas.csv")  # fmt: skip
    import_ask(actor=world.actor("alice"), batch=batch, trial=False)
    run_due_jobs()
    rows = dict(ImportRow.objects.filter(batch=batch).values_list("row", "outcome"))
    assert rows[max(rows)] == "refused", rows
    assert SAID in str(ImportRow.objects.get(batch=batch, row=max(rows)).problems)
    idea.refresh_from_db()
    assert (idea.state, idea.description) == ("redirected", "More")
