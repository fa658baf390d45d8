"""Ideas by mail: the address of a product, what comes in there, and the idea that becomes of it."""

from __future__ import annotations

import hashlib
import logging
import secrets
import uuid
from datetime import timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import IntegrityError, transaction
from django.utils import timezone

from ideas import mail
from ideas.mail import Mail
from ideas.models import Idea, InboundMessage, Intake, Person, Vote
from ideas.models.intake import FAILED, IGNORED, PASSED, TAKEN, WAITING
from ideas.selectors.ended import heir_of
from ideas.services.customers import person_create
from ideas.services.votes import vote_add_for
from plm.errors import Conflict, NotVisible, PlmError, TooLarge
from plm.events import attempt, emit, enqueue, service
from plm.jobs import JobRequest
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.notes import attachment_add, clean_file_name
from plm.services.records import record_create

log = logging.getLogger("ideas.intake")

MAIL = Actor(name="E-mail", system=True)
JOB = "ideas.mail_take"
MOST_AN_HOUR, MOST_OF_ONE = 200, 20
MOST_FILES = 20
LONGEST_TEXT = 100_000
KEPT = timedelta(days=90)


class TooOften(PlmError):
    """More mail than an address takes within an hour. The sender may try again later."""

    status = 429
    code = "too_often"
    title = "That is more mail than this address takes within an hour"


# --- the address --------------------------------------------------------------------------------------


@service
def intake_renew(*, actor: Actor, product: Product) -> Intake:
    """Give the product an address, or a new one: the old one is worthless from now on. Emits `intake.renewed`."""
    require(actor, "intake.edit", product)
    if product.archived_at is not None:
        raise Conflict(f"{product.name} is archived. Restore it first.")
    intake, _ = Intake.objects.update_or_create(
        product=product,
        defaults={"workspace_id": product.workspace_id, "token": secrets.token_hex(20)},
    )
    emit("intake.renewed", actor=actor, workspace_id=product.workspace_id, product_id=product.pk)
    return intake


@service
def intake_close(*, actor: Actor, product: Product) -> None:
    """Take no more mail; what came in stays. Emits `intake.closed`."""
    require(actor, "intake.edit", product)
    if Intake.objects.filter(product=product).delete()[0]:
        emit("intake.closed", actor=actor, workspace_id=product.workspace_id, product_id=product.pk)


# --- coming in ----------------------------------------------------------------------------------------


@service
def message_receive(*, token: str, raw: bytes) -> InboundMessage:
    """Keep a raw message that came to the address with this token; a job makes an idea of it.

    The same Message-ID again is the same message. Raises NotVisible for an address nobody has, TooLarge, TooOften.
    """
    intake = Intake.objects.select_related("product").filter(token=token.casefold()[:64]).first()
    if intake is None or intake.product.archived_at is not None:
        raise NotVisible
    if len(raw) > settings.MAIL_MAX_BYTES:
        limit = settings.MAIL_MAX_BYTES // (1024 * 1024)
        raise TooLarge(f"A message has at most {limit} MB.")
    key, sender, subject = _envelope(raw)
    found = InboundMessage.objects.filter(product=intake.product, key=key).first()
    if found is not None:
        return found
    _check_rate(intake.product, sender)
    try:
        with transaction.atomic():
            made = _kept(intake.product, raw, key=key, sender=sender, subject=subject)
    except IntegrityError:
        return InboundMessage.objects.get(product=intake.product, key=key)
    ask(made)
    return made


def _envelope(raw: bytes) -> tuple[str, str, str]:
    """(key, sender, subject) of a message, from its headers alone; a message without an id is known by all of it."""
    head = mail.head(raw)
    named = head.message_id.encode("utf-8", "replace") or raw
    return hashlib.sha256(named).hexdigest(), head.sender, head.subject[:250]


def _check_rate(product: Product, sender: str) -> None:
    lately = InboundMessage.objects.filter(
        product=product, received_at__gt=timezone.now() - timedelta(hours=1)
    )
    if lately.count() >= MOST_AN_HOUR or lately.filter(sender=sender).count() >= MOST_OF_ONE:
        raise TooOften


