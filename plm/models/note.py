"""What may hang on any record: comments, files, followers, tags, links. And the fields and views a team adds itself."""

from __future__ import annotations

import uuid
from typing import ClassVar, Self

from django.conf import settings
from django.db import models
from django.db.models import Q

from plm.models.product import Product
from plm.models.record import Reference
from plm.models.workspace import Tenanted
from plm.querysets import TenantedQuerySet


class CommentQuerySet(TenantedQuerySet["Comment"]):
    product_field = "record__product_id"

    def shown(self) -> Self:
        return self.filter(deleted_at=None).select_related("author").order_by("created_at", "pk")


class Comment(Tenanted):
    """What somebody said about a record. `public` ones may leave the house through the portal."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="comments")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    body = models.TextField(max_length=20_000)
    public = models.BooleanField(default=False)
    created_at = models.DateTimeField()
    edited_at = models.DateTimeField(null=True, blank=True)
    deleted_at = models.DateTimeField(null=True, blank=True)

    objects = CommentQuerySet.as_manager()

    class Meta:
        indexes: ClassVar = [
            models.Index(fields=["record", "created_at"], name="comment_of_record")
        ]

    def __str__(self) -> str:
        return self.body[:60]


class MentionQuerySet(TenantedQuerySet["Mention"]):
    def standing(self) -> Self:
        """Without those in comments that were taken back."""
        return self.filter(Q(comment=None) | Q(comment__deleted_at=None))


class Mention(Tenanted):
    """A person named in a text, who is told once. Stays unread until they look.

    The text is a comment, or the `field` of a record; where there is no record, the `field` of a page of the product,
    and `page` is its path below the product's address.
    """

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey(
        Comment, null=True, on_delete=models.CASCADE, related_name="mentions"
    )
    record = models.ForeignKey(
        Reference, null=True, on_delete=models.CASCADE, related_name="mentions"
    )
    page = models.CharField(max_length=80, blank=True)
    field = models.CharField(max_length=40, blank=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()
    read_at = models.DateTimeField(null=True, blank=True)

    objects = MentionQuerySet.as_manager()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["comment", "user"], name="mention_once"),
            models.UniqueConstraint(
                fields=["record", "field", "user"], name="mention_in_field_once"
            ),
            models.UniqueConstraint(
                fields=["product", "page", "field", "user"],
                condition=Q(comment=None, record=None),
                name="mention_on_page_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} in {self.comment_id or self.record_id or self.page}"


class AttachmentQuerySet(TenantedQuerySet["Attachment"]):
    product_field = "record__product_id"


class Attachment(Tenanted):
    """A file on a record, kept under a random name, handed out only after a permission check, always as a download."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    record = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="attachments")
    file = models.FileField(max_length=200)
    name = models.CharField(max_length=200)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )
    created_at = models.DateTimeField()

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["created_at"]

    def __str__(self) -> str:
        return self.name


class Follow(Tenanted):
    """A person who wants to hear of a record."""

    record = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="follows")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "user"], name="follow_once")
        ]

    def __str__(self) -> str:
        return f"{self.user} follows {self.record_id}"


class Tag(Tenanted):
    """A word of the team's own, spelled once per product."""

    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=40)

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["product", "name"], name="tag_once")
        ]

    def __str__(self) -> str:
        return self.name


class Tagging(Tenanted):
    """One tag on one record."""

    record = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="taggings")
    tag = models.ForeignKey(Tag, on_delete=models.CASCADE, related_name="taggings")

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["record", "tag"], name="tagging_once")
        ]

    def __str__(self) -> str:
        return f"{self.record_id} {self.tag_id}"


RELATIONS = [
    ("relates", "Relates to"),
    ("replaces", "Replaces"),
    ("blocks", "Blocks"),
    ("duplicates", "Duplicates"),
    ("informs", "Informs"),
]


class Relation(Tenanted):
    """A link between two records that is not lineage: sees also, replaces, blocks, duplicates, informs."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="relations_out")
    target = models.ForeignKey(Reference, on_delete=models.CASCADE, related_name="relations_in")
    type = models.CharField(max_length=12, choices=RELATIONS, default="relates")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["source", "target", "type"], name="relation_once"),
            models.CheckConstraint(
                condition=~Q(source=models.F("target")), name="relation_to_other"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.source_id} {self.type} {self.target_id}"


FIELD_TYPES = [
    ("text", "Text"),
    ("number", "Number"),
    ("date", "Date"),
    ("choice", "Choice"),
    ("people", "People"),
    ("url", "URL"),
    ("bool", "Yes or no"),
]


class CustomFieldQuerySet(TenantedQuerySet["CustomField"]):
    def for_kind(self, product_id: int, kind: str) -> Self:
        return self.filter(product_id=product_id, kind=kind, archived_at=None)


class CustomField(Tenanted):
    """A field that a product adds to one kind of record. Values stand in the record's `custom`, under `name`."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    name = models.SlugField(max_length=40)
    label = models.CharField(max_length=80)
    type = models.CharField(max_length=8, choices=FIELD_TYPES)
    choices = models.JSONField(default=list, blank=True)
    required = models.BooleanField(default=False)
    position = models.PositiveIntegerField(default=0)
    archived_at = models.DateTimeField(null=True, blank=True)

    objects = CustomFieldQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["position", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "kind", "name"],
                name="custom_field_once",
                violation_error_message="This kind of record has a field of that name already.",
            )
        ]

    def __str__(self) -> str:
        return self.label


class SavedViewQuerySet(TenantedQuerySet["SavedView"]):
    pass


class SavedView(Tenanted):
    """A list as somebody wants to see it again: filters, order and columns are its query string."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    product = models.ForeignKey(Product, on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=24)
    name = models.CharField(max_length=60)
    query = models.CharField(max_length=1000, blank=True)
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SavedViewQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["product", "kind", "owner", "name"], name="saved_view_once"
            )
        ]

    def __str__(self) -> str:
        return self.name
