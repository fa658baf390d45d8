"""Which boards of a portal somebody may read. A board that is closed to them is not there for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from allauth.account.models import EmailAddress
from django.db.models import Count

from ideas.models import Board, BoardField, BoardPerson, Person, Portal
from plm.errors import NotVisible
from plm.models import CustomField, Product
from plm.permissions import ANONYMOUS, Actor
from plm.selectors import secret_hash

MOST_BOARDS = 50
NOT_ASKED = ("people",)
"""Types of fields that no customer is asked for: the choice would show who works here."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody on a portal: how it is set, and the boards they may read, in order."""

    actor: Actor
    portal: Portal
    boards: tuple[Board, ...]

    @property
    def board_ids(self) -> list[int]:
        return [board.pk for board in self.boards]

    def board(self, slug: str) -> Board:
        """A board by its address. Raises NotVisible for one that is closed to them as for a missing one."""
        for board in self.boards:
            if board.slug == slug:
                return board
        raise NotVisible


def portal_settings(product: Product) -> Portal:
    """How the portal of a product is set; the defaults where nobody said."""
    found = Portal.objects.filter(product=product).first()
    return found or Portal(workspace_id=product.workspace_id, product=product)


def portal_reader(actor: Actor, product: Product, keys: Iterable[str] = ()) -> Reader:
    """What somebody may read on the portal of a product. `keys` are the secrets of links they came by."""
    return Reader(actor, portal_settings(product), tuple(boards_open(actor, product, keys)))


def boards_of(product: Product) -> list[Board]:
    """The boards of a product in order: fifty at most."""
    rows = Board.objects.filter(product=product).select_related("segment", "product__workspace")
    return list(rows[:MOST_BOARDS])


def boards_open(actor: Actor, product: Product, keys: Iterable[str] = ()) -> list[Board]:
    """The boards that are open to an actor, in order. Members of the product read all of them."""
    boards = boards_of(product)
    if actor.may("idea.view", product.workspace_id, product.pk):
        return boards
    hashes = {secret_hash(key) for key in keys if key}
    chosen = _chosen(actor, [board for board in boards if board.privacy == "selected"])
    return [
        board
        for board in boards
        if board.privacy == "public"
        or (board.privacy == "link" and board.token_hash and board.token_hash in hashes)
        or board.pk in chosen
    ]


def board_readable(actor: Actor, board: Board | None, keys: Iterable[str] = ()) -> bool:
    """Whether an idea on this board may be read; one on no board may be by everybody."""
    if board is None or board.privacy == "public":
        return True
    return board.pk in {open_.pk for open_ in boards_open(actor, board.product, keys)}


def _chosen(actor: Actor, boards: Sequence[Board]) -> set[int]:
    """Which of these boards name the person behind an account, or a segment that their company is in."""
    person = person_known(actor, boards[0].workspace_id) if boards else None
    if person is None:
        return set()
    rows = BoardPerson.objects.filter(person=person, board__in=[board.pk for board in boards])
    named = set(rows.values_list("board_id", flat=True))
    segments = {board.segment for board in boards if board.segment is not None}
    inside = {
        segment.pk
        for segment in segments
        if person.company_id and segment.companies().filter(pk=person.company_id).exists()
    }
    return named | {board.pk for board in boards if board.segment_id in inside}


def person_known(actor: Actor, workspace_id: int) -> Person | None:
    """Who an account is among the people of a workspace: the one it is linked to, or of its confirmed address."""
    if actor.user_id is None or actor == ANONYMOUS:
        return None
    people = Person.objects.live().filter(workspace_id=workspace_id)
    found = people.filter(user_id=actor.user_id).first()
    if found is not None:
        return found
    confirmed = EmailAddress.objects.filter(user_id=actor.user_id, verified=True)
    addresses = [address.casefold() for address in confirmed.values_list("email", flat=True)]
    return people.filter(user=None, email__in=addresses).order_by("pk").first()


def board_fields(board: Board) -> list[BoardField]:
    """The custom fields that a board's form asks for, in order, as long as the product has them."""
    rows = BoardField.objects.filter(board=board, field__archived_at=None)
    found = list(rows.exclude(field__type__in=NOT_ASKED).select_related("field"))
    for row in found:
        row.board = board
    return found


def fields_to_ask(product: Product) -> list[CustomField]:
    """The custom fields of ideas that a board may ask customers for."""
    return list(CustomField.objects.for_kind(product.pk, "idea").exclude(type__in=NOT_ASKED))


def board_of_link(product: Product, secret: str) -> Board:
    """The board that a secret link opens. Raises NotVisible for one that never was or was taken back."""
    rows = Board.objects.filter(product=product, privacy="link").exclude(token_hash="")
    found = rows.filter(token_hash=secret_hash(secret)).first()
    if found is None:
        raise NotVisible
    return found


@dataclass(frozen=True, slots=True)
class BoardLine:
    """A board as the settings list it."""

    board: Board
    ideas: int
    asks: int


def boards_counted(product: Product) -> list[BoardLine]:
    """The boards of a product with how many ideas each holds and how many fields its form asks for. Three statements."""
    boards = boards_of(product)
    rows = Board.objects.filter(product=product).order_by()
    ideas = dict(rows.annotate(n=Count("ideas")).values_list("pk", "n"))
    asks = dict(rows.annotate(n=Count("asks")).values_list("pk", "n"))
    return [BoardLine(board, ideas.get(board.pk, 0), asks.get(board.pk, 0)) for board in boards]
