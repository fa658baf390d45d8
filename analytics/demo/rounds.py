"""Two weeks ago the team and three guests judged the next features together, and two of them apart."""

from __future__ import annotations

from typing import Any

from analytics.demo.telling import Telling
from backlog.models import BacklogItem, Round
from backlog.models.item import FINISHED_STATES
from backlog.services.rounds import round_create, round_move
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import round_guest_add, round_member_add
from backlog.services.rounds_talk import round_comment, round_decide, round_item_named
from plm.permissions import Actor

GUESTS = (("Ana Ruiz, Kaufring", "Customer"), ("Björn Dahl, Nordkorn", "Customer"), ("Pia Vogt, electrician", "Installer"))  # fmt: skip
ROLES = {"Customer": ["reach", "impact"], "Installer": ["impact", "effort"]}
IMPACTS = ((3, 2, 3, 2), (0.5, 2, 1, 1), (1, 2, 0.5, 1))
"""By guest and by item; the first item is what they do not agree on."""
WHY = (
    "Kaufring alone would use it every day; the others have no second fuse box. We take the middle"
)


def plan_rounds(telling: Telling) -> None:
    """One round of scores, revealed, with something said and one item agreed on."""
    made: list[Round] = []
    telling.plan(telling.moment(-14, hour=9), lambda: made.append(_begin(telling)))
    telling.plan(telling.moment(-12, hour=15), lambda: _reveal(telling, made[0]))


def _begin(telling: Telling) -> Round:
    maren = telling.actors["maren"]
    open_items = BacklogItem.objects.filter(
        product=telling.product, type="feature", archived_at=None, score__isnull=False
    )
    items = (
        open_items.exclude(state__in=FINISHED_STATES).select_related("product").order_by("-score")
    )
    row = round_create(
        actor=maren, product=telling.product, title="What comes after the spring release", kind="scores",
        items=list(items[:4]), roles=ROLES, days=30,
        intro="Judge each by itself, from where you stand. Nobody sees your answers before the reveal.",
    )  # fmt: skip
    round_member_add(actor=maren, row=row, user=telling.users["jonas"])
    people = [round_guest_add(actor=maren, row=row, name=n, role=r)[0] for n, r in GUESTS]
    round_move(actor=maren, row=row, state="open")
    jonas = row.participants.get(user=telling.users["jonas"])
    for place, item in enumerate(row.items.all()):
        own = {"reach": 900 + 300 * place, "impact": 1, "confidence": 0.8, "effort": 2 + place}
        _say(telling.actors["jonas"], jonas, item, own)
        for number, person in enumerate(people):
            values: dict[str, Any] = {"impact": IMPACTS[number][place % 4]}
            values["effort" if person.role == "Installer" else "reach"] = (
                400 * (number + 1) if person.role == "Customer" else 3
            )
            _say(Actor(name=person.name), person, item, values)
    return row


def _say(actor: Actor, person: Any, item: Any, values: dict[str, Any]) -> None:
    round_answer(actor=actor, participant=person, given={"item": item.uuid, "values": values})


def _reveal(telling: Telling, row: Round) -> None:
    maren = telling.actors["maren"]
    row = round_move(actor=maren, row=row, state="revealed")
    first = row.items.first()
    guest = row.participants.filter(user=None).first()
    if first is None or guest is None:
        return
    item = round_item_named(row, first.uuid)
    body = "We open forty markets a year. Without this each of them costs us a visit."
    round_comment(actor=Actor(name=guest.name), item=item, body=body, participant=guest)
    round_decide(actor=maren, item=item, version=1, values={"impact": 1}, reason=WHY)
