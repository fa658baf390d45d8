"""Who takes part in a round: asking members, guests and their links."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render

from backlog.models import Round, RoundParticipant
from backlog.models.round import DRAFT
from backlog.selectors.rounds import possible_participants
from backlog.services import rounds_people as people
from backlog.services.rounds_answers import participant_named
from backlog.services.rounds_mail import round_mail_ask
from backlog.views.rounds import one_round, page_context
from plm.errors import Conflict, Invalid
from plm.web.accounts import public_url
from plm.web.policy import PlmRequest, policy


def _linked(request: PlmRequest, row: Round, name: str, secret: str) -> HttpResponse:
    """The page of the round with the address of a guest, shown this once."""
    link = public_url(request, f"/share/{secret}/round")
    context = page_context(request, row, link=link, link_name=name)
    response = render(request, "backlog/round.html", context)
    response["Cache-Control"] = "private, no-store"
    return response


@policy("round.edit", methods=("POST",))
def round_ask(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Ask members (`member`, several) or one guest (`name`, and `email` where the link is to go), as a `role`."""
    row, role = one_round(request, uuid), request.POST.get("role", "")
    asked = request.POST.getlist("member")
    if asked:
        chosen = [user for user in possible_participants(row) if str(user.uuid) in asked]
        for user in chosen:
            people.round_member_add(actor=request.actor, row=row, user=user, role=role)
        names = ", ".join(str(user) for user in chosen)
        messages.success(request, f"Asked: {names}." if names else "They take part already.")
        return HttpResponseRedirect(f"{row.get_absolute_url()}#people")
    if "name" not in request.POST:
        raise Invalid(fields={"member": "Choose at least one person."})
    guest, secret = people.round_guest_add(
        actor=request.actor, row=row, name=request.POST["name"], role=role,
        email=request.POST.get("email", ""),
    )  # fmt: skip
    if not secret:
        return _mailed(request, row, guest)
    return _linked(request, row, guest.name, secret)


@policy("round.edit", methods=("POST",))
def round_link(request: PlmRequest, uuid: UUID, who: UUID) -> HttpResponse:
    """A new link for a guest; the one before opens no more."""
    row = one_round(request, uuid)
    guest = participant_named(row, who)
    secret = people.round_link_renew(actor=request.actor, participant=guest)
    return _linked(request, row, guest.name, secret)


def _mailed(request: PlmRequest, row: Round, guest: RoundParticipant) -> HttpResponse:
    when = "goes once the round is open" if row.state == DRAFT else "is on its way"
    messages.success(request, f"The link of {guest.name} {when}, to {guest.email}.")
    return HttpResponseRedirect(f"{row.get_absolute_url()}#people")


@policy("round.edit", methods=("POST",))
def round_mail(request: PlmRequest, uuid: UUID, who: UUID) -> HttpResponse:
    """Send a guest their link by mail, to `email` or to where it went before."""
    row = one_round(request, uuid)
    guest = participant_named(row, who)
    try:
        guest = round_mail_ask(
            actor=request.actor, participant=guest, email=request.POST.get("email", "")
        )
    except (Invalid, Conflict) as error:
        messages.error(request, " ".join(error.fields.values()) or error.message)
        return HttpResponseRedirect(f"{row.get_absolute_url()}#people")
    return _mailed(request, row, guest)


@policy("round.edit", methods=("POST",))
def round_remove(request: PlmRequest, uuid: UUID, who: UUID) -> HttpResponse:
    """Take somebody out of the round."""
    row = one_round(request, uuid)
    person = participant_named(row, who)
    people.round_participant_remove(actor=request.actor, participant=person)
    messages.success(request, f"{person.name} takes part no longer; their answers do not count.")
    return HttpResponseRedirect(f"{row.get_absolute_url()}#people")
