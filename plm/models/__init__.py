"""The kernel's tables: what all stages share."""

from plm.models.event import Event, EventDoor
from plm.models.imports import ImportBatch, ImportMapping, ImportRow
from plm.models.job import IdempotencyKey, Job, Slot
from plm.models.member import ApiToken, Invitation, Membership, ProductRole
from plm.models.note import (
    Attachment,
    Comment,
    CustomField,
    Follow,
    Mention,
    Relation,
    SavedView,
    Tag,
    Tagging,
)
from plm.models.product import Component, Counter, Product, ProductGroup
from plm.models.record import RecordQuerySet, Reference, StageRecord
from plm.models.user import User
from plm.models.workspace import Team, Tenanted, Workspace

__all__ = [
    "ApiToken", "Attachment", "Comment", "Component", "Counter", "CustomField", "Event", "EventDoor", "Follow", "IdempotencyKey",
    "ImportBatch", "ImportMapping", "ImportRow",
    "Invitation", "Job", "Membership", "Mention", "Product", "ProductGroup", "ProductRole", "RecordQuerySet", "Reference",
    "Relation", "SavedView", "Slot", "StageRecord", "Tag", "Tagging", "Team", "Tenanted", "User", "Workspace",
]  # fmt: skip
