"""Who may do what: one table of role x action, to be read aloud.

An action is `<noun>.<verb>`; `*` stands for every noun that has no line of its own.
The two doors that enforce it: `visible_to(actor)` on every read, `require(actor, action, product)` in every write.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from functools import cache


class Role(IntEnum):
    """Each role may do all that a lower one may. `NONE` on a product hides it from a member of the workspace."""

    NONE = 0
    CUSTOMER = 1
    STAKEHOLDER = 2
    CONTRIBUTOR = 3
    MANAGER = 4
    ADMIN = 5

    @property
    def label(self) -> str:
        return {
            Role.NONE: "No access",
            Role.CUSTOMER: "Customer of the portal",
            Role.STAKEHOLDER: "Stakeholder",
            Role.CONTRIBUTOR: "Contributor",
            Role.MANAGER: "Product manager",
            Role.ADMIN: "Admin",
        }[self]


MEMBER_ROLES = (Role.STAKEHOLDER, Role.CONTRIBUTOR, Role.MANAGER, Role.ADMIN)

LOWEST_ROLE: Mapping[str, Role] = {
    # any record
    "*.view": Role.STAKEHOLDER,
    "*.comment": Role.STAKEHOLDER,
    "*.follow": Role.STAKEHOLDER,
    "*.create": Role.CONTRIBUTOR,
    "*.edit": Role.CONTRIBUTOR,
    "*.move": Role.CONTRIBUTOR,
    "*.attach": Role.CONTRIBUTOR,
    "*.answer": Role.CONTRIBUTOR,
    "*.archive": Role.MANAGER,
    # 1 ideas
    "idea.create": Role.STAKEHOLDER,
    "idea.vote": Role.STAKEHOLDER,
    "idea.vote_for": Role.CONTRIBUTOR,
    "idea.follow_for": Role.CONTRIBUTOR,
    "idea.submit": Role.CUSTOMER,
    "idea.support": Role.CUSTOMER,
    "company.merge": Role.MANAGER,
    "person.merge": Role.MANAGER,
    "person.erase": Role.ADMIN,
    "demand.edit": Role.MANAGER,
    "portal.edit": Role.MANAGER,
    "intake.edit": Role.MANAGER,
    "segment.create": Role.MANAGER,
    "segment.edit": Role.MANAGER,
    "idea.promote": Role.MANAGER,
    "gate.decide": Role.MANAGER,
    # 2 specification
    "spec_policy.edit": Role.MANAGER,
    "item.override": Role.MANAGER,
    "spec_template.create": Role.MANAGER,
    "spec_template.edit": Role.MANAGER,
    # 3 prioritization
    "item.assess": Role.CONTRIBUTOR,
    "item.rank": Role.MANAGER,
    "ranking.edit": Role.MANAGER,
    "scoring_model.create": Role.MANAGER,
    "scoring_model.edit": Role.MANAGER,
    "scoring_model.compare": Role.CONTRIBUTOR,
    "round.create": Role.MANAGER,
    "round.edit": Role.MANAGER,
    "round.answer": Role.STAKEHOLDER,
    "scenario.apply": Role.MANAGER,
    # 5 delivery
    "board.edit": Role.MANAGER,
    # 4 roadmap
    "vision.edit": Role.MANAGER,
    "objective.create": Role.MANAGER,
    "objective.edit": Role.MANAGER,
    "objective.move": Role.MANAGER,
    "key_result.create": Role.MANAGER,
    "key_result.edit": Role.MANAGER,
    "key_result.move": Role.MANAGER,
    "key_result.check_in": Role.CONTRIBUTOR,
    "release.create": Role.MANAGER,
    "release.edit": Role.MANAGER,
    "release.move": Role.MANAGER,
    "milestone.create": Role.MANAGER,
    "milestone.edit": Role.MANAGER,
    "milestone.move": Role.MANAGER,
    "placement.edit": Role.MANAGER,
    "plan.edit": Role.MANAGER,
    "contribution.edit": Role.MANAGER,
    "canvas.edit": Role.MANAGER,
    "lifecycle.edit": Role.MANAGER,
    "communication.view": Role.MANAGER,
    "communication.edit": Role.MANAGER,
    "update.edit": Role.MANAGER,
    "update.send": Role.MANAGER,
    "question.ask": Role.CONTRIBUTOR,
    "question.answer": Role.STAKEHOLDER,
    "share.view": Role.MANAGER,
    "share.create": Role.MANAGER,
    "share.edit": Role.MANAGER,
    # 6 analytics
    "metric.create": Role.MANAGER,
    "metric.edit": Role.MANAGER,
    "events.ingest": Role.CONTRIBUTOR,
    # 7 feedback
    "feedback.link": Role.CONTRIBUTOR,
    # around the stages
    "import.view": Role.CONTRIBUTOR,
    "import.run": Role.MANAGER,
    "export.run": Role.STAKEHOLDER,
    "view.share": Role.CONTRIBUTOR,
    "job.view": Role.CONTRIBUTOR,
    "field.edit": Role.MANAGER,
    "product.view": Role.STAKEHOLDER,
    "product.edit": Role.MANAGER,
    "product.create": Role.ADMIN,
    "product.archive": Role.ADMIN,
    "product_group.view": Role.ADMIN,
    "product_group.edit": Role.ADMIN,
    "component.view": Role.STAKEHOLDER,
    "component.edit": Role.MANAGER,
    "member.view": Role.STAKEHOLDER,
    "member.edit": Role.ADMIN,
    "team.edit": Role.MANAGER,
    "workspace.view": Role.STAKEHOLDER,
    "workspace.edit": Role.ADMIN,
    "token.create": Role.STAKEHOLDER,
}

READ, WRITE, EVENTS = "read", "write", "events"
SCOPES: Mapping[str, str] = {
    READ: "Read everything my role may see",
    WRITE: "Create and change what my role may change",
    EVENTS: "Send product events only",
}


@cache
def lowest_role(action: str) -> Role:
    """The lowest role that may do it. Raises KeyError for an action the table does not know."""
    if action in LOWEST_ROLE:
        return LOWEST_ROLE[action]
    return LOWEST_ROLE["*." + action.partition(".")[2]]


def may(role: Role, action: str) -> bool:
    return role >= lowest_role(action)


@cache
def needed_scope(action: str) -> str:
    """The token scope an action needs."""
    if action == "events.ingest":
        return EVENTS
    return READ if action.endswith(".view") or action == "export.run" else WRITE


@dataclass(frozen=True, slots=True)
class Grant:
    """What one membership gives: a role in the workspace, and other roles in some of its products."""

    role: Role
    products: Mapping[int, Role] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Actor:
    """Whoever acts: a signed-in person, a token, a visitor, or the product itself (`system`).

    `grants` is keyed by workspace id. `scopes` None means: all that the roles allow.
    `bound_product` limits a token to one product.
    """

    name: str = "Visitor"
    user_id: int | None = None
    token_id: int | None = None
    grants: Mapping[int, Grant] = field(default_factory=dict)
    scopes: frozenset[str] | None = None
    bound_product: int | None = None
    system: bool = False

    @property
    def person_key(self) -> int:
        """The person's primary key for a lookup; 0, which is nobody's, when no person acts."""
        return self.user_id or 0

    @property
    def is_anonymous(self) -> bool:
        return self.user_id is None and not self.system

    def role_in(self, workspace_id: int, product_id: int | None = None) -> Role:
        """The role in a product, or in the workspace as a whole when no product is given.

        A token of one product only reads what belongs to the workspace as a whole.
        """
        if self.system:
            return Role.ADMIN
        grant = self.grants.get(workspace_id)
        if grant is None:
            return Role.NONE
        if product_id is None:
            return grant.role if self.bound_product is None else min(grant.role, Role.STAKEHOLDER)
        if self.bound_product is not None and product_id != self.bound_product:
            return Role.NONE
        return grant.products.get(product_id, grant.role)

    def has_scope(self, action: str) -> bool:
        if self.scopes is None:
            return True
        needed = needed_scope(action)
        return needed in self.scopes or (needed == EVENTS and WRITE in self.scopes)

    def may(self, action: str, workspace_id: int, product_id: int | None = None) -> bool:
        return may(self.role_in(workspace_id, product_id), action) and self.has_scope(action)


ANONYMOUS = Actor()
SYSTEM = Actor(name="The product", system=True)
