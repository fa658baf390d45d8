"""Following ideas on the portal, and the mails that tell followers of a new state."""

from __future__ import annotations

from collections.abc import Mapping
from email.utils import formataddr
from typing import Any

from django.conf import settings
from django.core import signing
from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from ideas.models import Idea, IdeaFollow, MailOptOut, Person, StatusMail, StatusNotice
from ideas.selectors.follows import decided, mail_address
from ideas.selectors.portal import portal_shown
from ideas.services.votes import person_of_account
from plm.errors import Conflict, NotAllowed, NotVisible
from plm.events import emit, service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require

SALT = "ideas.follow"


@service
def follow_start(*, actor: Actor, idea: Idea) -> None:
    """Have whoever votes for an idea or submits it follow it, unless they stopped that before."""
    _follow(idea, person_of_account(actor, idea.workspace_id), translation.get_language() or "")


def _follow(idea: Idea, person: Person, language: str = "") -> None:
    follow = IdeaFollow(
        workspace_id=idea.workspace_id, idea=idea, person=person, language=language
    )  # fmt: skip
    IdeaFollow.objects.bulk_create([follow], ignore_conflicts=True)


@service
def follow_set(*, actor: Actor, idea: Idea, following: bool) -> None:
    """Follow an idea on the portal or stop following it. The caller has looked whether the actor may read it."""
    if actor.user_id is None:
        raise NotAllowed(_("Sign in to follow."))
    person = person_of_account(actor, idea.workspace_id)
    _follow(idea, person, translation.get_language() or "")
    rows = IdeaFollow.objects.filter(idea=idea, person=person)
    if following:
        rows.exclude(stopped_at=None).update(stopped_at=None, created_at=timezone.now())
    else:
        rows.filter(stopped_at=None).update(stopped_at=timezone.now())


@service
def mails_set(*, actor: Actor, product: Product, on: bool) -> None:
    """Have the actor get the mails about ideas they follow in a product, or none of them; the follows stay."""
    person = person_of_account(actor, product.workspace_id)
    if on:
        MailOptOut.objects.filter(product=product, person=person).delete()
    else:
        opt_out = MailOptOut(workspace_id=product.workspace_id, product=product, person=person)
        MailOptOut.objects.bulk_create([opt_out], ignore_conflicts=True)


@service
def follower_add(*, actor: Actor, idea: Idea, person: Person) -> IdeaFollow:
    """Have a person of the workspace follow an idea. Twice is once. Emits `idea.follower_added`.

    Raises NotVisible for somebody of another workspace, Conflict for who is archived, or stopped following: to go on
    is for them to say.
    """
    require(actor, "idea.follow_for", idea.product)
    if person.workspace_id != idea.workspace_id:
        raise NotVisible
    if person.archived_at is not None:
        raise Conflict(f"{person.name} is archived.", fields={"person": "This person is archived."})
    before = IdeaFollow.objects.filter(idea=idea, person=person).first()
    if before is not None and before.stopped_at is not None:
        said = f"{person.name} stopped following this idea. Only they can follow it again."
        raise Conflict(said, fields={"person": "This person stopped following."})
    _follow(idea, person)
    if before is None:
        emit("idea.follower_added", actor=actor, record=idea, person=person.uuid)
    return IdeaFollow.objects.select_related("person__company").get(idea=idea, person=person)


@service
def follower_remove(*, actor: Actor, idea: Idea, person: Person) -> None:
    """Have a person follow an idea no more. Emits `idea.follower_removed`. Raises NotVisible for who does not."""
    require(actor, "idea.follow_for", idea.product)
    standing = IdeaFollow.objects.standing().filter(idea=idea, person=person)
    if not standing.delete()[0]:
        raise NotVisible
    emit("idea.follower_removed", actor=actor, record=idea, person=person.uuid)


# --- the link of a mail ----------------------------------------------------------------------------


def follow_token(follow: IdeaFollow) -> str:
    """What the link in a mail says: which follow it stops, signed, for ever good."""
    return signing.Signer(salt=SALT).sign(str(follow.uuid))