def _kept(product: Product, raw: bytes, *, key: str, sender: str, subject: str) -> InboundMessage:
    stored = default_storage.save(f"inbound/{uuid.uuid4().hex}", ContentFile(raw))
    try:
        return InboundMessage.objects.create(
            workspace_id=product.workspace_id, product=product, key=key, raw=stored, size=len(raw),
            sender=sender, subject=subject, received_at=timezone.now(),
        )  # fmt: skip
    except BaseException:
        default_storage.delete(stored)
        raise


def ask(message: InboundMessage) -> None:
    """Have a worker make an idea of it."""
    enqueue(
        JobRequest(JOB, f"{JOB}:{message.pk}", message.workspace_id, message.product_id, {"message": message.pk})
    )  # fmt: skip


@service
def message_retry(*, actor: Actor, product: Product, uuid: UUID) -> InboundMessage:
    """Try again to make an idea of a message that could not be taken or was left out. Emits `intake.retried`."""
    require(actor, "intake.edit", product)
    message = InboundMessage.objects.select_for_update().filter(product=product, uuid=uuid).first()
    if message is None:
        raise NotVisible
    if message.state == TAKEN:
        raise Conflict("This message is an idea already.")
    if message.state == PASSED:
        raise Conflict("This message went on to the product that follows. Look for it there.")
    InboundMessage.objects.filter(pk=message.pk).update(state=WAITING)
    ask(message)
    emit(
        "intake.retried", actor=actor, workspace_id=product.workspace_id, product_id=product.pk, message=message.uuid
    )  # fmt: skip
    return message


@service
def messages_forget(*, workspace_id: int) -> int:
    """Drop the stored originals that have served for a quarter; how many. What failed or waits keeps its own."""
    old = InboundMessage.objects.filter(
        workspace_id=workspace_id,
        state__in=(TAKEN, IGNORED, PASSED),
        received_at__lt=timezone.now() - KEPT,
    ).exclude(raw="")
    names = dict(old.order_by("pk").values_list("pk", "raw")[:1000])
    InboundMessage.objects.filter(pk__in=names).update(raw="")
    for name in names.values():
        transaction.on_commit(partial(default_storage.delete, name), robust=True)
    return len(names)


# --- becoming an idea ---------------------------------------------------------------------------------


@service
def message_take(*, message_id: int) -> str:
    """Make an idea of a message that waits; the state it is in then.

    What a machine sent is left out unless somebody asked for it again; what fails is kept with the reason. Where the
    product has ended, the message goes on to the address of the one that follows, or is kept. Emits
    `idea.created`, `idea.voted`, `file.attached`, and `person.created` for a sender nobody knew.
    """
    rows = InboundMessage.objects.select_for_update(of=("self",))
    message = rows.select_related("product__workspace").filter(pk=message_id).first()
    if message is None or message.state != WAITING:
        return message.state if message else ""
    if not message.raw:
        return _settle(message, IGNORED, "The original is not kept any more.")
    try:
        with message.raw.open("rb") as stored:
            read = mail.read(stored.read())
    except OSError as error:
        return _settle(message, FAILED, f"The stored message cannot be read: {error}.")
    asked_again = bool(message.error)
    why = "" if asked_again else read.automatic or _own(read)
    if why:
        log.info("Mail %s to product %s is left out: %s", message.uuid, message.product_id, why)
        return _settle(message, IGNORED, why)
    heir = heir_of(message.product)
    if heir is not None:
        return _passed_on(message, *heir)
    try:
        with attempt():
            idea, person = _idea(message.product, read)
    except PlmError as error:
        log.warning("Mail %s could not be taken: %s", message.uuid, error.message)
        return _settle(message, FAILED, " ".join([error.message, *error.fields.values()]))
    message.idea, message.person = idea, person
    return _settle(message, TAKEN, "")


