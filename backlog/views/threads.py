"""Talk about passages on the page of a specification."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect

from backlog.models import Spec
from backlog.services import threads
from plm.web.policy import PlmRequest, policy, record_as


def _back(spec: Spec, thread: UUID) -> HttpResponse:
    return HttpResponseRedirect(f"{spec.get_absolute_url()}#passage-{thread}")


@policy("spec.comment", scope="record", methods=("POST",))
def thread_start(request: PlmRequest) -> HttpResponse:
    """Ask about the passage that `quote` holds."""
    spec = record_as(request, Spec)
    said = {name: request.POST.get(name, "") for name in ("quote", "body", "before", "after")}
    thread = threads.thread_start(actor=request.actor, spec=spec, **said)
    return _back(spec, thread.uuid)


@policy("spec.comment", scope="record", methods=("POST",))
def thread_reply(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Say something in a thread."""
    spec = record_as(request, Spec)
    thread = threads.thread_named(spec, uuid)
    threads.thread_reply(
        actor=request.actor, spec=spec, thread=thread, body=request.POST.get("body", "")
    )
    return _back(spec, uuid)


@policy("spec.comment", scope="record", methods=("POST",))
def thread_resolve(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Resolve a thread (`on=1`) or open it again."""
    spec, resolved = record_as(request, Spec), request.POST.get("on") == "1"
    thread = threads.thread_named(spec, uuid)
    threads.thread_resolve(actor=request.actor, spec=spec, thread=thread, resolved=resolved)
    messages.success(
        request, "The question is resolved." if resolved else "The question is open again."
    )
    return _back(spec, uuid)
