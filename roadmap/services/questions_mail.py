"""The mail with somebody's link to a question."""

from __future__ import annotations

from email.utils import formataddr

from django.core.mail import EmailMultiAlternatives
from django.core.mail.backends.base import BaseEmailBackend
from django.template.loader import render_to_string

from ideas.services.follows import address_of
from roadmap.models import AskedPerson


def question_mail_send(person: AskedPerson, secret: str, connection: BaseEmailBackend) -> None:
    """Who asks, about which product, what, and the link. Of the record no more than what the asker wrote down."""
    question = person.question
    product = " ".join(question.product.name.split())
    context = {
        "name": person.name,
        "asked_by": " ".join(str(question.asked_by).split()) if question.asked_by else "",
        "product": product,
        "title": question.title,
        "text": question.text,
        "due_on": question.due_on,
        "url": address_of(f"/share/{secret}/question"),
    }
    who = context["asked_by"] or product
    EmailMultiAlternatives(
        subject=f"{who} asks: {' '.join(question.title.split())}"[:200],
        body=render_to_string("emails/question.txt", context),
        to=[formataddr((person.name, person.email))],
        headers={"Auto-Submitted": "auto-generated"},
        connection=connection,
    ).send()
