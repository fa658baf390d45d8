"""HTML input of shared links: shape only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from plm.forms import VersionField
from plm.models import Product, Tag, Team
from roadmap.models import Objective, Release, Share
from roadmap.models.placement import COMMITMENTS
from roadmap.models.share import COLOURS, FILTERS, GRAINS, SHARED_FIELDS, SHARED_LANES, VIEWS
from roadmap.services.share_settings import filters_given

DAYS = [(7, "One week"), (30, "30 days"), (90, "90 days"), (365, "One year"), (730, "Two years")]
OFFERED = 100


class OriginsField(forms.CharField):
    """Sites, one a line."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=4000, **kwargs)
        self.widget = forms.Textarea(attrs={"rows": 2})

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> Any:
        return [line.strip() for line in str(super().clean(value)).splitlines() if line.strip()]


def _ticks(label: str, choices: Any = (), **kwargs: Any) -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=label, choices=choices, required=False, widget=forms.CheckboxSelectMultiple, **kwargs
    )


def _password() -> forms.CharField:
    return forms.CharField(
        required=False, max_length=128, label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text="At least 6 characters. Tell it on another way than the link.",
    )  # fmt: skip


class SettingsForm(forms.Form):
    """What a share shows to whom; `settings()` is what the service takes."""

    name = forms.CharField(
        max_length=80, label="Whom is it for?", help_text="Only you and your colleagues see this name."
    )  # fmt: skip
    view = forms.ChoiceField(choices=VIEWS, label="It shows")
    lanes = forms.ChoiceField(choices=SHARED_LANES, label="Lanes of the timeline")
    grain = forms.ChoiceField(
        choices=GRAINS, label="Dates are told", help_text="Bars, order and files are as coarse as this."
    )  # fmt: skip
    show = _ticks("It tells", SHARED_FIELDS)
    colours = forms.ChoiceField(choices=COLOURS, label="Colours")
    goals = _ticks("Only these goals", help_text="Nothing ticked: all of them.")
    releases = _ticks("Only these releases")
    teams = _ticks("Only what these teams build", help_text="Teams themselves are never shown.")
    tags = _ticks("Only with one of these tags", help_text="Tags themselves are never shown.")
    commitments = _ticks("Only what is", COMMITMENTS, help_text="It is never shown itself.")
    by_mail = forms.BooleanField(
        required=False, label="Only for named viewers, each with a link of their own by mail",
        help_text="There is no open link then. You name the viewers on the next page.",
    )  # fmt: skip
    allowed_origins = OriginsField(
        label="Sites that may show it in a frame", help_text="One a line, such as https://www.example.com."
    )  # fmt: skip
    published = forms.BooleanField(
        required=False, label="Show it on the portal", help_text="One view of a product at a time."
    )

    first = ("name", "view", "lanes", "grain", "days")
    whom = ("password", "by_mail", "allowed_origins", "published")

    def __init__(self, data: Any, *, product: Product, initial: Mapping[str, Any]) -> None:
        super().__init__(data, initial=dict(initial))
        self._offer("goals", _titles(Objective, product))
        self._offer("releases", _titles(Release, product))
        teams = Team.objects.filter(workspace_id=product.workspace_id, archived_at=None)
        self._offer("teams", [(str(uuid), name) for uuid, name in teams.values_list("uuid", "name")[:OFFERED]])  # fmt: skip
        tags = Tag.objects.filter(product=product).values_list("name", flat=True)
        self._offer("tags", [(name, name) for name in tags[:OFFERED]])

    def _offer(self, name: str, choices: list[tuple[str, str]]) -> None:
        """What may be ticked; what was chosen before and is not there any more stays to be taken out."""
        field = self.fields[name]
        known = {value for value, _ in choices}
        choices += [(old, old) for old in self.initial.get(name, []) if old not in known]
        if not choices:
            del self.fields[name]
        elif isinstance(field, forms.MultipleChoiceField):
            field.choices = choices

    @property
    def first_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.first if name in self.fields]

    @property
    def what_fields(self) -> list[forms.BoundField]:
        taken = {*self.first, *self.whom}
        return [bound for bound in self.visible_fields() if bound.name not in taken]

    @property
    def whom_fields(self) -> list[forms.BoundField]:
        return [self[name] for name in self.whom if name in self.fields]

    def settings(self) -> dict[str, Any]:
        given = self.cleaned_data
        plain = (
            "name", "view", "lanes", "grain", "show", "colours", "by_mail", "allowed_origins", "published",
        )  # fmt: skip
        filters = {name: given[name] for name in FILTERS if given.get(name)}
        return {**{name: given[name] for name in plain}, "filters": filters}


def _titles(model: Any, product: Product) -> list[tuple[str, str]]:
    rows = model.objects.live().filter(product=product).order_by("number")
    return [
        (f"{product.key}-{number}", title)
        for number, title in rows.values_list("number", "title")[:OFFERED]
    ]


class ShareForm(SettingsForm):
    """A new link for people without an account."""

    days = forms.TypedChoiceField(coerce=int, label="Valid for", initial=90, choices=DAYS)
    password = _password()

    def __init__(self, data: Any, *, product: Product) -> None:
        fresh = Share(product=product)
        super().__init__(data, product=product, initial={"show": fresh.show})


class ShareEditForm(SettingsForm):
    """The settings of a link that is there."""

    days = forms.TypedChoiceField(
        coerce=int, required=False, empty_value=None, label="From now on valid for",
        choices=[("", "As it is"), *DAYS],
    )  # fmt: skip
    version = VersionField()

    def __init__(self, data: Any, *, share: Share) -> None:
        super().__init__(data, product=share.product, initial=shown_of(share))


def shown_of(share: Share) -> dict[str, Any]:
    """What the form of a share holds while it is as it is."""
    names = (
        "name", "view", "lanes", "grain", "show", "colours", "by_mail", "allowed_origins", "published", "version",
    )  # fmt: skip
    empty: dict[str, Any] = {name: [] for name in FILTERS}
    return {**empty, **filters_given(share), **{name: getattr(share, name) for name in names}}


class PasswordForm(forms.Form):
    """A new password of a link, or an empty one for none."""

    password = _password()


class ViewerForm(forms.Form):
    """Somebody who gets a link of their own."""

    email = forms.CharField(
        max_length=254, label="Mail address", widget=forms.EmailInput(attrs={"autocomplete": "off"})
    )


class UnlockForm(forms.Form):
    """The password of a shared view, as its reader types it."""

    password = forms.CharField(
        max_length=128, strip=False, label="Password",
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password", "autofocus": True}),
    )  # fmt: skip
