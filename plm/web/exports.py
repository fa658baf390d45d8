"""A list as a file, with the filters of the page."""

from __future__ import annotations

from django.http import HttpResponseBase, StreamingHttpResponse

from plm.errors import NotVisible
from plm.exporting import FORMS, exported
from plm.web.lists import kind_at
from plm.web.policy import PlmRequest, policy


@policy("export.run")
def record_export(request: PlmRequest, path: str, form: str) -> HttpResponseBase:
    """All records of a list, not only the page, as `csv` or `ndjson`."""
    kind = kind_at(path)
    if form not in FORMS:
        raise NotVisible
    rows = kind.model.objects.visible_to(request.actor, f"{kind.name}.view").filter(
        product=request.product
    )
    filters = kind.filters(
        request.GET, rows, actor=request.actor, workspace_id=request.workspace.pk, product=request.product
    )  # fmt: skip
    stream = exported(kind, filters.checked(), form, product_id=request.product.pk)
    answer = StreamingHttpResponse(stream, content_type=FORMS[form])
    name = f"{request.product.key}-{kind.path.replace('/', '-')}.{form}"
    return as_file(answer, name)


def as_file(answer: HttpResponseBase, name: str) -> HttpResponseBase:
    """The answer as a file of that name, for whoever asked alone."""
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    answer["Cache-Control"] = "private, no-store"
    return answer
