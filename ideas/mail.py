"""Reading a mail: who writes, what they say themselves, what they attached, and whether a machine sent it.

Pure: bytes in, values out, and whatever arrives is read as far as it can be. Replies are stripped line by line with
bounded patterns, because a mail is a stranger's text: the libraries for it search whole texts with patterns that can
take minutes, and cut all that follows a line like "Thanks,". What remains unclear stays in.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.errors import MessageError
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from html.parser import HTMLParser
from typing import Any

DEEPEST = 20
LONGEST_HEAD = 256 * 1024
BROKEN = (MessageError, ValueError, LookupError, AttributeError, TypeError)
"""What the standard library raises for headers and bodies that follow no rule."""


@dataclass(frozen=True, slots=True)
class File:
    """Something attached."""

    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail as it was read. `text` is what its writer says without what they quote, `whole` all of it; `automatic`
    says why a machine must have sent it, and is empty for a person's mail."""

    message_id: str
    sender: str
    name: str
    subject: str
    text: str
    whole: str
    recipients: tuple[str, ...] = ()
    files: list[File] = field(default_factory=list)
    automatic: str = ""


def read(raw: bytes) -> Mail:
    """Read a raw RFC 5322 message. Never fails for what is broken in it: that is replaced or left out."""
    message: Any = message_from_bytes(raw, policy=policy.default)
    name, sender = parseaddr(_header(message, "From"))
    text, files = _body(message, 0)
    whole = clean(text).strip()
    return Mail(
        message_id=_header(message, "Message-ID").strip(),
        sender=clean(sender).strip().casefold()[:254] if "@" in sender else "",
        name=_line(name)[:200], subject=_line(_header(message, "Subject")), whole=whole,
        text=own_words(whole), files=files, automatic=_automatic(message, sender),
        recipients=recipients(message),
    )  # fmt: skip


def head(raw: bytes) -> Mail:
    """What the headers alone say; nothing of the body is read."""
    message: Any = BytesHeaderParser(policy=policy.default).parsebytes(raw[:LONGEST_HEAD])
    _, sender = parseaddr(_header(message, "From"))
    return Mail(
        message_id=_header(message, "Message-ID").strip(), name="", text="", whole="",
        sender=clean(sender).strip().casefold()[:254] if "@" in sender else "",
        subject=_line(_header(message, "Subject")), recipients=recipients(message),
    )  # fmt: skip


def recipients(message: Any) -> tuple[str, ...]:
    """Every address the message was sent or delivered to, in lower case."""
    found: list[str] = []
    for name in ("X-Original-To", "Delivered-To", "Envelope-To", "To", "Cc"):
        for value in _all(message, name):
            found += re.findall(r"[\w.+=-]{1,100}@[\w.-]{1,200}", str(value).lower())
    return tuple(dict.fromkeys(found))


def _safely(call: Callable[[], Any], otherwise: Any) -> Any:
    try:
        return call()
    except BROKEN:
        return otherwise


def _header(message: Any, name: str) -> str:
    return str(_safely(lambda: str(message.get(name) or ""), ""))


def _all(message: Any, name: str) -> list[Any]:
    return list(_safely(lambda: message.get_all(name, []), []))


def clean(text: str) -> str:
    """Text that any database takes: no lone surrogates, no control characters but line ends and tabs."""
    whole = text.encode("utf-8", "replace").decode("utf-8").replace("\r\n", "\n").replace("\r", "\n")  # fmt: skip
    return "".join(c for c in whole if c in "\n\t" or unicodedata.category(c) != "Cc")


def _line(text: str) -> str:
    return " ".join(clean(text).split())


# --- body and files -----------------------------------------------------------------------------------


def _body(part: Any, depth: int) -> tuple[str, list[File]]:
    """(text, files) of a part and all below it."""
    kind = _safely(part.get_content_type, "text/plain")
    if kind == "message/rfc822":
        return "", [_forwarded(part)]
    if part.is_multipart():
        if depth >= DEEPEST:
            return "", [File("nested.eml", _safely(part.as_bytes, b""))]
        read_parts = [(p, *_body(p, depth + 1)) for p in part.get_payload()]
        files = [file for _, _, found in read_parts for file in found]
        texts = [(_safely(p.get_content_type, ""), text) for p, text, _ in read_parts if text.strip()]  # fmt: skip
        if kind == "multipart/alternative":
            texts = [t for t in texts if t[0] == "text/plain"][:1] or texts[-1:]
        return "\n\n".join(text for _, text in texts), files
    name = _line(_safely(lambda: part.get_filename() or "", ""))
    attached = _safely(part.get_content_disposition, "") == "attachment"
    if attached or name or not kind.startswith("text/") or kind == "text/calendar":
        content = _safely(lambda: part.get_payload(decode=True) or b"", b"")
        return "", [File(name or f"file.{_ending(kind)}", content)]
    text = _text(part)
    return (text_of_html(text) if kind == "text/html" else text), []


