"""Writes on boards of a portal: who reads them, what their forms ask for."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.text import slugify

from ideas.models import Board, BoardField, BoardPerson, Idea, Person
from ideas.selectors.boards import MOST_BOARDS, fields_to_ask
from plm.errors import Conflict, Invalid, Stale
from plm.events import emit, service
from plm.models import CustomField, Product
from plm.permissions import Actor
from plm.selectors import secret_hash
from plm.services.guard import require
from plm.services.records import invalid_from

FIELDS = ("name", "slug", "description", "position", "privacy", "segment", "vote_budget")
MOST_PEOPLE = 500
Ask = tuple[CustomField, bool]
"""A field that a form asks for, and whether an answer is required."""


@service
def board_create(
    *,
    actor: Actor,
    product: Product,
    values: Mapping[str, Any],
    people: Iterable[Person] | None = None,
    asks: Sequence[Ask] | None = None,
) -> Board:
    """Make a board of a product's portal. Emits `board.created`. Without a slug its name becomes its address."""
    require(actor, "portal.edit", product)
    here = Board.objects.filter(product=product)
    if here.count() >= MOST_BOARDS:
        raise Conflict(f"A product has at most {MOST_BOARDS} boards.")
    board = Board(workspace_id=product.workspace_id, product=product, position=here.count())
    _assign(board, values)
    _store(board, created=True)
    _set_people(board, people)
    _set_asks(board, asks)
    emit(
        "board.created", actor=actor, workspace_id=board.workspace_id, product_id=board.product_id,
        id=board.uuid, name=board.name, privacy=board.privacy,
    )  # fmt: skip
    return board


@service
def board_update(
    *,
    actor: Actor,
    board: Board,
    version: int | None,
    values: Mapping[str, Any],
    people: Iterable[Person] | None = None,
    asks: Sequence[Ask] | None = None,
) -> Board:
    """Change a board; what is None stays as it is. Emits `board.updated`. Raises Stale.

    A board that is not opened by a link any more forgets its link.
    """
    require(actor, "portal.edit", board.product)
    current = _locked(board, version)
    before = {name: getattr(current, name) for name in FIELDS}
    _assign(current, values)
    changes = {
        name: (_plain(old), _plain(getattr(current, name))) for name, old in before.items() if old != getattr(current, name)
    }  # fmt: skip
    if current.privacy != "link":
        current.token_hash = ""
    changes |= _set_people(current, people) | _set_asks(current, asks)
    if changes:
        current.version += 1
        _store(current)
        emit(
            "board.updated", actor=actor, workspace_id=current.workspace_id, product_id=current.product_id,
            id=current.uuid, changes=changes,
        )  # fmt: skip
    return current


@service
def board_link_make(*, actor: Actor, board: Board) -> str:
    """A new secret for a board that is opened by a link; the one before opens nothing any more. Emits `board.linked`.

    What is kept is its hash: the secret is told this once.
    """
    require(actor, "portal.edit", board.product)
    current = _locked(board, None)
    if current.privacy != "link":
        raise Conflict("This board is not opened by a link. Choose that under Who reads it first.")
    secret = secrets.token_urlsafe(32)
    current.token_hash = secret_hash(secret)
    current.save(update_fields=["token_hash"])
    emit(
        "board.linked", actor=actor, workspace_id=current.workspace_id, product_id=current.product_id,
        id=current.uuid,
    )  # fmt: skip
    return secret


@service
def board_link_revoke(*, actor: Actor, board: Board) -> None:
    """Take a board's link back: whoever came by it reads the board no more. Emits `board.unlinked`."""
    require(actor, "portal.edit", board.product)
    if Board.objects.filter(pk=board.pk).exclude(token_hash="").update(token_hash=""):
        emit(
            "board.unlinked", actor=actor, workspace_id=board.workspace_id, product_id=board.product_id,
            id=board.uuid,
        )  # fmt: skip


