"""Reads of rounds: who takes part, what each is asked, how far they are. Never what somebody else answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from uuid import UUID

from django.db.models import Count, Max, Q, QuerySet
from django.utils import timezone

from backlog.models import (
    BacklogItem,
    Round,
    RoundAnswer,
    RoundComment,
    RoundItem,
    RoundParticipant,
)
from backlog.models.item import FINISHED_STATES
from backlog.models.round import KANO, MAXDIFF, OPEN, PAIRS, POINTS, REVEALED, SCORES
from plm.errors import NotVisible
from plm.models import Product, User, Workspace
from plm.permissions import Actor, may
from plm.scoring.definition import Definition
from plm.scoring.maxdiff import design
from plm.selectors import members_of, secret_hash

WHOLE = 100
"""Points that each participant gives away."""
VOTES_AN_ITEM = 2
"""Votes in pairs that are asked of each participant, for each item of the round."""
SET_SIZE = 4
OFFERED = 60


def rounds_of(actor: Actor, product: Product) -> QuerySet[Round]:
    """The rounds of a product with the number of their items and participants."""
    rows: QuerySet[Round] = Round.objects.visible_to(actor, "round.view").filter(product=product)
    return rows.annotate(
        item_count=Count("items", distinct=True),
        people_count=Count("participants", filter=Q(participants__revoked_at=None), distinct=True),
        done_count=Count(
            "participants",
            filter=Q(participants__revoked_at=None, participants__done_at__isnull=False),
            distinct=True,
        ),
    )


def round_named(actor: Actor, product: Product, uuid: UUID) -> Round:
    """A round of the product by its id. Raises NotVisible."""
    rows = Round.objects.visible_to(actor, "round.view").filter(product=product, uuid=uuid)
    found = rows.select_related("product__workspace", "scoring_model", "created_by").first()
    if not isinstance(found, Round):
        raise NotVisible
    return found


def items_of(one: Round) -> list[RoundItem]:
    """The items of a round in their order."""
    return list(
        RoundItem.objects.filter(round=one).select_related(
            "item__product__workspace", "decided_by", "round"
        )
    )


def offered_items(actor: Actor, product: Product) -> list[BacklogItem]:
    """The open items from the top of the ranked list, to choose from."""
    rows = BacklogItem.objects.visible_to(actor, "item.view").filter(product=product)
    return list(
        rows.ranked().exclude(state__in=FINISHED_STATES).select_related("product")[:OFFERED]
    )


def possible_participants(one: Round) -> list[User]:
    """Members who may answer in this product and do not take part yet."""
    taken = set(
        RoundParticipant.objects.filter(round=one, revoked_at=None).values_list(
            "user_id", flat=True
        )
    )
    return [u for u in people_who_may_answer(one.product) if u.pk not in taken]


def people_who_may_answer(product: Product) -> list[User]:
    """Members whose role in the product lets them answer in a round."""
    found = members_of(product.workspace_id).prefetch_related("memberships__product_roles")
    return [user for user in found if _may_answer(user, product)]


def _may_answer(user: User, product: Product) -> bool:
    for membership in user.memberships.all():
        if membership.workspace_id != product.workspace_id:
            continue
        own = [p.role for p in membership.product_roles.all() if p.product_id == product.pk]
        role: Any = own[0] if own else membership.role
        return may(role, "round.answer")
    return False


def member_of(one: Round, actor: Actor) -> RoundParticipant | None:
    """The actor as a participant, or None who is not asked."""
    if actor.user_id is None:
        return None
    found: RoundParticipant | None = (
        RoundParticipant.objects.taking_part().filter(round=one, user_id=actor.user_id).first()
    )
    if found is not None:
        found.round = one
    return found


def guest_of(secret: str) -> RoundParticipant | None:
    """The guest behind the secret of a link if it opens: not taken out, the round begun and not over."""
    if not 20 <= len(secret) <= 100:
        return None
    found: RoundParticipant | None = (
        RoundParticipant.objects.taking_part()
        .select_related("round__product__workspace")
        .filter(
            token_hash=secret_hash(secret),
            user=None,
            round__state__in=(OPEN, REVEALED),
            round__ends_at__gt=timezone.now(),
            round__product__archived_at=None,
        )
        .first()
    )
    return found


def criteria_of(one: Round, participant: RoundParticipant) -> Definition:
    """The frozen model cut down to the criteria that the participant's role judges."""
    whole = one.formula
    if whole is None:
        return Definition("weighted", ())
    keys = one.roles.get(participant.role)
    if keys is None:
        return whole
    factors = tuple(f for f in whole.factors if f.key in keys)
    return Definition(whole.method, factors, confidence=whole.confidence)


def criteria_gone(one: Round) -> set[str]:
    """Keys of criteria of the round that its scoring model no longer has."""
    whole = one.formula
    if whole is None:
        return set()
    model = one.scoring_model
    if model is None:
        return {f.key for f in whole.factors}
    now = model.versions.get(version=model.version).formula
    return {f.key for f in whole.factors if now.factor(f.key) is None}


