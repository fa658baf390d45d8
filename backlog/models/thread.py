"""Talk about passages of a specification."""

from __future__ import annotations

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models

from backlog.models.spec import Spec
from plm.models import Comment, Tenanted


class SpecThread(Tenanted):
    """A passage of a specification that somebody asks about. `before` and `after` are the words around the quote."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    spec = models.ForeignKey(Spec, on_delete=models.CASCADE, related_name="threads")
    quote = models.TextField()
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    created_at = models.DateTimeField()
    resolved_at = models.DateTimeField(null=True, blank=True)
    resolved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+"
    )

    class Meta:
        ordering: ClassVar = ["created_at", "pk"]

    def __str__(self) -> str:
        return self.quote[:60]


class ThreadComment(Tenanted):
    """A comment of the specification that was said in a thread."""

    thread = models.ForeignKey(SpecThread, on_delete=models.CASCADE, related_name="said")
    comment = models.OneToOneField(Comment, on_delete=models.CASCADE, related_name="+")

    class Meta:
        ordering: ClassVar = ["pk"]

    def __str__(self) -> str:
        return f"{self.comment_id} in {self.thread_id}"