def _ending(kind: str) -> str:
    return re.sub(r"[^a-z0-9]", "", kind.rpartition("/")[2].casefold())[:10] or "bin"


def _forwarded(part: Any) -> File:
    """A message inside the message, whole."""
    inner = _safely(lambda: part.get_payload(0), None)
    content = _safely(inner.as_bytes, b"") if isinstance(inner, EmailMessage) else b""
    subject = _line(_header(inner, "Subject"))[:80] if inner is not None else ""
    return File(f"{subject or 'message'}.eml", content)


def _text(part: Any) -> str:
    """The text of a part in whatever it was encoded; what cannot be read is replaced."""
    payload = _safely(lambda: part.get_payload(decode=True), None)
    if not isinstance(payload, bytes):
        return str(_safely(part.get_payload, ""))
    named = str(_safely(lambda: part.get_content_charset() or "utf-8", "utf-8")).casefold()
    # Programs that say Latin-1 mean Windows: only there are curly quotes.
    charset = "cp1252" if named in {"iso-8859-1", "latin-1", "us-ascii"} else named
    for name in ("utf-8", charset) if named == "us-ascii" else (charset, "utf-8", "cp1252"):
        try:
            return payload.decode(name)
        except (LookupError, UnicodeError):
            continue
    return payload.decode("utf-8", "replace")


BLOCKS = {
    "address", "article", "blockquote", "div", "dl", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "ol", "p",
    "pre", "section", "table", "tr", "ul",
}  # fmt: skip
UNSEEN = {"head", "script", "style", "template", "title"}