@lru_cache(maxsize=512)
def _sets(count: int, seed: int) -> tuple[tuple[int, ...], ...]:
    return tuple(design(count, set_size=SET_SIZE, seed=seed))


def sets_of(participant: RoundParticipant, items: Sequence[RoundItem]) -> list[list[RoundItem]]:
    """The sets of four that one participant is shown: always the same for them, others for another."""
    return [[items[n] for n in chosen] for chosen in _sets(len(items), participant.pk)]


def answers_expected(one: Round, participant: RoundParticipant, items: int) -> int:
    """How many answers make a participant's round complete. Points are complete with the first one."""
    if one.kind == SCORES:
        return items * len(criteria_of(one, participant).factors)
    if one.kind == POINTS:
        return min(1, items)
    if one.kind == PAIRS:
        return min(items * (items - 1) // 2, VOTES_AN_ITEM * items)
    if one.kind == KANO:
        return 2 * items
    if one.kind == MAXDIFF:
        return len(_sets(items, participant.pk)) if items >= SET_SIZE else 0
    return 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one participant is; how many answers, never which."""

    participant: RoundParticipant
    given: int
    expected: int
    last: Any

    @property
    def percent(self) -> int:
        return min(100, round(100 * self.given / self.expected)) if self.expected else 0

    @property
    def is_done(self) -> bool:
        return bool(self.expected) and self.given >= self.expected


def progress_of(one: Round, *, items: int | None = None) -> list[Progress]:
    """Everybody who takes part, with how far they are, in two statements."""
    count = RoundItem.objects.filter(round=one).count() if items is None else items
    people: Any = (
        RoundParticipant.objects.taking_part()
        .filter(round=one)
        .select_related("user")
        .annotate(given=Count("answers"), last=Max("answers__answered_at"))
    )
    return [Progress(p, p.given, answers_expected(one, p, count), p.last) for p in people]


def answers_of(participant: RoundParticipant) -> dict[str, Any]:
    """What this one participant answered, by subject."""
    rows = RoundAnswer.objects.filter(participant=participant)
    return dict(rows.values_list("subject", "value"))


def comments_of(
    one: Round, *, actor: Actor | None = None, participant: RoundParticipant | None = None
) -> dict[int, list[RoundComment]]:
    """What was said, by item, as far as its reader may read it: one's own words always, all else after the reveal.

    Then whoever may edit the round reads all, a member where the round lets members, a guest where it lets guests,
    of the items they judged.
    """
    rows = RoundComment.objects.filter(item__round=one).select_related("author", "participant")
    if participant is not None and participant.is_guest:
        own = Q(participant=participant)
        if not one.is_blind and one.remarks_guests:
            own |= Q(item__in=judged_items(participant))
        rows = rows.filter(own)
    elif one.is_blind or not (one.remarks_members or _runs(one, actor)):
        rows = rows.filter(author_id=actor.person_key if actor else 0)
    found: dict[int, list[RoundComment]] = {}
    for row in rows[:2000]:
        found.setdefault(row.item_id, []).append(row)
    return found


def _runs(one: Round, actor: Actor | None) -> bool:
    return actor is not None and actor.may("round.edit", one.workspace_id, one.product_id)


def judged_items(participant: RoundParticipant) -> set[int]:
    """The items a participant gave an answer about, by primary key. Whoever gave points chose among all of them."""
    kind = participant.round.kind
    found: set[int] = set()
    answers = answers_of(participant)
    if kind == POINTS and answers:
        rows = RoundItem.objects.filter(round_id=participant.round_id)
        return set(rows.values_list("pk", flat=True))
    for subject, value in answers.items():
        if kind == MAXDIFF:
            found.update(value["shown"] if isinstance(value, dict) else [])
        else:
            found.update(int(part) for part in subject.split(".")[: 2 if kind == PAIRS else 1])
    return found


def rounds_waiting(actor: Actor, workspace: Workspace) -> dict[str, Any] | None:
    """The panel of an inbox: open rounds that wait for this person's answers."""
    rows = (
        RoundParticipant.objects.taking_part()
        .filter(
            workspace=workspace, user_id=actor.person_key, done_at=None, round__state=OPEN,
            round__ends_at__gt=timezone.now(),
            round__in=Round.objects.visible_to(actor, "round.view"),
        )
        .select_related("round__product__workspace")
        .order_by("round__ends_at")[:20]
    )  # fmt: skip
    found = list(rows)
    return {"rounds": [row.round for row in found]} if found else None


def rounds_on_item(actor: Actor, item: BacklogItem) -> dict[str, Any] | None:
    """The panel of an item's page: the rounds it is or was in, and what was agreed there."""
    rows = (
        RoundItem.objects.filter(item=item)
        .filter(round__in=Round.objects.visible_to(actor, "round.view"))
        .select_related("round__product__workspace")
        .order_by("-round__created_at")[:10]
    )
    found = list(rows)
    return {"rows": found} if found else None
