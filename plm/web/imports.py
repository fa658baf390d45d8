"""The pages of an import: send a file, set its mapping, read the report, watch it run, read the result."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase, HttpResponseRedirect, StreamingHttpResponse
from django.shortcuts import render

from plm.errors import Conflict, NotVisible, PlmError
from plm.importing.opening import import_open, import_remap, problems_csv
from plm.importing.targets import all_importables, importable_named
from plm.models import ImportBatch, ImportMapping
from plm.services.imports import import_ask, import_mapping_save, import_undo
from plm.web.exports import as_file
from plm.web.import_form import mapping_from, mapping_rows, option_rows
from plm.web.pages import show_errors
from plm.web.policy import PlmRequest, policy


class UploadForm(forms.Form):
    """A file, what its rows are, and a mapping kept from an earlier one."""

    kind = forms.ChoiceField(label="Each row is")
    file = forms.FileField(
        label="File",
        allow_empty_file=True,
        help_text="CSV, XLSX, JSON or JSON lines, up to 20 MB and 200,000 rows.",
    )
    kept = forms.ModelChoiceField(
        label="Mapping",
        queryset=ImportMapping.objects.none(),
        required=False,
        to_field_name="uuid",
        empty_label="Propose one from the file",
    )

    def __init__(self, request: PlmRequest) -> None:
        super().__init__(
            request.POST if request.method == "POST" else None,
            request.FILES or None,
            initial={"kind": request.GET.get("kind", "")},
        )
        may = [
            (kind.name, kind.label)
            for kind in all_importables()
            if request.actor.may(f"{kind.name}.create", request.workspace.pk, request.product.pk)
        ]
        kind, kept = self.fields["kind"], self.fields["kept"]
        if isinstance(kind, forms.ChoiceField) and isinstance(kept, forms.ModelChoiceField):
            kind.choices = may
            kept.queryset = ImportMapping.objects.filter(product=request.product)


@policy("import.view", methods=("GET", "POST"))
def import_list(request: PlmRequest) -> HttpResponse:
    """All imports of the product, and the form for a new file."""
    form = UploadForm(request)
    if request.method == "POST" and form.is_valid():
        try:
            batch = _open(request, form)
        except PlmError as error:
            show_errors(form, error)
        else:
            return HttpResponseRedirect(batch.get_absolute_url())
    rows = ImportBatch.objects.filter(product=request.product).select_related(
        "product__workspace", "created_by"
    )
    context = {
        "form": form,
        "may_import": request.actor.may("import.run", request.workspace.pk, request.product.pk),
        "batches": [{"batch": b, "kind": importable_named(b.kind)} for b in rows.order_by("-created_at")[:100]],
    }  # fmt: skip
    return render(request, "plm/import_list.html", context, status=422 if form.errors else 200)


def _open(request: PlmRequest, form: UploadForm) -> ImportBatch:
    upload, kept = form.cleaned_data["file"], form.cleaned_data["kept"]
    batch = import_open(
        actor=request.actor, product=request.product, kind=importable_named(form.cleaned_data["kind"]),
        data=upload.read(), name=upload.name,
    )  # fmt: skip
    if kept is not None and kept.kind == batch.kind:
        names = {column["name"] for column in batch.shape["columns"]}
        columns = {n: entry for n, entry in kept.mapping["columns"].items() if n in names}
        batch = import_remap(
            actor=request.actor, batch=batch, mapping={**kept.mapping, "columns": columns},
            options={**kept.options, "dates": kept.options["dates"] or batch.options["dates"]},
        )  # fmt: skip
    return batch


def _found(request: PlmRequest, uuid: UUID) -> ImportBatch:
    rows = ImportBatch.objects.select_related("product__workspace", "created_by")
    batch = rows.filter(product=request.product, uuid=uuid).first()
    if batch is None:
        raise NotVisible
    return batch


@policy("import.view", methods=("GET", "POST"))
def import_batch(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """One import where it stands. Posting saves the mapping, keeps it by name if one is given, and checks the file."""
    batch = _found(request, uuid)
    if request.method == "GET":
        return _page(request, batch)
    mapping, options = mapping_from(batch, request.POST)
    try:
        batch = import_remap(actor=request.actor, batch=batch, mapping=mapping, options=options)
        if name := request.POST.get("name", "").strip():
            import_mapping_save(
                actor=request.actor, product=batch.product, kind=batch.kind, name=name,
                mapping=batch.mapping, options=batch.options,
            )  # fmt: skip
        import_ask(actor=request.actor, batch=batch, trial=True)
    except PlmError as error:
        if not error.fields:
            raise
        batch.mapping, batch.options = mapping, {**batch.options, **options}
        return _page(request, batch, error=error)
    return HttpResponseRedirect(batch.get_absolute_url())


def _page(
    request: PlmRequest, batch: ImportBatch, *, error: PlmError | None = None
) -> HttpResponse:
    trial = batch.state in {"draft", "checking", "checked"}
    rows = batch.rows.filter(trial=trial).select_related("record__product__workspace")
    problems = batch.rows.with_problems(trial=trial)
    errors = error.fields if error else {}
    context: dict[str, Any] = {
        "batch": batch,
        "kind": importable_named(batch.kind),
        "job": batch.job if batch.is_working or batch.state == "done" else None,
        "may_import": request.actor.may("import.run", request.workspace.pk, request.product.pk),
        "columns": mapping_rows(batch, errors) if batch.may_change else [],
        "options": option_rows(batch, errors) if batch.may_change else [],
        "errors": errors,
        "preview": rows.exclude(outcome="warning").order_by("row")[:20],
        "problems": problems.select_related("record__product__workspace")[:100],
        "problem_count": batch.count("refused") + batch.count("warning"),
        "ready": batch.total - batch.count("refused"),
    }
    if request.headers.get("HX-Request"):
        return render(request, "plm/_import_progress.html", context)
    return render(request, "plm/import_batch.html", context, status=422 if error else 200)


@policy("import.run", methods=("POST",))
def import_check(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _ask(request, uuid, trial=True)


@policy("import.run", methods=("POST",))
def import_run(request: PlmRequest, uuid: UUID) -> HttpResponse:
    return _ask(request, uuid, trial=False)


def _ask(request: PlmRequest, uuid: UUID, *, trial: bool) -> HttpResponse:
    batch = _found(request, uuid)
    try:
        import_ask(actor=request.actor, batch=batch, trial=trial)
    except Conflict as error:
        messages.error(request, error.message)
    return HttpResponseRedirect(batch.get_absolute_url())


@policy("import.run", methods=("POST",))
def import_take_back(request: PlmRequest, uuid: UUID) -> HttpResponse:
    """Archive what the import made."""
    batch = _found(request, uuid)
    import_undo(actor=request.actor, batch=batch)
    messages.success(request, f"What {batch.name} made is being archived.")
    return HttpResponseRedirect(batch.get_absolute_url())


@policy("import.view")
def import_problems(request: PlmRequest, uuid: UUID) -> HttpResponseBase:
    """The rows that did not go in, as CSV."""
    batch = _found(request, uuid)
    trial = batch.state in {"checking", "checked"}
    answer = StreamingHttpResponse(
        problems_csv(batch, trial=trial), content_type="text/csv; charset=utf-8"
    )
    return as_file(answer, f"import-{batch.uuid}-problems.csv")
