"""Questions: asked from a record's page, read and answered by members there, and by everybody through their link."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from limits import RateLimitItemPerMinute

from plm.api.throttles import within
from plm.errors import Conflict, Invalid, NotVisible, PlmError
from plm.web.errors import error_page
from plm.web.pages import show_errors
from plm.web.policy import PUBLIC, PlmRequest, policy
from plm.web.secret_links import SECRET_HEADERS, missed
from roadmap.forms.questions import AnswerForm, QuestionForm
from roadmap.models import Question
from roadmap.selectors.questions import asked_of, person_of_link, questions_on, takes_answers
from roadmap.services.questions import (
    question_answer,
    question_ask,
    question_close,
    question_mail_again,
)

MISSES = RateLimitItemPerMinute(20)
WRITES = RateLimitItemPerMinute(30)
# A page with a form names its own site to itself, or the form would be refused as one of another site.
HEADERS = {**SECRET_HEADERS, "Referrer-Policy": "same-origin"}


@policy("question.ask", scope="record", methods=("GET", "POST"))
def ask(request: PlmRequest) -> HttpResponse:
    """Ask people about a record."""
    form = QuestionForm(request.POST if request.method == "POST" else None, record=request.record)
    if request.method == "POST" and form.is_valid():
        try:
            made = question_ask(actor=request.actor, record=request.record, **form.values())
        except PlmError as error:
            show_errors(form, error)
        else:
            messages.success(request, "The question is on its way. Answers stand here.")
            return HttpResponseRedirect(_url(request, made))
    context = {"form": form, "record": request.record}
    return render(request, "roadmap/question_new.html", context, status=422 if form.errors else 200)


@policy("question.view", scope="record", methods=("GET", "POST"), write="question.answer")
def question(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """A question with its answers; a POST is the answer of the member who is asked."""
    asked = asked_of([_named(request, uuid)], request.actor)[0]
    form = None
    if asked.mine is not None:
        asked.mine.question = asked.question
        form = AnswerForm(request.POST if request.method == "POST" else None, person=asked.mine)
    elif request.method == "POST":
        raise NotVisible("You are not asked here.")
    if request.method == "POST" and form is not None and asked.mine is not None and form.is_valid():
        try:
            question_answer(person=asked.mine, actor=request.actor, **form.cleaned_data)
        except (Invalid, Conflict) as error:
            show_errors(form, error)
        else:
            messages.success(request, "Your answer is kept. You can change it until the question is closed.")  # fmt: skip
            return HttpResponseRedirect(_url(request, asked.question))
    may_ask = request.actor.may("question.ask", request.workspace.pk, request.product.pk)
    context = {
        "record": request.record,
        "asked": asked,
        "form": form if takes_answers(asked.question) else None,
        "may_ask": may_ask,
        "open": takes_answers(asked.question),
    }
    failed = form is not None and bool(form.errors)
    return render(request, "roadmap/question.html", context, status=422 if failed else 200)


@policy("question.ask", scope="record", methods=("POST",))
def close(request: PlmRequest, uuid: UUID) -> HttpResponse:
    found = _named(request, uuid)
    question_close(actor=request.actor, record=request.record, question=found)
    messages.success(request, "The question is closed. Its answers stand.")
    return HttpResponseRedirect(_url(request, found))


@policy("question.ask", scope="record", methods=("POST",))
def mail_again(request: PlmRequest, uuid: UUID, person: UUID) -> HttpResponse:
    found = _named(request, uuid)
    row = found.people.filter(uuid=person).first()
    if row is None:
        raise NotVisible
    try:
        question_mail_again(actor=request.actor, record=request.record, person=row)
    except Conflict as refused:
        messages.error(request, " ".join(refused.fields.values()) or refused.message)
    else:
        messages.success(request, f"The link of {row.name} is on its way again.")
    return HttpResponseRedirect(_url(request, found))


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def by_link(request: PlmRequest, token: str) -> HttpResponse:
    """What the link in a mail opens: the question and the answer of whoever it was made for, nothing else."""
    person = person_of_link(token)
    if person is None:
        return missed(
            request, allowed=within(MISSES, "question-miss", request.META.get("REMOTE_ADDR", ""))
        )
    if request.method == "POST" and not within(WRITES, "question-answer", str(person.pk)):
        return error_page(request, 429, "Too many answers at once", "Wait a minute, then go on.")
    form = AnswerForm(request.POST if request.method == "POST" else None, person=person)
    kept = False
    if request.method == "POST" and form.is_valid():
        try:
            person, kept = question_answer(person=person, **form.cleaned_data), True
        except (Invalid, Conflict) as error:
            show_errors(form, error)
    context = {
        "public_name": person.question.product.name,
        "public_kind": "Question",
        "public_url": request.path,
        "person": person,
        "question": person.question,
        "asker": str(person.question.asked_by or ""),
        "form": form,
        "kept": kept,
        "open": takes_answers(person.question),
    }
    status = 422 if form.errors else 200
    response = render(request, "roadmap/question_guest.html", context, status=status)
    for name, value in HEADERS.items():
        response[name] = value
    return response


def _named(request: PlmRequest, uuid: UUID) -> Question:
    found: Question | None = questions_on(request.actor, request.record).filter(uuid=uuid).first()
    if found is None:
        raise NotVisible
    return found


def _url(request: PlmRequest, row: Question) -> str:
    return f"{request.record.get_absolute_url()}/questions/{row.uuid}"
