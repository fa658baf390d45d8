"""Reads of reviews, sign-offs and of what a product asks of its specifications."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from django.db.models import Max
from django.utils import timezone

from backlog.approval import Answer, Standing, standing
from backlog.models import Spec, SpecPolicy, SpecReview, SpecSignOff, SpecVersion
from plm.models import Product, User, Workspace
from plm.permissions import Actor, may
from plm.selectors import actor_of, members_of

LOCKED = "approved"


def spec_policy(product: Product) -> SpecPolicy:
    """What the product asks of its specifications; what is asked of all where it has said nothing yet."""
    found = SpecPolicy.objects.filter(product=product).first()
    return found or SpecPolicy(product=product, workspace_id=product.workspace_id, version=0)


def version_number(spec: Spec) -> int:
    """The number of the version that stands."""
    return SpecVersion.objects.filter(spec=spec).aggregate(last=Max("number"))["last"] or 0


def standing_sign_off(spec: Spec) -> SpecSignOff | None:
    """The sign-off that holds now, if there is one."""
    return SpecSignOff.objects.filter(spec=spec, reopened_at=None).select_related("version").first()


def review_standing(spec: Spec, *, number: int | None = None) -> Standing:
    """How the reviews of the version that stands add up."""
    rows = SpecReview.objects.filter(spec=spec).select_related("reviewer")
    return standing(
        [Answer(str(row.reviewer), row.verdict, row.number) for row in rows],
        number=version_number(spec) if number is None else number,
        needed=spec_policy(spec.product).approvals_needed,
    )


def possible_reviewers(spec: Spec) -> list[User]:
    """Members whose role in the product lets them say something about its specifications."""
    return [
        user
        for user in members_of(spec.workspace_id).prefetch_related("memberships__product_roles")
        if _may_review(user, spec)
    ]


def _may_review(user: User, spec: Spec) -> bool:
    for membership in user.memberships.all():
        if membership.workspace_id != spec.workspace_id:
            continue
        own = [p.role for p in membership.product_roles.all() if p.product_id == spec.product_id]
        role: Any = own[0] if own else membership.role
        return may(role, "spec.comment")
    return False


def review_rows(spec: Spec, number: int) -> list[dict[str, Any]]:
    """Each reviewer with how they stand to the version: asked, approved, changes, or older (an approval of another)."""
    rows = SpecReview.objects.filter(spec=spec).select_related("reviewer", "asked_by")
    return [
        {
            "uuid": row.uuid,
            "reviewer": row.reviewer,
            "verdict": row.verdict,
            "state": _state(row, number),
            "number": row.number,
            "reason": row.reason,
            "asked_at": row.asked_at,
            "answered_at": row.answered_at,
            "reminded_at": row.reminded_at,
        }
        for row in rows
    ]


def _state(row: SpecReview, number: int) -> str:
    return "older" if row.verdict == "approved" and row.number != number else row.verdict


def sign_off_rows(spec: Spec) -> list[SpecSignOff]:
    """All sign-offs, the newest first."""
    rows = SpecSignOff.objects.filter(spec=spec)
    return list(
        rows.select_related("version", "signed_by", "reopened_by").defer("version__content")
    )


def review_of(actor: Actor, spec: Spec) -> Mapping[str, Any]:
    """The review of a specification as its page shows it."""
    policy, number = spec_policy(spec.product), version_number(spec)
    rows = review_rows(spec, number)
    answers = [Answer(str(r["reviewer"]), r["verdict"], r["number"]) for r in rows]
    stands = standing(answers, number=number, needed=policy.approvals_needed)
    open_now = spec.state not in {LOCKED, "superseded"} and spec.archived_at is None
    may_ask = open_now and actor.may("spec.edit", spec.workspace_id, spec.product_id)
    may_move = actor.may("spec.move", spec.workspace_id, spec.product_id)
    asked = {row["reviewer"].pk for row in rows}
    last = SpecVersion.objects.filter(spec=spec, number=number).values_list("author_id", flat=True)
    wrote = actor.user_id is not None and last.first() == actor.user_id
    return {
        "rows": rows,
        "number": number,
        "standing": stands,
        "needed": policy.approvals_needed,
        "sign_offs": sign_off_rows(spec),
        "locked": spec.state == LOCKED,
        "mine": open_now and actor.user_id in asked,
        "wrote": wrote,
        "may_ask": may_ask,
        "may_sign": open_now and may_move and stands.enough,
        "may_reopen": spec.state == LOCKED and may_move and spec.archived_at is None,
        "people": [u for u in possible_reviewers(spec) if u.pk not in asked] if may_ask else [],
    }


def reviews_waiting(actor: Actor, workspace: Workspace) -> dict[str, Any] | None:
    """Specifications that wait for the actor's word, for their inbox; None where none does."""
    specs = Spec.objects.visible_to(actor, "spec.view").filter(workspace=workspace)
    rows = (
        SpecReview.objects.filter(
            reviewer_id=actor.person_key, verdict="asked", spec__in=specs.live()
        )
        .exclude(spec__state__in=("superseded", LOCKED))
        .select_related("spec__product__workspace", "spec__owner", "asked_by")
        .order_by("asked_at")[:50]
    )
    found = list(rows)
    return {"reviews": found} if found else None


def reviews_to_remind(workspace_id: int) -> list[int]:
    """Reviewers who were asked longer ago than their product waits, have not answered and were not reminded."""
    days = dict(
        SpecPolicy.objects.filter(workspace_id=workspace_id).values_list(
            "product_id", "remind_after_days"
        )
    )
    usual = SpecPolicy().remind_after_days
    now = timezone.now()
    rows = (
        SpecReview.objects.filter(
            workspace_id=workspace_id, verdict="asked", reminded_at=None, reviewer__is_active=True,
            spec__archived_at=None, asked_at__lt=now - timedelta(days=1),
        )
        .exclude(spec__state__in=("superseded", LOCKED))
        .order_by("pk")
    )  # fmt: skip
    return [
        pk
        for pk, product_id, asked_at in rows.values_list("pk", "spec__product_id", "asked_at")
        if asked_at <= now - timedelta(days=days.get(product_id, usual))
    ]


def sees_spec(user: User, spec: Spec) -> bool:
    """Whether that person may still see the specification."""
    return actor_of(user).may("spec.view", spec.workspace_id, spec.product_id)
