"""Having the open ideas of a product that ends go on in the one that follows, or closing them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from ideas.models import Idea
from ideas.selectors.redirects import Standing, redirections_of, redirects_of
from ideas.services.redirecting import idea_redirect
from ideas.services.taking_back import staying
from plm.errors import Conflict, Invalid, NotVisible, Stale
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.lifecycle import UNDONE
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from roadmap.models import Sunset
from roadmap.selectors.redirecting import (
    REDIRECT,
    SHOWN,
    TAKE_BACK,
    barred,
    open_ideas,
    redirect_job,
    redirection_of,
)

LONGEST_WORD, LONGEST_WHY = 2000, 500


@service
def ideas_redirect(*, actor: Actor, product: Product, seen: str, word: str, reason: str) -> None:
    """Have a job redirect all open ideas of a product whose end is planned, exactly those that were shown as `seen`.

    `word` is what customers read and are mailed, `reason` stands in the history. Emits `sunset.ideas_redirected`. Raises
    Invalid without either, Conflict where something stands in the way, Stale where the ideas are others by now.
    """
    require(actor, "lifecycle.edit", product)
    require(actor, "idea.move", product)
    text, why = word.strip(), reason.strip()
    wrong = {}
    if not 3 <= len(text) <= LONGEST_WORD:
        wrong["word"] = "Say to customers what becomes of their ideas, in at most 2,000 characters."
    if not 3 <= len(why) <= LONGEST_WHY:
        wrong["reason"] = "Say why, in at most 500 characters."
    if wrong:
        raise Invalid(fields=wrong)
    Product.objects.select_for_update().get(pk=product.pk)
    plan = Sunset.objects.filter(product=product, item=None).select_related("successor").first()
    found = redirection_of(actor, product, plan or Sunset(product=product, version=0))
    if found.missing:
        raise Conflict(found.missing)
    _at_rest(product)
    if found.seen != seen:
        raise Stale("The open ideas are others by now. Look again at what would be done.", current=found.count)  # fmt: skip
    if not found.count:
        raise Conflict("There is no open idea.")
    target = found.target
    emit(
        "sunset.ideas_redirected", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, reason=why,
        ideas=found.count, target=target.key if target else None, word=text,
    )  # fmt: skip
    keys = list(open_ideas(actor, product).order_by("pk").values_list("pk", flat=True))
    payload = {"ideas": keys, "target": target.pk if target else None, "word": text}
    enqueue(
        JobRequest(
            REDIRECT, f"{REDIRECT}:{product.pk}", product.workspace_id, product.pk, payload=payload,
            requested_by=actor.user_id,
        )
    )  # fmt: skip


def _at_rest(product: Product) -> None:
    """Raise Conflict while a job has ideas of the product in its hands."""
    job = redirect_job(product)
    if job is not None and not job.is_over:
        doing = "taken back" if job.kind == TAKE_BACK else "redirected"
        raise Conflict(f"Ideas are being {doing} already. Wait until that has ended.")


@service
def ideas_take_back_ask(*, actor: Actor, product: Product, redirection: UUID) -> None:
    """Have a job take a whole redirection back, but for the ideas that were decided or used since.

    Emits `sunset.ideas_taken_back`. Raises NotVisible for one of which nothing stands, Conflict for who may not work
    where the ideas went on, and while a job is at it.
    """
    require(actor, "lifecycle.edit", product)
    require(actor, "idea.move", product)
    Product.objects.select_for_update().get(pk=product.pk)
    _at_rest(product)
    one = next((s for s in redirections_of(actor, product) if s.redirection == redirection), None)
    if one is None:
        raise NotVisible
    if why := barred(actor, one):
        raise Conflict(why)
    emit(
        "sunset.ideas_taken_back", actor=actor, workspace_id=product.workspace_id, product_id=product.pk,
        reason=UNDONE, ideas=one.count,
    )  # fmt: skip
    enqueue(
        JobRequest(
            TAKE_BACK, f"{REDIRECT}:{product.pk}", product.workspace_id, product.pk,
            payload={"redirection": str(redirection)}, requested_by=actor.user_id,
        )
    )  # fmt: skip


@service
def ideas_redirect_some(
    *,
    actor: Actor,
    product: Product,
    keys: Iterable[int],
    target: Product | None,
    word: str,
    redirection: UUID,
) -> int:
    """Redirect some ideas of a product; how many were still open. One that was decided since stays as it is."""
    rows = open_ideas(actor, product).filter(pk__in=list(keys)).order_by("pk")
    ideas = list(rows.select_related("product__workspace"))
    for idea in ideas:
        idea_redirect(actor=actor, idea=idea, target=target, word=word, redirection=redirection)
    return len(ideas)


# --- what taking back would do ------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Reversal:
    """What taking one redirection back would do: `back` ideas would be what they were, `left` stay as they are, the first
    fifty of them as `stay` with the reason. `barred` says why the actor may not."""

    of: Standing
    back: int
    left: int
    stay: list[tuple[Idea, str]]
    barred: str


def reversals_of(actor: Actor, product: Product) -> list[Reversal]:
    """The redirections that stand, the newest first. Of the newest it is worked out what would stay."""
    found = redirections_of(actor, product)
    return [_reversal(actor, product, one, newest=one is found[0]) for one in found]


def _reversal(actor: Actor, product: Product, one: Standing, *, newest: bool) -> Reversal:
    why = barred(actor, one)
    if why or not newest:
        return Reversal(one, one.count, 0, [], why)
    rows = redirects_of(product, one.redirection)
    left = staying(rows)
    named = rows.filter(pk__in=sorted(left)[:SHOWN]).select_related("idea__product__workspace")
    stay = [(row.idea, left[row.pk]) for row in named]
    return Reversal(one, one.count - len(left), len(left), stay, "")
