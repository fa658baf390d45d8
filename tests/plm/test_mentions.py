"""Records and people named in texts: who reads what, who is told, and how often."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from plm.markdown import Links, render
from plm.models import Membership, Mention, ProductRole
from plm.permissions import Role
from plm.selectors import actor_of, links_for, records_beginning
from plm.services.notes import comment_add, comment_delete
from plm.services.records import record_update
from roadmap.services.visions import vision_update
from tests.make import make_feedback, make_idea, make_item


def hide(world, name, product) -> None:
    """A member of the workspace who may not see one product."""
    seat = Membership.objects.get(user=getattr(world, name), workspace=world.acme)
    ProductRole.objects.create(
        workspace=world.acme, membership=seat, product=product, role=Role.NONE
    )


def told() -> list[str]:
    return sorted(Mention.objects.values_list("user__name", flat=True))


LINKS = Links({"ATL-1": ("/acme/ATL-1", 'Two "big" <b>')}, {"ana.ruiz": "Ana <Ruiz>"})


def test_a_record_is_a_link_with_its_title_and_a_person_stands_by_name():
    made = render("see #ATL-1, ask @ana.ruiz.", LINKS)
    assert '<a href="/acme/ATL-1" title="Two &quot;big&quot; &lt;b&gt;" class="ref"' in made
    assert ">#ATL-1</a>, ask" in made
    assert '<span class="who">@Ana &lt;Ruiz&gt;</span>.' in made


@pytest.mark.parametrize(
    "text",
    ["`#ATL-1 @ana.ruiz`", "    #ATL-1", "\\#ATL-1 \\@ana.ruiz", "a#ATL-1 x@ana.ruiz", "#ATL-12", "#ATL-1-2", "##ATL-1"],
)  # fmt: skip
def test_what_names_nothing_stays_text(text):
    assert render(text, LINKS) == render(text, Links())


def test_no_link_stands_in_a_link():
    assert render("[see #ATL-1](https://a.example)", LINKS).count("<a ") == 1


def test_a_reader_outside_the_house_reads_text():
    assert "<p>see #ATL-1 @ana.ruiz</p>" in render("see #ATL-1 @ana.ruiz")


def test_who_may_not_see_a_record_reads_what_an_unknown_key_shows(world, sign_in):
    alice = world.actor("alice")
    secret = make_idea(alice, world.boreas, "The secret")
    hide(world, "carol", world.boreas)
    missing = secret.reference.replace(f"-{secret.number}", "-99")
    page = make_idea(alice, world.atlas, "Page", description=f"see #{secret.reference} now")
    other = make_idea(alice, world.atlas, "Page", description=f"see #{missing} now")

    def shown(user, record):
        text = sign_in(user).get(record.get_absolute_url()).content.decode()
        return text.split('<div class="md">')[1].split("</div>")[0]

    assert shown(world.carol, page).replace(secret.reference, missing) == shown(world.carol, other)
    assert "The secret" in shown(world.bob, page)
    assert f'href="{secret.get_absolute_url()}"' in shown(world.bob, page)


def test_many_names_take_one_statement_for_records_and_one_for_people(world):
    alice = world.actor("alice")
    keys = [make_idea(alice, world.atlas, f"Idea {n}").reference for n in range(6)]
    keys.append(make_item(alice, world.boreas, "Other product").reference)
    texts = [f"#{key} @bob @carol @nobody" for key in keys]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = links_for(alice, world.atlas, texts)
    assert len(queries) == 2
    assert set(found.records) == set(keys)
    assert found.people == {"bob": "Bob", "carol": "Carol"}
    with CaptureQueriesContext(connection) as queries:
        assert links_for(alice, world.atlas, ["plain # @ text"]) == Links()
    assert not len(queries)


def test_the_records_of_another_workspace_are_nothing_here(world):
    idea = make_idea(world.actor("mallory"), world.rocket, "Theirs")
    assert not links_for(world.actor("alice"), world.atlas, [f"#{idea.reference}"]).records


def test_a_person_is_told_once_for_a_field_however_often_it_is_edited(world):
    alice = world.actor("alice")
    idea = make_idea(alice, world.atlas, "Idea", description="ask @bob and `@carol` and @alice")
    assert told() == ["Bob"]
    mention = Mention.objects.get()
    assert (mention.record_id, mention.field, mention.by) == (idea.pk, "description", world.alice)
    for text in ("ask @bob, please", "nobody", "ask @bob again, and @carol"):
        record_update(idea, actor=alice, version=None, values={"description": text})
    assert told() == ["Bob", "Carol"]


def test_who_may_not_see_the_product_is_not_told(world, sign_in):
    alice = world.actor("alice")
    hide(world, "carol", world.atlas)
    idea = make_idea(alice, world.atlas, "Idea", description="@carol @bob")
    comment_add(actor=alice, record=idea, body="@carol @bob @mallory")
    assert told() == ["Bob", "Bob"]


def test_the_unread_count_holds_what_the_inbox_shows(world, sign_in):
    alice, browser = world.actor("alice"), sign_in(world.carol)
    idea = make_idea(alice, world.atlas, "Idea", description="@carol")
    comment = comment_add(actor=alice, record=idea, body="and @carol here")

    def unread():
        answer = browser.get("/acme/inbox")
        return int(answer.context["unread"]), len(answer.context["mentions"])

    assert unread() == (2, 2)
    comment_delete(actor=alice, record=idea, comment=comment)
    assert unread() == (1, 1)
    hide(world, "carol", world.atlas)
    assert unread() == (0, 0)


def test_the_inbox_leads_to_the_text_and_marking_read_stays_in_the_workspace(world, sign_in):
    alice = world.actor("alice")
    idea = make_idea(alice, world.atlas, "Idea of texts", description="@carol")
    vision_update(
        actor=alice, product=world.atlas, version=None, values={"strategy": "Ask @carol", "vision": "@bob"}
    )  # fmt: skip
    assert told() == ["Carol", "Carol"]
    browser = sign_in(world.carol)
    shown = browser.get("/acme/inbox").content.decode()
    assert f'href="{idea.get_absolute_url()}"' in shown
    assert 'href="/acme/ATL/plan/vision"' in shown
    assert "Alice named you in the description" in shown
    browser.post("/acme/inbox")
    assert not Mention.objects.filter(read_at=None).exists()


def test_words_of_customers_and_of_no_person_tell_nobody(world):
    make_feedback(world.actor("alice"), world.atlas, "Said", description="Is @bob there?")
    assert told() == []


def test_the_list_offers_people_of_the_product_and_records_of_the_typist(world, sign_in):
    alice = world.actor("alice")
    hide(world, "carol", world.boreas)
    secret = make_idea(alice, world.boreas, "Retry later")
    seen = make_idea(alice, world.atlas, "Retry now")
    bob = sign_in(world.carol)
    assert bob.get("/acme/BOR/mentions?at=").status_code == 404
    shown = bob.get("/acme/ATL/mentions?of=retr").content.decode()
    assert f"#{seen.reference}" in shown
    assert secret.reference not in shown
    assert secret.reference not in bob.get(f"/acme/ATL/mentions?of={secret.reference}").content.decode()  # fmt: skip
    assert "@carol" not in sign_in(world.alice).get("/acme/BOR/mentions?at=").content.decode()
    assert "@bob" in sign_in(world.alice).get("/acme/BOR/mentions?at=bo").content.decode()


def test_a_number_is_found_as_far_as_it_is_typed(world):
    alice = world.actor("alice")
    for n in range(12):
        make_idea(alice, world.atlas, f"Idea {n}")
    found = [row.number for row in records_beginning(actor_of(world.bob), world.atlas, "ATL-1")]
    assert found == [1, 10, 11, 12]
    assert [row.number for row in records_beginning(alice, world.atlas, "1")] == found
    assert len(records_beginning(alice, world.atlas, "")) == 8