class _Plain(HTMLParser):
    """Collects the text of HTML; quotations become lines that begin with `>`."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.lines: list[str] = [""]
        self.unseen = self.quoted = 0

    def _break(self, *, wide: bool = False) -> None:
        if self.lines[-1].strip(" >"):
            self.lines.append("")
        if wide and len(self.lines) > 1 and self.lines[-2].strip(" >"):
            self.lines.insert(-1, "> " if self.quoted else "")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in UNSEEN:
            self.unseen += tag != "head"
        elif tag == "br":
            self.lines.append("")
        elif tag in BLOCKS:
            self._break(wide=tag in {"p", "table", "ul", "ol", "blockquote"})
            if tag == "blockquote":
                self.quoted += 1
            elif tag == "li":
                self.lines[-1] = "- "
        del attrs

    def handle_endtag(self, tag: str) -> None:
        if tag in UNSEEN:
            self.unseen = max(0, self.unseen - (tag != "head"))
        elif tag in BLOCKS:
            self._break(wide=tag == "p")
            if tag == "blockquote":
                self.quoted = max(0, self.quoted - 1)

    def handle_data(self, data: str) -> None:
        words = re.sub(r"[\s\xa0]+", " ", data)
        if self.unseen or not (words.strip() or self.lines[-1]):
            return
        if self.quoted and not self.lines[-1]:
            self.lines[-1] = "> "
        self.lines[-1] += words if self.lines[-1].strip("> ") else words.lstrip()


def text_of_html(html: str) -> str:
    """The words of HTML as text; what no reader sees is left out, markup of any kind never comes through."""
    reader = _Plain()
    reader.feed(html)
    reader.close()
    text = "\n".join(line.rstrip() for line in reader.lines)
    return re.sub(r"\n{3,}", "\n\n", text).strip()


# --- whose words --------------------------------------------------------------------------------------

WROTE = re.compile(
    r"^(?:On\s.{4,300}\bwrote|Am\s.{4,300}\bschrieb\b.{0,200}|Le\s.{4,300}\ba\s[ée]crit|El\s.{4,300}\bescribi[óo]"
    r"|Op\s.{4,300}\bschreef\b.{0,200})\s?:$"
)
WROTE_STARTS = ("On ", "Am ", "Le ", "El ", "Op ")
ORIGINAL = re.compile(
    r"^-{2,20}\s?(?:Original Message|Urspr[üu]ngliche Nachricht|Message d'origine|Mensaje original)\s?-{2,20}$", re.IGNORECASE
)  # fmt: skip
FORWARDED = re.compile(
    r"^(?:-{2,20}\s?(?:Forwarded message|Weitergeleitete Nachricht)\s?-{2,20}"
    r"|Begin forwarded message:|Anfang der weitergeleiteten (?:Nachricht|E-Mail):)$",
    re.IGNORECASE,
)
HEAD = re.compile(
    r"^\*?(?:From|Sent|To|Cc|Subject|Date|Von|Gesendet|An|Betreff|Datum):\*?\s", re.IGNORECASE
)
PHONE = re.compile(
    r"^(?:Sent from (?:my|Outlook)|Get Outlook for|Von meinem .{1,40}gesendet|Gesendet (?:von|mit) )", re.IGNORECASE
)  # fmt: skip
REGARDS = re.compile(
    r"^(?:(?:best|kind|warm|many) (?:regards|wishes)|regards|cheers|sincerely|mit freundlichen gr[üu](?:ß|ss)en"
    r"|(?:viele|beste|liebe|sch[öo]ne) gr[üu](?:ß|ss)e|freundliche gr[üu](?:ß|ss)e|mfg)[,.!]?$",
    re.IGNORECASE,
)
LONGEST_SIGNATURE, LONGEST_REGARDS = 15, 8


def own_words(text: str) -> str:
    """What the writer says: without the mail they answer and without their signature. All of it where nothing is left.

    A forwarded mail is what they want to say, so it stays. Quoted lines stay where an answer follows them, and go
    where they only trail behind or stand below "... wrote:".
    """
    lines = [line.rstrip() for line in text.split("\n")]
    forwarded = next((n for n, line in enumerate(lines) if FORWARDED.match(line.strip())), None)
    above = lines if forwarded is None else lines[:forwarded]
    below = [] if forwarded is None else lines[forwarded:]
    own = _without_signature(_without_quotes(above))
    kept = "\n".join([*own, "", *below] if below and own else own or below).strip()
    return re.sub(r"\n{3,}", "\n\n", kept) or text.strip()


def _without_quotes(lines: list[str]) -> list[str]:
    kept: list[str] = []
    n = 0
    while n < len(lines):
        length = _attribution(lines, n)
        if not length:
            kept.append(lines[n])
            n += 1
            continue
        after = n + length
        while after < len(lines) and not lines[after]:
            after += 1
        if after >= len(lines) or not lines[after].startswith(">"):
            break  # What follows is the other mail, to the end.
        while after < len(lines) and (lines[after].startswith(">") or not lines[after]):
            after += 1
        n = after
    while kept and (not kept[-1] or kept[-1].startswith(">")):
        kept.pop()
    return kept


def _attribution(lines: list[str], n: int) -> int:
    """How many lines from here say that another mail follows; 0 for a line of the writer's own."""
    here = lines[n].lstrip("> ").strip()
    if ORIGINAL.match(here):
        return 1
    if here.startswith(WROTE_STARTS):
        for length in (1, 2, 3):
            words = " ".join(line.lstrip("> ").strip() for line in lines[n : n + length])
            if len(words) < 600 and WROTE.match(words):
                return length
    rule = len(here) >= 20 and not here.strip("_")
    heads = lines[n + 1 : n + 5] if rule else lines[n : n + 4]
    if sum(bool(HEAD.match(line.strip() + " ")) for line in heads) >= 3:
        return 1
    return 0


def _without_signature(lines: list[str]) -> list[str]:
    for n, line in enumerate(lines):
        left, bare = len(lines) - n, line.strip()
        ends = bare == "--" and left <= LONGEST_SIGNATURE
        parting = bool(REGARDS.match(bare)) and left <= LONGEST_REGARDS
        if n and (ends or parting or (PHONE.match(bare) and left <= 3)):
            return lines[:n]
    return lines


# --- machines -----------------------------------------------------------------------------------------


def _automatic(message: Any, sender: str) -> str:
    """Why a machine must have sent it; empty for a person's mail."""
    said = _header(message, "Auto-Submitted").split(";")[0].strip().casefold()
    if said not in {"", "no"}:
        return f"It is sent automatically (Auto-Submitted: {said[:40]})."
    how = _header(message, "Precedence").strip().casefold()
    if how in {"bulk", "junk", "list", "auto_reply"}:
        return f"It is sent in bulk (Precedence: {how})."
    if _header(message, "List-Id"):
        return "It comes from a mailing list."
    if _header(message, "X-Autoreply") or _header(message, "X-Autorespond"):
        return "It is an automatic reply."
    bounced = _header(message, "Return-Path").strip() == "<>"
    daemon = sender.casefold().partition("@")[0] in {"mailer-daemon", "postmaster"}
    if bounced or daemon or _safely(message.get_content_type, "") == "multipart/report":
        return "It is a report about a mail that could not be delivered."
    return ""
