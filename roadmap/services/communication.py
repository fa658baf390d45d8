"""The communication plan: its lines, the updates that are written for them, and sending these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from django.utils import timezone
from django.utils.crypto import salted_hmac

from plm.errors import Conflict, Invalid, NotVisible, Stale
from plm.events import emit, enqueue, service
from plm.jobs import JobRequest
from plm.markdown import too_long
from plm.models import Product
from plm.outgoing import address_problem
from plm.permissions import Actor
from plm.selectors import members_of
from plm.services.guard import require
from plm.services.link_mails import mail_address
from roadmap.cadence import CADENCES
from roadmap.models import CommunicationLine, Delivery, Share, StatusUpdate
from roadmap.models.communication import CHANNELS, FAILED, INSIDE, READY, WORDS
from roadmap.models.placement import HEALTH
from roadmap.selectors.communication import filled_in

LINE_FIELDS = (
    "audience",
    "channel",
    "to",
    "cadence",
    "weekday",
    "day",
    "owner",
    "template",
    "words",
    "share",
)
UPDATE_FIELDS = ("title", "body", "health")
MOST_LINES = 50
MOST_ADDRESSES = 100
FIRST_PERIOD = timedelta(days=30)


def hook_secret(line: CommunicationLine) -> str:
    """The key with which calls of a webhook are signed. It follows from the line, so nothing has to keep it."""
    return salted_hmac("roadmap.webhook", str(line.uuid), algorithm="sha256").hexdigest()


@service
def line_create(*, actor: Actor, product: Product, values: Mapping[str, Any]) -> CommunicationLine:
    """Add a line to the plan. Emits `communication.created`. Raises Invalid, Conflict."""
    require(actor, "communication.edit", product)
    line = CommunicationLine(workspace_id=product.workspace_id, product=product)
    if CommunicationLine.objects.live().filter(product=product).count() >= MOST_LINES:
        raise Conflict(f"A plan has at most {MOST_LINES} lines. Take one out first.")
    _line_set(line, values)
    line.save()
    _said("communication.created", actor, line, audience=line.audience)
    return line


@service
def line_update(
    *, actor: Actor, line: CommunicationLine, version: int, values: Mapping[str, Any]
) -> CommunicationLine:
    """Change a line of the plan. Emits `communication.updated`. Raises Invalid, Stale."""
    require(actor, "communication.edit", line.product)
    rows = CommunicationLine.objects.select_for_update(of=("self",)).live()
    current = rows.select_related("product__workspace", "owner").filter(pk=line.pk).first()
    if current is None:
        raise NotVisible
    if current.version != version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    _line_set(current, values)
    current.version += 1
    current.save()
    _said("communication.updated", actor, current, audience=current.audience)
    return current


@service
def line_archive(*, actor: Actor, line: CommunicationLine, version: int | None = None) -> None:
    """Take a line out of the plan, in the version the actor read where that is given. Emits `communication.archived`;
    twice is once. Raises Stale."""
    require(actor, "communication.edit", line.product)
    rows = CommunicationLine.objects.select_for_update(of=("self",)).live()
    current = rows.filter(pk=line.pk).first()
    if current is None:
        return
    if version is not None and current.version != version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    current.archived_at = timezone.now()
    current.version += 1
    current.save(update_fields=["archived_at", "version"])
    _said("communication.archived", actor, current, audience=current.audience)


def _line_set(line: CommunicationLine, values: Mapping[str, Any]) -> None:
    for name in LINE_FIELDS:
        if name in values:
            setattr(line, name, values[name])
    line.audience = " ".join(line.audience.split())
    if wrong := {name: said for name, said in _line_problems(line).items() if said}:
        raise Invalid(fields=wrong)


def _line_problems(line: CommunicationLine) -> dict[str, str]:
    """By field what is wrong, empty where nothing is."""
    owner, share = line.owner, line.share
    known = owner is None or members_of(line.workspace_id).filter(pk=owner.pk).exists()
    days = 0 <= line.weekday <= 6 and 1 <= line.day <= 31
    named = 1 <= len(line.audience) <= 120
    return {
        "audience": "" if named else "Say in at most 120 characters who is told.",
        "channel": _one_of(line.channel, dict(CHANNELS)),
        "cadence": _one_of(line.cadence, dict(CADENCES)),
        "day": "" if days else "Give a day from 1 to 31, and a weekday from 0 (Monday) to 6.",
        "template": too_long(line.template, 20_000),
        "owner": "" if known else "Choose a member of the workspace.",
        "words": _one_of(line.words, dict(WORDS)),
        "share": _share_problem(line, share),
        "to": _to_set(line) if line.channel in dict(CHANNELS) else "",
    }


def _share_problem(line: CommunicationLine, share: Share | None) -> str:
    if share is None:
        return ""
    if share.product_id != line.product_id:
        return "Choose a shared view of this product."
    return "Who is told in the words used inside needs no shared view." if line.words == INSIDE else ""  # fmt: skip


def _one_of(value: str, known: Mapping[str, str]) -> str:
    return "" if value in known else f"Choose one of: {', '.join(known)}."


def _to_set(line: CommunicationLine) -> str:
    """Bring where it goes to into the form in which it is kept; what is wrong with it, or nothing."""
    parts = [part.strip() for part in line.to.replace(",", "\n").splitlines() if part.strip()]
    if line.channel == "page":
        line.to = ""
        return ""
    if line.channel == "mail":
        try:
            known = {mail_address(part).casefold(): mail_address(part) for part in parts}
        except Invalid as refused:
            return str(refused.fields["email"])
        line.to = "\n".join(known.values())
        return "" if 1 <= len(known) <= MOST_ADDRESSES else f"Give 1 to {MOST_ADDRESSES} mail addresses, one on each line."  # fmt: skip
    line.to = line.to.strip()
    return address_problem(line.to) or ("" if len(line.to) <= 1000 else "An address has at most 1,000 characters.")  # fmt: skip


def _said(verb: str, actor: Actor, row: Any, **data: Any) -> None:
    emit(verb, actor=actor, workspace_id=row.workspace_id, product_id=row.product_id, id=row.uuid, **data)  # fmt: skip


# --- updates -----------------------------------------------------------------------------------------


@service
def update_begin(*, actor: Actor, line: CommunicationLine) -> StatusUpdate:
    """A draft for a line: its template, filled in with what changed since it was told last. Emits `update.begun`."""
    require(actor, "update.edit", line.product)
    now = timezone.now()
    since = line.last_sent_at or now - FIRST_PERIOD
    update = StatusUpdate.objects.create(
        workspace_id=line.workspace_id, product=line.product, line=line, title=f"{line.product.name}: status",
        body=filled_in(actor, line, since, now), since=since, until=now, written_by_id=actor.user_id, words=line.words,
    )  # fmt: skip
    _said("update.begun", actor, update, title=update.title)
    return update


@service
def update_update(
    *, actor: Actor, update: StatusUpdate, version: int, values: Mapping[str, Any]
) -> StatusUpdate:
    """Change a draft. What was sent stays as it went. Emits `update.updated`. Raises Invalid, Stale, Conflict."""
    require(actor, "update.edit", update.product)
    current = _draft(update)
    if current.version != version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    for name in UPDATE_FIELDS:
        if name in values:
            setattr(current, name, values[name])
    current.title = " ".join(current.title.split())
    wrong = {}
    if not 1 <= len(current.title) <= 200:
        wrong["title"] = "Give a title of at most 200 characters."
    if len(current.body) > 20_000:
        wrong["body"] = "An update has at most 20,000 characters."
    if current.health not in {"", *dict(HEALTH)}:
        wrong["health"] = f"Choose one of: {', '.join(dict(HEALTH))}."
    if wrong:
        raise Invalid(fields=wrong)
    current.version += 1
    current.save()
    _said("update.updated", actor, current, title=current.title)
    return current


def _draft(update: StatusUpdate) -> StatusUpdate:
    rows = StatusUpdate.objects.select_for_update(of=("self",))
    current = rows.select_related("product__workspace").get(pk=update.pk)
    if current.state != "draft":
        raise Conflict("The update was sent; it stays as it went. Write another one.")
    return current


@service
def update_send(
    *, actor: Actor, update: StatusUpdate, lines: Sequence[CommunicationLine], version: int
) -> StatusUpdate:
    """Send a draft, in the version the actor read, to lines of the plan; jobs do it, each address by itself.

    Emits `update.sent`. Raises Invalid, Stale, Conflict where it was sent already.
    """
    require(actor, "update.send", update.product)
    current = _draft(update)
    if current.version != version:
        raise Stale(f"Version {current.version} stands now.", current=current.version)
    if not current.body.strip():
        raise Invalid(fields={"body": "Write something before you send it."})
    if not lines or any(
        line.product_id != current.product_id or line.archived_at for line in lines
    ):
        raise Invalid(fields={"lines": "Choose where it goes: at least one line of the plan."})
    if told_too_much := [line.audience for line in lines if _holds_more(current, line)]:
        raise Invalid(fields={"lines": f"It was begun with more of the inside than is for {', '.join(told_too_much)}. Write an update for them from the plan."})  # fmt: skip
    now = timezone.now()
    deliveries = [
        Delivery(
            workspace_id=current.workspace_id, update=current, line=line, to=to,
            state="sent" if line.channel == "page" else READY, sent_at=now if line.channel == "page" else None,
        )
        for line in lines
        for to in (line.to.splitlines() if line.channel == "mail" else [line.to])
    ]  # fmt: skip
    for delivery in Delivery.objects.bulk_create(deliveries):
        if delivery.state == READY:
            enqueue(delivery_request(delivery.workspace_id, current.product_id, delivery.pk))
    current.state, current.sent_at = "sent", now
    current.on_page = any(line.channel == "page" for line in lines)
    current.save(update_fields=["state", "sent_at", "on_page"])
    CommunicationLine.objects.filter(pk__in=[line.pk for line in lines]).update(last_sent_at=now)
    _said("update.sent", actor, current, title=current.title, audiences=[line.audience for line in lines])  # fmt: skip
    return current


def _holds_more(update: StatusUpdate, line: CommunicationLine) -> bool:
    """Whether a text was begun with words that the readers of a line are not told."""
    order = [name for name, _ in WORDS]
    return order.index(update.words) > order.index(line.words)


@service
def delivery_again(*, actor: Actor, delivery: Delivery) -> None:
    """Try again what did not go. Emits `update.sent_again`. Raises Conflict for what went or is on its way."""
    product = delivery.update.product
    require(actor, "update.send", product)
    rows = Delivery.objects.filter(pk=delivery.pk, state__in=(FAILED, "unsure"))
    if not rows.update(state=READY, problem="", tries=0):
        raise Conflict("It went, or is on its way.")
    enqueue(delivery_request(delivery.workspace_id, product.pk, delivery.pk))
    _said("update.sent_again", actor, delivery.update, title=delivery.update.title)


def delivery_request(workspace_id: int, product_id: int, key: int) -> JobRequest:
    """One sending of a delivery, however many ask for it."""
    return JobRequest(
        kind="roadmap.deliver", key=f"roadmap.deliver:{key}", workspace_id=workspace_id, product_id=product_id,
        payload={"delivery": key},
    )  # fmt: skip
