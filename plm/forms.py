"""HTML input of records: shape only. Rules stand in the services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django import forms
from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import Model
from django.utils.html import format_html
from django.utils.safestring import SafeString

from plm.errors import NotVisible
from plm.kinds import record_by_reference
from plm.markdown import MOST_TEXT, too_long
from plm.models import CustomField, Product, StageRecord, Team
from plm.numerals import is_plain
from plm.permissions import Actor
from plm.selectors import members_of, tags_of


class PlainNumber(forms.Field):
    """The base of every number a form takes; Django's own fields would read `1_000` and the digits of any script."""

    def to_python(self, value: Any) -> Any:
        if isinstance(value, str) and value.strip() and not is_plain(value):
            raise ValidationError("Write a number with the digits 0 to 9, such as 1250 or 12.5.")
        return super().to_python(value)


class IntegerField(PlainNumber, forms.IntegerField):
    pass


class FloatField(PlainNumber, forms.FloatField):
    pass


class DecimalField(PlainNumber, forms.DecimalField):
    pass


STARTED = "started"
Controls = dict[str, list[str]]
"""What the controls of a form hold, by field, as a browser sends it; line ends are one character."""


def control_values(field: forms.Field, value: Any) -> list[str]:
    """What the controls of a field send while they hold this value; nothing for an empty one."""
    value = field.prepare_value(value)
    if isinstance(field.widget, forms.MultiWidget):
        return [_written(part) for part in field.widget.decompress(value) or ()]
    if isinstance(field.widget, forms.CheckboxInput):
        return ["on"] if value else []
    values = value if isinstance(value, list | tuple | set) else [value]
    return [text for text in map(_written, values) if text]


