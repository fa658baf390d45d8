"""Signing in on a portal by a link sent by mail."""

from __future__ import annotations

import logging
from smtplib import SMTPException

from django import forms
from django.contrib import messages
from django.contrib.auth import login
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from ideas.selectors import portal as selectors
from ideas.services.sign_in import sign_in_ask, sign_in_link, sign_in_use
from ideas.views.portal import portal_page, reader_of
from plm.errors import NotVisible, PlmError
from plm.models import Product
from plm.web.pages import show_errors
from plm.web.policy import PUBLIC, PlmRequest, policy

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
log = logging.getLogger("plm.mail")


class SignInForm(forms.Form):
    email = forms.EmailField(
        max_length=254, label=gettext_lazy("Your e-mail address"),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )  # fmt: skip


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def sign_in(request: PlmRequest, slug: str, key: str) -> HttpResponse:
    """Ask for a link. The answer is the same whether the address is known or not."""
    product = selectors.portal_product(slug, key)
    path = (request.POST.get("next") or request.GET.get("next") or "")[:500]
    form, sent = SignInForm(request.POST if request.method == "POST" else None), False
    if request.method == "POST" and form.is_valid():
        try:
            sent = _sent(request, product, form.cleaned_data["email"], path)
        except PlmError as error:
            show_errors(form, error)
        else:
            if not sent:
                form.add_error(None, _("The mail could not be sent. Please try again in a moment."))
    home = selectors.portal_shown(product).url
    return portal_page(
        request, "ideas/portal_sign_in.html", product, reader_of(request, product), 422 if form.errors else 200,
        form=form, sent=sent, next=path if path.startswith(home) else home,
    )  # fmt: skip


def _sent(request: PlmRequest, product: Product, email: str, path: str) -> bool:
    """False where no mail can be sent to anybody now."""
    caller = request.META.get("REMOTE_ADDR", "")
    message = sign_in_ask(product=product, email=email, caller=caller, path=path)
    try:
        if message is not None:
            message.send()
    except (SMTPException, OSError) as error:
        log.warning("A sign-in link was not sent: %s", error)
        return False
    return True


@policy(PUBLIC, scope="none", methods=("GET", "POST"))
def enter(request: PlmRequest, secret: str) -> HttpResponse:
    """The page behind the link: one button. Only the button uses the link up."""
    link = sign_in_link(secret)
    shown = selectors.portal_shown(link.product)
    if request.method != "POST":
        answer = render(
            request, "ideas/portal_enter.html", {"name": shown.name, "email": link.email}
        )
        answer["Cache-Control"] = "no-store"
        return answer
    try:
        user, path = sign_in_use(secret=secret)
    except NotVisible:
        messages.error(request, _("This link does not work any more. Ask for a new one."))
        return HttpResponseRedirect(shown.sign_in_url)
    login(request, user, backend=BACKEND)
    return HttpResponseRedirect(path)