def _passed_on(message: InboundMessage, heir: Product | None) -> str:
    """Put a message to a product that has ended in at the address of the one that takes its ideas; it is kept where that
    takes no mail. Who reads of the one product may not know of the other: neither is named to the other's."""
    said = f"{message.product.name} has ended and takes no new ideas"
    if heir is None:
        return _settle(message, FAILED, f"{said}, and no product follows. Name one in the plan of its end, then try again.")  # fmt: skip
    if not Intake.objects.filter(product=heir).exists():
        return _settle(message, FAILED, f"{said}, and the product that follows takes no mail. Open an address there, then try again.")  # fmt: skip
    if not InboundMessage.objects.filter(product=heir, key=message.key).exists():
        made = InboundMessage.objects.create(
            workspace_id=heir.workspace_id, product=heir, key=message.key, raw=message.raw.name, size=message.size,
            sender=message.sender, subject=message.subject, received_at=message.received_at, came_from=message,
        )  # fmt: skip
        InboundMessage.objects.filter(pk=message.pk).update(raw="")
        ask(made)
    return _settle(message, PASSED, "")


def _settle(message: InboundMessage, state: str, error: str) -> str:
    message.state, message.error = state, error
    message.save(update_fields=["state", "error", "idea", "person"])
    return state


def _own(read: Mail) -> str:
    """A mail of this installation that came back."""
    own = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].casefold()
    return "It is a mail of this installation that came back." if read.sender == own else ""


def _idea(product: Product, read: Mail) -> tuple[Idea, Person | None]:
    title = read.subject or read.text.split("\n", 1)[0] or "A mail without words"
    files = list(read.files)
    text = read.text
    if len(text) > LONGEST_TEXT - 5_000:
        text = f"{text[: LONGEST_TEXT - 5_000]}\n\n(The text goes on in message.txt.)"
        files.append(mail.File("message.txt", read.whole.encode()))
    values = {"title": title[:250], "description": text, "source": "customer", "public": False}
    idea = record_create(Idea, actor=MAIL, product=product, values=values)
    unkept = _attach(idea, files)
    if unkept:
        named = "\n".join(f"- {line}" for line in unkept)
        note = f"{text}\n\nFiles of the mail that could not be kept:\n\n{named}".strip()
        Idea.objects.filter(pk=idea.pk).update(description=note)
    return idea, _voted(idea, read)


def _attach(idea: Idea, files: list[mail.File]) -> list[str]:
    """Keep the files of a mail; a line for each that could not be kept."""
    unkept = []
    for n, file in enumerate(files):
        name = clean_file_name(file.name)
        try:
            if n >= MOST_FILES:
                raise TooLarge(f"A mail brings at most {MOST_FILES} files.")
            with attempt():
                attachment_add(actor=MAIL, record=idea, upload=ContentFile(file.content), name=name)
        except PlmError as error:
            said = error.message if error.message != error.title else ""
            unkept.append(f"{name}: {said or ' '.join(error.fields.values())}")
    return unkept


def _voted(idea: Idea, read: Mail) -> Person | None:
    """The sender's vote, marked as unproved. Whoever is found by the address, no account is linked for it."""
    if not read.sender:
        return None
    person = _person(idea.product, read)
    if person is None or person.archived_at is not None:
        return person
    vote_add_for(actor=MAIL, idea=idea, person=person)
    Vote.objects.filter(idea=idea, person=person).update(unproved=True)
    return person


def _person(product: Product, read: Mail) -> Person | None:
    known = Person.objects.filter(workspace_id=product.workspace_id, email__iexact=read.sender)
    found = known.order_by("pk").first()
    if found is not None:
        return found
    values: dict[str, Any] = {"name": read.name or read.sender[:200], "email": read.sender}
    try:
        with attempt():
            return person_create(actor=MAIL, workspace=product.workspace, values=values)
    except PlmError as error:
        log.info("The sender of a mail is no person we could keep: %s", error.message)
        return known.first()