def line_feeds(text: str) -> str:
    """The text with line feeds alone at the ends of lines; browsers send two characters."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _written(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    if isinstance(value, float):
        return f"{value:g}" if float(f"{value:g}") == value else repr(value)
    return value.isoformat() if isinstance(value, dt.date) else line_feeds(str(value))


def started_with(form: forms.BaseForm) -> Controls:
    """What the controls of a form hold before anybody types."""
    return {
        name: control_values(field, form.get_initial_for_field(field, name))
        for name, field in form.fields.items()
        if not isinstance(field, forms.FileField | VersionField | MarkField)
    }


def started_text(form: forms.BaseForm, version: object, controls: Controls) -> str:
    """What a form began with as a text that travels with it and that nobody else can have written."""
    content = {"version": str(version), "controls": controls}
    return signing.dumps(content, salt=f"{STARTED}:{type(form).__qualname__}", compress=True)


def started_read(form: forms.BaseForm, version: object) -> Controls | None:
    """What the form that was sent began with; None where it does not say, or says it of another version."""
    try:
        found = signing.loads(
            form.data.get(STARTED, ""), salt=f"{STARTED}:{type(form).__qualname__}"
        )
    except signing.BadSignature:
        return None
    return found["controls"] if found["version"] == str(version) else None


class _BoundMark(forms.BoundField):
    """Beside the mark, what the form began with: the third text of a merge, should somebody else save meanwhile."""

    def as_widget(self, *args: Any, **kwargs: Any) -> SafeString:
        drawn, form, mark = super().as_widget(*args, **kwargs), self.form, self.value()
        if mark in (None, ""):
            return drawn
        text = (
            form.data.get(STARTED, "")
            if form.is_bound
            else started_text(form, mark, started_with(form))
        )
        return format_html('{}<input type="hidden" name="{}" value="{}">', drawn, STARTED, text)


class VersionField(IntegerField):
    """The version of what a form changes, as a control that nobody sees."""

    def __init__(self, *, required: bool = True, **limits: Any) -> None:
        super().__init__(required=required, widget=forms.HiddenInput, **limits)

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return _BoundMark(form, self, field_name)


class MarkField(forms.CharField):
    """The same where a text says in which state something was seen."""

    def __init__(self, *, max_length: int, initial: str = "") -> None:
        super().__init__(
            required=False, max_length=max_length, initial=initial, widget=forms.HiddenInput
        )

    def get_bound_field(self, form: forms.BaseForm, field_name: str) -> forms.BoundField:
        return _BoundMark(form, self, field_name)


class TagsField(forms.CharField):
    """Names with a mark between them, of which each counts by itself."""

    separator = ","


class MarkdownArea(forms.Textarea):
    """The control of a text that is shown as Markdown: a text area, which scripts turn into an editor.

    With the attribute `data-plain-names` it offers no people and records: for a text that people outside read.
    """

    def __init__(self, rows: int = 4, attrs: Mapping[str, Any] | None = None) -> None:
        super().__init__({"rows": rows, "data-markdown": True, **(attrs or {})})

    def build_attrs(self, *args: Any, **kwargs: Any) -> dict[str, Any]:
        """Without `maxlength`, by which browsers cut what is pasted and say nothing: the limit is told instead."""
        found: dict[str, Any] = super().build_attrs(*args, **kwargs)
        if "maxlength" in found:
            found["data-most"] = found.pop("maxlength")
        return found


class MarkdownField(forms.CharField):
    """A text of Markdown. One that is too long is refused with both numbers, and stays in the form."""

    widget: Any = MarkdownArea

    def run_validators(self, value: Any) -> None:
        wrong = too_long(value, self.max_length) if value and self.max_length else ""
        if wrong:
            raise ValidationError(wrong, code="max_length")
        super().run_validators(value)


class RecordReferenceField(forms.CharField):
    """A link to another record, typed as its reference (`ATL-12`). Cleans to the record, or None."""

    def __init__(self, *, model: type[StageRecord], **kwargs: Any) -> None:
        self.model = model
        self.actor: Actor | None = None
        self.workspace_id = 0
        kwargs.setdefault("max_length", 24)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return value.reference if isinstance(value, StageRecord) else value

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            record = record_by_reference(self.actor or Actor(), self.workspace_id, text.strip())
        except NotVisible:
            record = None
        if not isinstance(record, self.model):
            raise ValidationError(f"There is no {self.model._meta.verbose_name} {text} here.")
        return record


class NamedRowField(forms.CharField):
    """A row of the workspace that is no record, typed as its label, name or id. Cleans to the row, or None.

    Its QuerySet says with `named(text)` which rows a text may mean; `label` is how a row is typed.
    """

    def __init__(self, *, model: type[Model], **kwargs: Any) -> None:
        self.model, self.workspace_id = model, 0
        self.noun = str(model._meta.verbose_name)
        kwargs.setdefault("max_length", 320)
        kwargs.setdefault("required", False)
        super().__init__(**kwargs)

    def prepare_value(self, value: Any) -> Any:
        return getattr(value, "label", value)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        rows: Any = getattr(self.model, "objects")  # noqa: B009 - the type knows no manager
        found = list(rows.filter(workspace_id=self.workspace_id).live().named(text)[:2])
        if len(found) == 1:
            return found[0]
        if found:
            raise ValidationError(f"Several are called {text}. Choose one from the list.")
        raise ValidationError(
            f"There is no {self.noun} {text} here. Add them under Customers first, then choose them."
        )

    def suggest(self, url: str, list_id: str) -> None:
        """Offer names while somebody types; the field works without."""
        self.widget.attrs |= {
            "list": list_id, "autocomplete": "off", "hx-get": f"{url}?of={self.noun}", "hx-target": f"#{list_id}",
            "hx-trigger": "input changed delay:200ms, focus once", "hx-swap": "innerHTML",
        }  # fmt: skip


class RecordForm(forms.Form):
    """The fields every kind has. Subclasses add theirs and say with `own_fields` which of them are model fields.

    After `is_valid()`: `values()`, `tags()` and `custom()` are what the kind's service takes.
    """

    title = forms.CharField(
        max_length=250, label="Title", widget=forms.TextInput(attrs={"autofocus": True})
    )
    description: forms.CharField = MarkdownField(
        required=False,
        label="Description",
        max_length=MOST_TEXT,
        help_text="Markdown: **bold**, lists, tables, links.",
        widget=MarkdownArea(8),
    )
    state = forms.ChoiceField(label="State", required=False)
    owner: Any = forms.ModelChoiceField(
        queryset=None, required=False, label="Owner", to_field_name="uuid", empty_label="Nobody yet"
    )
    team = forms.ModelChoiceField(
        queryset=Team.objects.none(),
        required=False,
        label="Team",
        to_field_name="uuid",
        empty_label="No team",
    )
    tags = TagsField(
        required=False, max_length=1000, label="Tags", help_text="Separate several with commas."
    )
    version = VersionField(required=False)

    common = ("title", "description", "state", "owner", "team")
    own_fields: tuple[str, ...] = ()
    first: tuple[str, ...] = ()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        actor: Actor,
        product: Product,
        record: StageRecord | None = None,
        model: type[StageRecord],
        initial: Mapping[str, Any] | None = None,
    ) -> None:
        self.actor, self.product, self.record, self.model = actor, product, record, model
        start = dict(initial or {})
        if record is not None:
            start |= {name: getattr(record, name) for name in (*self.common, *self.own_fields)}
            start["owner"] = record.owner.uuid if record.owner else None
            start["team"] = record.team.uuid if record.team else None
            start["tags"] = ", ".join(tags_of([record.pk]).get(record.pk, []))
            start["version"] = record.version
        super().__init__(data, initial=start)
        self._offer_choices()
        self._add_custom_fields()
        self.order_fields([*self.first, "title", "description", *self.own_fields])

    def _offer_choices(self) -> None:
        workflow = self.model.workflow
        state = self.fields["state"]
        if isinstance(state, forms.ChoiceField):
            now = self.record.state if self.record else None
            offered = workflow.next_states(now) if now else workflow.states
            lawful = [now, *(s.name for s in offered if not s.instead)]
            state.choices = [(n, label) for n, label in workflow.choices if n in lawful]
        for field in self.fields.values():
            if isinstance(field, RecordReferenceField):
                field.actor, field.workspace_id = self.actor, self.product.workspace_id
        self._queryset("owner", members_of(self.product.workspace_id))
        self._queryset(
            "team", Team.objects.filter(workspace_id=self.product.workspace_id, archived_at=None)
        )

    def _queryset(self, name: str, rows: Any) -> None:
        field = self.fields.get(name)
        if isinstance(field, forms.ModelChoiceField):
            field.queryset = rows

    def _add_custom_fields(self) -> None:
        stored = self.record.custom if self.record else {}
        self.custom_names: list[str] = []
        for definition in CustomField.objects.for_kind(self.product.pk, self.model.kind):
            name = f"custom.{definition.name}"
            self.fields[name] = custom_form_field(definition, self.product)
            self.initial.setdefault(name, stored.get(definition.name))
            self.custom_names.append(name)

    def values(self) -> dict[str, Any]:
        """Model fields as the service takes them; what the form did not carry is left alone."""
        carried = [n for n in (*self.common, *self.own_fields) if n in self.fields]
        found = {n: self.cleaned_data[n] for n in carried}
        if not found.get("state"):
            found.pop("state", None)
        return found

    def standing(self, record: Any) -> dict[str, Any]:
        """What stands now in the fields of this form, beside a stale save."""
        names = [n for n in (*self.common, *self.own_fields) if n in self.cleaned_data]
        return {n: getattr(record, n) for n in names}

    def tag_names(self) -> list[str]:
        return [
            part.strip() for part in self.cleaned_data.get("tags", "").split(",") if part.strip()
        ]

    def custom_values(self) -> dict[str, Any]:
        return {
            n.removeprefix("custom."): _plain(self.cleaned_data.get(n)) for n in self.custom_names
        }

    def take_errors(self, fields: Mapping[str, str], message: str = "") -> None:
        """Show what a service refused at the fields it named."""
        for name, text in fields.items():
            self.add_error(name if name in self.fields else None, text)
        if not fields:
            self.add_error(None, message)


def custom_form_field(definition: CustomField, product: Product) -> forms.Field:
    """The form field of a custom field. Values are checked again by the service."""
    common: dict[str, Any] = {"label": definition.label, "required": definition.required}
    if definition.type == "number":
        return FloatField(**common)
    if definition.type == "date":
        return forms.DateField(widget=forms.DateInput(attrs={"type": "date"}), **common)
    if definition.type == "choice":
        return forms.ChoiceField(
            choices=[("", "–"), *((c, c) for c in definition.choices)], **common
        )
    if definition.type == "people":
        people = [(str(u.uuid), str(u)) for u in members_of(product.workspace_id)]
        return forms.MultipleChoiceField(choices=people, **common)
    if definition.type == "url":
        return forms.URLField(assume_scheme="https", **common)
    if definition.type == "bool":
        return forms.ChoiceField(choices=[("", "–"), ("true", "Yes"), ("false", "No")], **common)
    return forms.CharField(max_length=4000, **common)


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value
