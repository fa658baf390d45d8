"""Raw messages as programs write them, good and broken."""

from __future__ import annotations

import base64
from textwrap import dedent


def raw(head: str, body: str | bytes = "", *, charset: str = "utf-8") -> bytes:
    """A message with network line ends; `head` and `body` are indented as the code is."""
    top = dedent(head).strip().encode("utf-8", "surrogateescape")
    rest = body if isinstance(body, bytes) else dedent(body).lstrip("\n").encode(charset)
    return (top + b"\n\n" + rest).replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")


PLAIN = raw(
    """
    From: Ana Ruiz <Ana.Ruiz@Nordwind.example>
    To: ideas+token@example.com
    Subject: Split payments
    Message-ID: <one@nordwind.example>
    Date: Tue, 3 Mar 2026 10:00:00 +0100
    Content-Type: text/plain; charset=utf-8
    """,
    """
    We would like to pay in two parts.

    - one now
    - one on arrival

    Thanks, that would help a lot of our guests.
    """,
)

ENCODED = raw(
    """
    From: =?iso-8859-1?Q?J=FCrgen_M=FCller?= <juergen@haus.example>
    Subject: =?utf-8?B?R3LDtsOfZXJlIFNjaHJpZnQ=?=
     =?utf-8?Q?_f=C3=BCr_=C3=84ltere?=
    Message-ID: <two@haus.example>
    MIME-Version: 1.0
    Content-Type: text/plain; charset=iso-8859-1
    Content-Transfer-Encoding: quoted-printable
    """,
    """
    Bitte gr=F6=DFer, der Gast sagt =93zu klein=94.=20
    Mit weichem Zeilen=
    umbruch.

    Am 03.03.2026 um 10:00 schrieb Team <ideas@example.com>:
    > Was fehlt Ihnen?
    > Sagen Sie es uns.

    --=20
    J=FCrgen M=FCller
    Haus am See
    """,
)

ALTERNATIVE = raw(
    """
    From: bea@tal.example
    Subject: Calendar
    Message-ID: <three@tal.example>
    MIME-Version: 1.0
    Content-Type: multipart/mixed; boundary="out"
    """,
    b"""--out
Content-Type: multipart/alternative; boundary="in"

--in
Content-Type: text/plain; charset=utf-8

A calendar of all rooms.

On Tue, 3 Mar 2026 at 10:00, The Team
<ideas@example.com> wrote:

> What do you miss?

--in
Content-Type: text/html; charset=utf-8

<p>A calendar of <b>all</b> rooms.</p>
--in--

--out
Content-Type: image/png; name="plan.png"
Content-Disposition: attachment; filename="=?utf-8?Q?Pl=C3=A4ne_2026.png?="
Content-Transfer-Encoding: base64

"""
    + base64.b64encode(b"\x89PNG picture")
    + b"""
--out
Content-Type: message/rfc822

From: other@tal.example
Subject: The older mail
Content-Type: text/plain

I want it too.
--out--
""",
)

HTML_ONLY = raw(
    """
    From: Cem <cem@berg.example>
    Subject: Dark mode
    Message-ID: <four@berg.example>
    Content-Type: text/html; charset=utf-8
    """,
    """
    <html><head><title>No</title><style>p { color: red }</style></head><body>
    <p>Please add a <b>dark</b>&nbsp;mode.<br>At night it is too bright.</p>
    <script>alert("x")</script><img src=x onerror=alert(1)>
    <ul><li>phone</li><li>desk</li></ul>
    <p>&lt;script&gt; stays a word.</p>
    <div class="gmail_quote"><div>On Tue, 3 Mar 2026, Team &lt;t@example.com&gt; wrote:<br></div>
    <blockquote><p>What is missing?</p><p>Tell us.</p></blockquote></div>
    </body></html>
    """,
)

BROKEN_CHARSET = raw(
    """
    From: dan@fluss.example
    Subject: =?klingon?Q?Broken=FF?= =?utf-8?B?!!!?=
    Message-ID: <five@fluss.example>
    Content-Type: text/plain; charset=x-unknown-4711
    """,
    b"Gr\xfc\xdfe \xff\xfe and a \x00 between",
)

OUTLOOK = raw(
    """
    From: Eva <eva@wald.example>
    Subject: AW: Ihre Anfrage
    Message-ID: <six@wald.example>
    Content-Type: text/plain; charset=utf-8
    """,
    """
    Wir brauchen einen Export nach DATEV.

    Mit freundlichen Grüßen
    Eva Wald
    Tel. 0123

    ________________________________
    Von: Team <ideas@example.com>
    Gesendet: Dienstag, 3. März 2026 10:00
    An: Eva <eva@wald.example>
    Betreff: Ihre Anfrage

    Was brauchen Sie?
    """,
)

INLINE = raw(
    """
    From: fay@ufer.example
    Subject: Re: Two questions
    Message-ID: <seven@ufer.example>
    Content-Type: text/plain
    """,
    """
    > How many rooms?
    Twelve.

    > Which months?
    May to October.

    Sent from my iPhone
    """,
)

FORWARDED = raw(
    """
    From: gus@ort.example
    Subject: Fwd: a wish
    Message-ID: <eight@ort.example>
    Content-Type: text/plain
    """,
    """
    See below.

    ---------- Forwarded message ---------
    From: Guest <guest@far.example>
    Date: Mon, 2 Mar 2026
    Subject: a wish
    To: gus@ort.example

    I wish for late checkout.
    """,
)

AUTOMATIC = {
    "sent automatically": raw("From: a@b.example\nAuto-Submitted: auto-replied", "Out of office"),
    "in bulk": raw("From: a@b.example\nPrecedence: bulk", "News"),
    "mailing list": raw("From: a@b.example\nList-Id: <l.b.example>", "Hello all"),
    "automatic reply": raw("From: a@b.example\nX-Autoreply: yes", "I am away"),
    "could not be delivered": raw("From: MAILER-DAEMON@b.example", "Undelivered"),
    "be delivered": raw("Return-Path: <>\nFrom: a@b.example", "Undelivered"),
}