def follow_named(token: str) -> IdeaFollow:
    """The follow that a link stands for. Raises NotVisible for a link that is not ours."""
    try:
        uuid = signing.Signer(salt=SALT).unsign(token)
    except signing.BadSignature:
        raise NotVisible from None
    found = IdeaFollow.objects.filter(uuid=uuid).select_related("idea__product__workspace").first()
    if found is None:
        raise NotVisible
    return found


@service
def follow_stop(*, token: str) -> IdeaFollow:
    """Stop the mails of one idea by the link in one of them, without signing in. Twice is once."""
    follow = follow_named(token)
    IdeaFollow.objects.filter(pk=follow.pk, stopped_at=None).update(stopped_at=timezone.now())
    return follow


# --- telling -----------------------------------------------------------------------------------------


@service
def status_notice(*, idea_id: int) -> StatusNotice | None:
    """Note what followers of an idea are to be told now; None when nobody is to be told of anything.

    Called again it gives the same notice, so that a job that stopped half way goes on where it was.
    """
    idea = Idea.objects.select_related("product").get(pk=idea_id)
    news = decided(idea)
    if news is not None:
        notice, _made = StatusNotice.objects.get_or_create(
            idea=idea, sequence=news.sequence,
            defaults={
                "workspace_id": idea.workspace_id, "state": news.state, "note": news.note,
                "quiet": news.quiet or not idea.product.portal_open,
            },
        )  # fmt: skip
    else:
        last = StatusNotice.objects.filter(idea=idea).order_by("-sequence").first()
        if last is None or last.state != idea.state:
            return None
        notice = last
    return None if notice.quiet or not (idea.public and idea.archived_at is None) else notice


@service
def status_mail_take(*, notice: StatusNotice, follow_id: int) -> StatusMail | None:
    """Note that a follower gets a mail, before it goes; None for whoever has it, stopped, or has no proved address."""
    follow = IdeaFollow.objects.mailed().filter(pk=follow_id).select_related("person").first()
    if follow is None or not mail_address(follow.person):
        return None
    mail, made = StatusMail.objects.get_or_create(
        notice=notice, person=follow.person, defaults={"workspace_id": notice.workspace_id}
    )
    return mail if made else None


@service
def status_mail_done(*, mail: StatusMail, sent: bool) -> None:
    """Note that a mail went; or that it did not, so that it is tried again."""
    rows = StatusMail.objects.filter(pk=mail.pk)
    if sent:
        rows.update(sent_at=timezone.now())
    else:
        rows.filter(sent_at=None).delete()


def status_mail_send(mail: StatusMail, connection: BaseEmailBackend) -> None:
    """Send the mail of a notice to a follower, in the language they read the portal in."""
    follow = IdeaFollow.objects.select_related("idea__product__workspace", "person").get(
        idea_id=mail.notice.idea_id, person_id=mail.person_id
    )
    with translation.override(follow.language or settings.LANGUAGE_CODE):
        message = _message(follow, mail.notice)
    message.connection = connection
    message.send()


def _message(follow: IdeaFollow, notice: StatusNotice) -> EmailMultiAlternatives:
    idea = follow.idea
    stop = address_of(reverse("ideas:portal_unfollow", args=[follow_token(follow)]))
    product = idea.product
    args = [product.workspace.slug, product.key.lower(), idea.number]
    context: Mapping[str, Any] = {
        "portal": portal_shown(product).name,
        "title": " ".join(idea.title.split()),
        "state": _(idea.workflow.state(notice.state).label),
        "note": notice.note,
        "url": address_of(reverse("ideas:portal_idea", args=args)),
        "stop": stop,
        "yours": address_of(reverse("ideas:portal_you", args=args[:2])),
    }
    message = EmailMultiAlternatives(
        subject=_("%(title)s: %(state)s") % context,
        body=render_to_string("emails/idea_status.txt", dict(context)),
        to=[formataddr(("", mail_address(follow.person)))],
        headers={
            "List-Unsubscribe": f"<{stop}>",
            "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
            "Auto-Submitted": "auto-generated",
        },
    )
    message.attach_alternative(
        render_to_string("emails/idea_status.html", dict(context)), "text/html"
    )
    return message


def address_of(path: str) -> str:
    """A link for a mail that no request asked for."""
    base: str = settings.PUBLIC_URL or settings.BASE_URL
    return base + path
