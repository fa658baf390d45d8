"""A mailbox polled by IMAP. A message is marked as seen only after it is stored for good."""

from __future__ import annotations

import imaplib
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.parse import unquote, urlsplit

from django.conf import settings

from ideas import mail
from ideas.models import Intake
from ideas.services.intake import TooOften, message_receive
from plm.errors import NotVisible, PlmError

log = logging.getLogger("ideas.intake")

AT_ONCE = 50
TIMEOUT = 30
UNREACHABLE = (imaplib.IMAP4.error, OSError)
TOKEN = re.compile(r"\+([0-9a-f]{20,64})@")


def mailbox_poll(url: str) -> dict[str, int]:
    """Take in what is unseen in the mailbox: `imaps://user:password@host:993/INBOX`.

    What nobody's address is on, or what is too large, is flagged and marked as seen, and stays in the mailbox. Raises
    OSError or imaplib's error where the mailbox cannot be reached: the job is tried again.
    """
    counts = {"taken": 0, "left": 0, "later": 0}
    with _mailbox(url) as box:
        _, found = box.uid("SEARCH", "UNSEEN")
        for uid in (found[0] or b"").split()[:AT_ONCE]:
            counts[_take(box, uid.decode())] += 1
    return counts


@contextmanager
def _mailbox(url: str) -> Iterator[imaplib.IMAP4]:
    parts = urlsplit(url)
    host, folder = parts.hostname or "", unquote(parts.path.strip("/")) or "INBOX"
    secure = parts.scheme == "imaps"
    kind = imaplib.IMAP4_SSL if secure else imaplib.IMAP4
    box = kind(host, parts.port or (993 if secure else 143), timeout=TIMEOUT)
    try:
        box.login(unquote(parts.username or ""), unquote(parts.password or ""))
        said, _ = box.select(f'"{folder}"')
        if said != "OK":
            raise imaplib.IMAP4.error(f"There is no folder {folder}.")
        yield box
    finally:
        try:
            box.logout()
        except UNREACHABLE:
            log.info("The mailbox was closed by the other side.")


def _take(box: imaplib.IMAP4, uid: str) -> str:
    """Take one message in; which count it belongs to."""
    size, raw = _fetched(box, uid)
    if size > settings.MAIL_MAX_BYTES:
        return _leave(box, uid, f"it has {size} bytes")
    token = _token(raw)
    if not token:
        return _leave(box, uid, "it is to no product's address")
    try:
        message_receive(token=token, raw=raw)
    except TooOften:
        return "later"
    except NotVisible:
        return _leave(box, uid, "its address is nobody's any more")
    except PlmError as error:
        return _leave(box, uid, error.message)
    box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen)")
    return "taken"


def _fetched(box: imaplib.IMAP4, uid: str) -> tuple[int, bytes]:
    """(size, the message); a message that is too large is not fetched."""
    _, told = box.uid("FETCH", uid, "(RFC822.SIZE)")
    line = told[0] if told else b""
    found = re.search(rb"RFC822\.SIZE (\d+)", line if isinstance(line, bytes) else b"")
    size = int(found[1]) if found else 0
    if size > settings.MAIL_MAX_BYTES:
        return size, b""
    _, answer = box.uid("FETCH", uid, "(BODY.PEEK[])")
    raw = next((part[1] for part in answer if isinstance(part, tuple)), b"")
    return len(raw), raw


def _leave(box: imaplib.IMAP4, uid: str, why: str) -> str:
    log.warning("Mail %s stays in the mailbox, flagged: %s.", uid, why)
    box.uid("STORE", uid, "+FLAGS.SILENT", r"(\Seen \Flagged)")
    return "left"


def _token(raw: bytes) -> str:
    """The token of the first address of a product among those it was sent to."""
    found = [m[1] for address in mail.head(raw).recipients if (m := TOKEN.search(address))]
    known = set(Intake.objects.filter(token__in=found).values_list("token", flat=True))
    return next((token for token in found if token in known), "")
