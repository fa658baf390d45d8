"""The settings of how a product is scored."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse

from backlog.forms.priority import NewModelForm
from backlog.forms.scoring_models import ModelForm
from backlog.models import ScoringModel
from backlog.selectors.model_preview import preview_of
from backlog.services.model_definitions import definition_changed
from backlog.services.scoring_models import (
    scoring_model_activate,
    scoring_model_create,
    scoring_model_update,
)
from backlog.views.priority import scoring_for
from plm.errors import Invalid, NotVisible, PlmError, Stale
from plm.scoring.expression import FUNCTIONS, FormulaError
from plm.web.conflicts import conflict_page
from plm.web.policy import PlmRequest, looked, policy


def model_here(request: PlmRequest, uuid: UUID) -> ScoringModel:
    """The model of that id, if it is one of the product. Raises NotVisible."""
    found = ScoringModel.objects.visible_to(request.actor).filter(
        product=request.product, uuid=uuid
    )
    model = found.select_related("product").first()
    if model is None:
        raise NotVisible
    return model


def _url(request: PlmRequest, model: ScoringModel | None = None) -> str:
    args = [request.workspace.slug, request.product.key]
    if model is None:
        return reverse("backlog:scoring", args=args)
    return reverse("backlog:scoring_model", args=[*args, model.uuid])


@policy("scoring_model.view")
def scoring(request: PlmRequest) -> HttpResponse:
    """How this product is scored: the active model."""
    return _page(request, scoring_for(request).model, None)


@policy("scoring_model.view")
def scoring_model(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """One model of the product."""
    return _page(request, model_here(request, uuid), None)


@policy("scoring_model.edit", methods=("POST",))
def scoring_model_edit(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Change a model; its scores follow by a job."""
    model = model_here(request, uuid)
    form = ModelForm(request.POST, definition=model.versions.get(version=model.version).formula)
    if form.is_valid():
        try:
            scoring_model_update(
                actor=request.actor, model=model, version=form.cleaned_data["version"],
                name=form.cleaned_data["name"], criteria=form.criteria(), formula=form.cleaned_data.get("formula"),
                confidence=form.cleaned_data.get("confidence") or None,
                reason=form.cleaned_data["reason"],
            )  # fmt: skip
        except Stale:
            return _conflict(request, model_here(request, uuid), form)
        except PlmError as error:
            form.take_errors(error.fields, error.message)
        else:
            messages.success(request, f"{form.cleaned_data['name']} is saved. The scores follow.")
            return HttpResponseRedirect(_url(request, model))
    return _page(request, model, form)


@policy("scoring_model.edit", methods=("POST",))
def scoring_model_preview(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """What the model as it stands in the form would make of the first items; nothing is saved."""
    model = model_here(request, uuid)
    saved = model.versions.get(version=model.version).formula
    form = ModelForm(request.POST, definition=saved)
    context: dict[str, Any] = {"preview": None, "problems": []}
    if form.is_valid():
        try:
            draft = definition_changed(
                model, saved, form.criteria(), form.cleaned_data.get("formula")
            )
        except Invalid as error:
            context["problems"] = list(error.fields.values())
            if isinstance(error.__cause__, FormulaError):
                context["formula"] = _marked(form.cleaned_data["formula"].strip(), error.__cause__)
        else:
            context["preview"] = preview_of(request.actor, model, saved, draft)
    else:
        context["problems"] = [text for errors in form.errors.values() for text in errors]
    return looked(render(request, "backlog/_model_preview.html", context))


def _marked(text: str, error: FormulaError) -> tuple[str, str, str]:
    """What stands before the place of the error, at it (a blank at the end of the text), and after it."""
    at, end = error.at, min(error.end, error.at + 60)
    return text[max(0, at - 200) : at], text[at:end] or " ", text[end : end + 200]


def _conflict(request: PlmRequest, now: ScoringModel, form: ModelForm) -> HttpResponse:
    """What stands now is what the form of the newer version would offer."""
    offered = ModelForm(definition=now.versions.get(version=now.version).formula)
    theirs = {
        name: offered.get_initial_for_field(field, name)
        for name, field in offered.fields.items()
        if name not in {"version", "reason", "name"}
    }
    return conflict_page(
        request, form, {"name": now.name, **theirs},
        name=now.name, version=now.version, keep_url=_url(request, now),
    )  # fmt: skip


@policy("scoring_model.edit", methods=("POST",))
def scoring_model_use(request: PlmRequest) -> HttpResponse:
    """Rank the product by another of its models."""
    try:
        model = model_here(request, UUID(request.POST.get("model", "")))
    except ValueError:
        raise NotVisible from None
    scoring_model_activate(actor=request.actor, model=model)
    messages.success(request, f"{model.name} ranks {request.product.name} from now on.")
    return HttpResponseRedirect(f"{request.product.get_absolute_url()}prioritize/")


@policy("scoring_model.create", methods=("POST",))
def scoring_model_new(request: PlmRequest) -> HttpResponse:
    """Add a model to the product."""
    form = NewModelForm(request.POST)
    if form.is_valid():
        try:
            made = scoring_model_create(
                actor=request.actor, product=request.product, **form.cleaned_data
            )
        except PlmError as error:
            for name, text in error.fields.items():
                form.add_error(name if name in form.fields else None, text)
        else:
            messages.success(request, f"{made.name} is there. Activate it to rank by it.")
            return HttpResponseRedirect(_url(request, made))
    return _page(request, scoring_for(request).model, None, new=form)


def _page(
    request: PlmRequest,
    model: ScoringModel,
    form: ModelForm | None,
    *,
    new: NewModelForm | None = None,
) -> HttpResponse:
    version = model.versions.get(version=model.version)
    shown = form or ModelForm(
        definition=version.formula, initial={"name": model.name, "version": model.version}
    )
    models = ScoringModel.objects.filter(product=request.product)
    untouched = len({f.weight for f in version.formula.factors}) == 1
    context = {
        "model": model,
        "version": version,
        "form": shown,
        "new_form": new or NewModelForm(),
        "tabs": [
            {
                "label": m.name,
                "url": _url(request, m),
                "current": m.pk == model.pk,
                "active": m.active,
            }
            for m in models
        ],
        "equal": untouched and model.method == "weighted",
        "edit_url": reverse(
            "backlog:scoring_model_edit",
            args=[request.workspace.slug, request.product.key, model.uuid],
        ),
        "preview_url": f"{_url(request, model)}/preview",
        "compare_url": f"{_url(request, model)}/compare",
        "functions": [f.usage for f in FUNCTIONS.values()],
        "may_edit": request.actor.may(
            "scoring_model.edit", request.workspace.pk, request.product.pk
        ),
    }
    failed = bool((form and form.errors) or (new and new.errors))
    return render(request, "backlog/scoring_model.html", context, status=422 if failed else 200)
