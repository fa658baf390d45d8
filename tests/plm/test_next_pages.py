"""The address of the next page asks for what the page before was asked for, whatever characters stand in it."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.signing import BadSignature, Signer

from plm.paging import CursorSigner
from tests import make

ODD = "a&b=c, d+e %2C ä 漢 #1"
ASKED: list[dict[str, Any]] = [
    {},
    {"q": ODD},
    {"fields": "id,title,owner,tags"},
    {"order": "-updated", "state": ["open", "under_review"]},
    {"order": "updated", "q": "漢"},
]


@pytest.mark.parametrize("asked", ASKED, ids=str)
def test_pages_follow_one_another_to_the_end(world: Any, api: Any, asked: dict[str, Any]) -> None:
    alice, client = world.actor("alice"), api(world.alice, world.acme)
    for n in range(7):
        make.make_idea(alice, world.atlas, f"{ODD} {n}")
    query = urlencode({"product": "ATL", "size": 3, **asked}, doseq=True)
    address, found = f"/api/v1/ideas/?{query}", []
    while address:
        answer = client.get(address)
        assert answer.status_code == 200, answer.content
        page = answer.json()
        found += [row["title"] for row in page["results"]]
        address = page["next"]
        assert address is None or address.startswith("http://testserver/api/v1/ideas/?product=ATL&")
    assert sorted(found) == [f"{ODD} {n}" for n in range(7)]


def test_a_cursor_of_another_question_is_refused(world: Any, api: Any) -> None:
    alice, client = world.actor("alice"), api(world.alice, world.acme)
    for n in range(3):
        make.make_idea(alice, world.atlas, f"Idea {n}")
    following = client.get("/api/v1/ideas/?product=ATL&size=2").json()["next"]
    assert client.get(following).status_code == 200
    for other in ("order=updated&", "state=open&", "fields=id&"):
        assert client.get(following.replace("product=ATL&", f"product=ATL&{other}")).status_code == 400  # fmt: skip


def test_cursors_are_signed_as_django_signs() -> None:
    for salt in ("cursor:ideas_idea:-updated:", "ä"):
        ours, plain = CursorSigner(salt), Signer(salt=salt)
        assert ours.sign_object("[1.5,2]") == plain.sign_object("[1.5,2]")
        assert ours.unsign_object(plain.sign_object("[1.5,2]")) == "[1.5,2]"
    with pytest.raises(BadSignature):
        ours.unsign_object(Signer(salt="other").sign_object("[1.5,2]"))


def test_a_cursor_of_a_former_key_holds_while_that_key_is_named(settings: Any) -> None:
    before = CursorSigner("x").sign_object("[1,2]")
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another", [settings.SECRET_KEY]
    assert CursorSigner("x").unsign_object(before) == "[1,2]"