@service
def board_remove(*, actor: Actor, board: Board) -> None:
    """Take an empty board away. Emits `board.removed`. Raises Conflict while it holds ideas, archived ones too:
    without their board everybody could read them."""
    require(actor, "portal.edit", board.product)
    current = _locked(board, None)
    count = Idea.objects.filter(board=current).count()
    if count:
        raise Conflict(
            f"{current.name} holds {count} idea{'' if count == 1 else 's'}. Move them to another board first."
        )
    Board.objects.filter(pk=current.pk).delete()
    emit(
        "board.removed", actor=actor, workspace_id=board.workspace_id, product_id=board.product_id,
        id=board.uuid, name=board.name,
    )  # fmt: skip


def _locked(board: Board, version: int | None) -> Board:
    current = Board.objects.select_for_update(of=("self",)).select_related("product", "segment")
    found = current.get(pk=board.pk)
    if version is not None and version != found.version:
        raise Stale(
            f"You edited version {version}; version {found.version} stands now.",
            current=found.version,
        )
    return found


def _assign(board: Board, values: Mapping[str, Any]) -> None:
    for name, value in values.items():
        if name not in FIELDS:
            raise Invalid(fields={name: f"Fields are: {', '.join(FIELDS)}."})
        if name == "segment" and value is not None and value.workspace_id != board.workspace_id:
            raise Invalid(fields={"segment": "Choose a segment of this workspace."})
        one_line = name in {"name", "slug"} and isinstance(value, str)
        setattr(board, name, " ".join(value.split()) if one_line else value)
    board.slug = board.slug or slugify(board.name)[:40].strip("-")


def _store(board: Board, *, created: bool = False) -> None:
    if not board.slug and board.name:
        raise Invalid(fields={"slug": "Give an address of small letters and digits."})
    try:
        board.clean_fields(exclude=["workspace", "product", "segment", "uuid"])
    except ValidationError as error:
        raise invalid_from(error) from None
    if board.vote_budget is not None and not 1 <= board.vote_budget <= 1000:
        raise Invalid(fields={"vote_budget": "Give 1 to 1000 votes, or nothing."})
    try:
        with transaction.atomic():
            board.save(force_insert=created)
    except IntegrityError:
        raise Conflict(fields={"slug": "Another board of this product has that address."}) from None


def _set_people(board: Board, people: Iterable[Person] | None) -> dict[str, tuple[Any, Any]]:
    """Who reads the board by name; what changed, as numbers: names of customers have no place in the history."""
    if people is None:
        return {}
    wanted = {person.pk: person for person in people}
    if len(wanted) > MOST_PEOPLE:
        raise Invalid(fields={"people": f"At most {MOST_PEOPLE} people; a segment names more."})
    if any(person.workspace_id != board.workspace_id for person in wanted.values()):
        raise Invalid(fields={"people": "Choose people of this workspace."})
    rows = BoardPerson.objects.filter(board=board)
    known = set(rows.values_list("person_id", flat=True))
    if known == set(wanted):
        return {}
    rows.exclude(person_id__in=list(wanted)).delete()
    BoardPerson.objects.bulk_create(
        BoardPerson(workspace_id=board.workspace_id, board=board, person=person)
        for pk, person in wanted.items()
        if pk not in known
    )
    return {"people": (len(known), len(wanted))}


def _set_asks(board: Board, asks: Sequence[Ask] | None) -> dict[str, tuple[Any, Any]]:
    """What the form asks for, in order; what changed."""
    if asks is None:
        return {}
    lawful = {field.pk for field in fields_to_ask(board.product)}
    keys = [field.pk for field, _ in asks]
    if not set(keys) <= lawful or len(set(keys)) != len(keys):
        raise Invalid(
            fields={
                "asks": "Choose fields of this product's ideas, each once; none that lists people."
            }
        )
    rows = BoardField.objects.filter(board=board).select_related("field")
    before = [[row.field.name, row.required] for row in rows]
    after = [[field.name, required] for field, required in asks]
    if before == after:
        return {}
    BoardField.objects.filter(board=board).delete()
    BoardField.objects.bulk_create(
        BoardField(workspace_id=board.workspace_id, board=board, field=field, required=required, position=n)
        for n, (field, required) in enumerate(asks)
    )  # fmt: skip
    return {"asks": (before, after)}


def _plain(value: Any) -> Any:
    return getattr(value, "name", value)
