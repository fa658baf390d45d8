"""What an erased person did on the portal and by mail: the posts and mails stay counted, what says who it was goes."""

from __future__ import annotations

from functools import partial

from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q

from ideas.models import InboundMessage, PortalPost, SignInLink
from ideas.services.erasing import NAME, Traces
from plm.redaction import redacted


def portal_erase(traces: Traces) -> None:
    """Their posts lose name and signature; links to sign in go; of their mails only that they came stays."""
    for post in PortalPost.objects.filter(person__in=traces.people):
        body = redacted(post.body, traces.near)
        PortalPost.objects.filter(pk=post.pk).update(name="", shown_as="anonymous", body=body)
    SignInLink.objects.filter(email__in=traces.ids).delete()
    mails = InboundMessage.objects.filter(workspace_id=traces.workspace_id)
    mails = mails.filter(Q(person__in=traces.people) | Q(sender__in=traces.ids))
    for name in mails.exclude(raw="").values_list("raw", flat=True):
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
    mails.update(raw="", sender="", subject=NAME, error="")
