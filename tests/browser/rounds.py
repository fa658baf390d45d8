"""A round of each kind on the demo product, begun and revealed, with the pages of its organiser, a member and a guest."""

from __future__ import annotations

from backlog.models import BacklogItem, Round, RoundParticipant
from backlog.models.round import KANO, MAXDIFF, PAIRS, POINTS, ROUND_KINDS, SCORES
from backlog.selectors.rounds import sets_of
from backlog.services.rounds import round_create, round_move
from backlog.services.rounds_answers import round_answer
from backlog.services.rounds_people import round_guest_add, round_member_add
from plm.models import Product, User
from plm.permissions import Actor
from tests.browser.walk import Address


def round_addresses(product: Product, manager: Actor) -> list[Address]:
    """Draft and words once; for each kind the open sheet of a guest and of the manager, and the results."""
    items = list(BacklogItem.objects.ranked().filter(product=product).select_related("product")[:5])
    draft = round_create(actor=manager, product=product, title="A draft", kind=KANO, items=items)
    at = draft.get_absolute_url()
    pages = [Address("round-draft", at), Address("round-words", f"{at}/words")]
    for kind, label in ROUND_KINDS:
        row = _opened(product, manager, items, kind, label)
        at = row.get_absolute_url()
        guest, secret = round_guest_add(actor=manager, row=row, name="Ana Ruiz", role="Sales")
        _answer(guest, Actor(name="Ana Ruiz"))
        pages += [
            Address(f"round-{kind}-open", at),
            Address(f"round-{kind}-sheet", f"{at}/answers"),
        ]
        pages.append(Address(f"round-{kind}-guest", f"/share/{secret}/round", "nobody"))
        told = _opened(product, manager, items, kind, f"{label}, revealed")
        _answer(told.participants.get(user_id=manager.person_key), manager)
        for name in ("Ben", "Cem"):
            _answer(round_guest_add(actor=manager, row=told, name=name)[0], Actor(name=name))
        round_move(actor=manager, row=told, state="revealed")
        pages.append(Address(f"round-{kind}-revealed", told.get_absolute_url()))
        if kind == POINTS:
            pages.append(Address("round-points-use", f"{told.get_absolute_url()}/use"))
    return pages


def _opened(
    product: Product, manager: Actor, items: list[BacklogItem], kind: str, title: str
) -> Round:
    row = round_create(
        actor=manager, product=product, title=title, kind=kind, items=items, intro="From where you stand."
    )  # fmt: skip
    round_member_add(actor=manager, row=row, user=User.objects.get(pk=manager.person_key))
    return round_move(actor=manager, row=row, state="open")


def _answer(person: RoundParticipant, actor: Actor) -> None:
    """A first answer of that person; whose it is makes it differ."""
    items = list(person.round.items.all())
    kind, turn = person.round.kind, person.pk % 3
    formula = person.round.formula
    given: dict[str, object] = {}
    if kind == SCORES and formula is not None:
        values = {
            f.key: [c for c, _ in f.choices][turn] if f.choices else f.high / (turn + 1)
            for f in formula.factors
        }
        given = {"item": items[0].uuid, "values": values}
    elif kind == POINTS:
        given = {"points": {items[turn].uuid: 40, items[0].uuid: 20}}
    elif kind == PAIRS:
        given = {"pair": [items[0].uuid, items[1].uuid], "winner": items[turn % 2].uuid}
    elif kind == KANO:
        given = {
            "item": items[0].uuid,
            "with": "like",
            "without": ("dislike", "neutral", "live-with")[turn],
        }
    elif kind == MAXDIFF:
        shown = sets_of(person, items)[0]
        given = {"set": 0, "best": shown[turn].uuid, "worst": shown[3].uuid}
    round_answer(actor=actor, participant=person, given=given)
