"""How people are kept informed: a communication plan with what was sent, questions with answers, and digests.

Nobody of the story exists, so nothing is mailed to them: what went is told as gone, and the jobs that would send it are
taken away.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from django.utils import timezone

from analytics.demo.telling import Telling, story
from plm.models import Job
from plm.services.link_mails import link_mail_done
from roadmap.models import AskedPerson, CommunicationLine, DigestSubscription, Question
from roadmap.models.communication import FAILED as NOT_GONE
from roadmap.models.communication import SENT as GONE
from roadmap.models.digest import SENT
from roadmap.services.communication import line_create, update_begin, update_send, update_update
from roadmap.services.deliveries import delivery_done, delivery_take
from roadmap.services.digests import digest_done, digest_make, digest_subscribe, digest_take
from roadmap.services.questions import (
    Guest,
    Wording,
    question_answer,
    question_ask,
    question_close,
    question_mail_take,
)

MAILING = ("roadmap.deliver", "roadmap.question_mails", "roadmap.digest")
READERS = (("maren", None), ("priya", "chains"))
"""Who has digests, and of which goal; None is the whole roadmap."""


def plan_informing(telling: Telling) -> None:
    lines: dict[str, CommunicationLine] = {}
    telling.plan(telling.moment(-75, hour=11), lambda: _lines(telling, lines))
    for row in story("informing")["update"]:
        telling.plan(telling.moment(row["day"], hour=18), partial(_update, telling, lines, row))
    telling.plan(telling.moment(-1, hour=14), lambda: _draft(telling, lines["chains"]))
    for row in story("informing")["question"]:
        _plan_question(telling, row)
    telling.plan(telling.moment(-70, hour=9), lambda: _subscribe(telling))
    for day in (-35, -5):
        telling.plan(telling.moment(day, hour=9), lambda: _digests(telling))


def not_mailed(telling: Telling) -> None:
    """Take away the jobs that would mail what was told as gone."""
    Job.objects.filter(workspace=telling.workspace, kind__in=MAILING).delete()


def _lines(telling: Telling, lines: dict[str, CommunicationLine]) -> None:
    for row in story("informing")["line"]:
        values = {name: value for name, value in row.items() if name not in {"key", "owner"}}
        values["owner"] = telling.users[row["owner"]]
        lines[row["key"]] = line_create(
            actor=telling.actors["maren"], product=telling.product, values=values
        )


def _update(telling: Telling, lines: dict[str, CommunicationLine], row: dict[str, Any]) -> None:
    actor = telling.actors["maren"]
    begun = CommunicationLine.objects.select_related("product__workspace").get(
        pk=lines[row["begun"]].pk
    )
    update = update_begin(actor=actor, line=begun)
    values = {name: row[name] for name in ("title", "body", "health")}
    update = update_update(actor=actor, update=update, version=update.version, values=values)
    chosen = [lines[key] for key in row["lines"]]
    update = update_send(actor=actor, update=update, lines=chosen, version=update.version)
    for delivery in update.deliveries.filter(state="ready"):
        taken = delivery_take(delivery_id=delivery.pk)
        if taken is not None:
            refused = taken.to == row["refused"]
            why = "The mail server does not take this address." if refused else ""
            delivery_done(delivery=taken, outcome=(NOT_GONE if refused else GONE, why))


def _draft(telling: Telling, line: CommunicationLine) -> None:
    """One that is begun and waits, for a line that is overdue."""
    begun = CommunicationLine.objects.select_related("product__workspace").get(pk=line.pk)
    update_begin(actor=telling.actors["maren"], line=begun)


def _plan_question(telling: Telling, row: dict[str, Any]) -> None:
    asked: list[Question] = []
    telling.plan(telling.moment(row["day"], hour=10), lambda: asked.append(_ask(telling, row)))
    for place, said in enumerate(row["answers"], 1):
        when = telling.moment(row["day"] + place, hour=11)
        telling.plan(when, partial(_answer, telling, asked, *said))
    if row["closed"]:
        telling.plan(
            telling.moment(row["due"], hour=12),
            lambda: question_close(
                actor=telling.actors["maren"], record=_about(telling, row), question=asked[0]
            ),
        )


def _about(telling: Telling, row: dict[str, Any]) -> Any:
    """The record that is asked about: an item, or a goal where it says so."""
    kind, _, key = row["item"].rpartition(":")
    return telling.current(telling.goals[key] if kind else telling.items[key])


def _ask(telling: Telling, row: dict[str, Any]) -> Question:
    record = _about(telling, row)
    wording = Wording(
        kind=row["kind"], text=row["text"], title=record.title, about=row["about"], options=row.get("options", ()),
        due_on=telling.day(row["due"]),
    )  # fmt: skip
    question = question_ask(
        actor=telling.actors["maren"], record=record, wording=wording,
        members=[telling.users[key] for key in row["members"]], guests=[Guest(*guest) for guest in row["guests"]],
    )  # fmt: skip
    for person in question.people.all():
        if taken := question_mail_take(person_id=person.pk):
            link_mail_done(row=taken[0])
    return question


def _answer(telling: Telling, asked: list[Question], who: str, verdict: str, comment: str) -> None:
    """By the member of that key, or through their link by whoever has that address."""
    user = telling.users.get(who)
    people = AskedPerson.objects.filter(question=asked[0])
    person = people.get(user=user) if user else people.get(email=who)
    question_answer(
        person=person, actor=telling.actors.get(who), verdict=verdict, comment=comment
    )  # fmt: skip


def _subscribe(telling: Telling) -> None:
    for who, goal in READERS:
        digest_subscribe(
            actor=telling.actors[who], product=telling.product,
            objective=telling.current(telling.goals[goal]) if goal else None,
            values={"cadence": "monthly", "day": 1, "hour": 8, "time_zone": telling.workspace.time_zone},
        )  # fmt: skip


def _digests(telling: Telling) -> None:
    """What is due by now goes, as far as the story mails anything."""
    for row in DigestSubscription.objects.filter(product=telling.product):
        made = digest_make(subscription_id=row.pk, until=timezone.now())
        taken = digest_take(digest_id=made.pk) if made else None
        if taken is not None:
            digest_done(digest=taken[0], state=SENT)
