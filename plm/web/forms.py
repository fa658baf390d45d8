"""Small forms of the kernel's own pages."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest

from plm.forms import MarkdownArea, MarkdownField, VersionField
from plm.lifecycle import PHASES
from plm.models import ProductGroup
from plm.models.note import FIELD_TYPES
from plm.models.product import LEVELS
from plm.permissions import MEMBER_ROLES, SCOPES
from plm.services.notes import LONGEST_COMMENT


class SignupForm(forms.Form):
    """What sign-up asks beside e-mail and password."""

    name = forms.CharField(max_length=120, label="Your name")
    field_order = ("name", "email", "password1")

    def signup(self, request: HttpRequest, user: Any) -> None:
        del request
        user.name = " ".join(self.cleaned_data["name"].split())
        user.save(update_fields=["name"])


class WorkspaceForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name", help_text="Your company or team.")
    slug = forms.CharField(
        max_length=40,
        label="Address",
        help_text="Small letters, digits and hyphens: the first part of every link.",
    )


class ProductForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name")
    key = forms.CharField(
        max_length=10,
        label="Key",
        help_text="Two to ten capital letters, such as ATL: records will be called ATL-1.",
    )
    description = forms.CharField(
        required=False,
        max_length=20_000,
        label="Description",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    phase = forms.ChoiceField(choices=PHASES, label="Lifecycle phase")


class ProductSettingsForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name")
    description = forms.CharField(
        required=False,
        max_length=20_000,
        label="Description",
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    version = VersionField()


class InvitationForm(forms.Form):
    email = forms.EmailField(max_length=254, label="E-mail address")
    role = forms.TypedChoiceField(
        coerce=int, choices=[(int(r), r.label) for r in MEMBER_ROLES], label="Role"
    )


class RoleForm(forms.Form):
    role = forms.TypedChoiceField(
        coerce=int,
        choices=[(0, "No access"), *((int(r), r.label) for r in MEMBER_ROLES)],
        label="Role",
    )


class TokenForm(forms.Form):
    name = forms.CharField(max_length=80, label="What is it for?")
    scopes = forms.MultipleChoiceField(
        choices=list(SCOPES.items()),
        widget=forms.CheckboxSelectMultiple,
        label="It may",
        initial=["read"],
    )
    product: Any = forms.ModelChoiceField(
        queryset=None,
        required=False,
        label="Limited to",
        to_field_name="key",
        empty_label="All products",
    )
    days = forms.TypedChoiceField(
        coerce=int,
        choices=[(30, "30 days"), (90, "90 days"), (365, "One year"), (0, "No end")],
        label="Valid for",
    )


class TeamForm(forms.Form):
    name = forms.CharField(max_length=120, label="Name of the team")


class GroupForm(forms.Form):
    """A portfolio or product line; which one it is is chosen when it is made."""

    level = forms.ChoiceField(choices=LEVELS, label="Level")
    name = forms.CharField(max_length=120, label="Name")
    parent = forms.ModelChoiceField(
        queryset=ProductGroup.objects.none(),
        required=False,
        label="Below",
        to_field_name="uuid",
        empty_label="Nothing, it stands at the top",
        help_text="A product line may stand below a portfolio.",
    )

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["parent"]
        field.queryset = groups.filter(level="portfolio")


class GroupEditForm(GroupForm):
    reason = forms.CharField(required=False, max_length=500, label="Reason")
    version = VersionField()

    def __init__(self, *args: Any, group: ProductGroup, groups: Any, **kwargs: Any) -> None:
        start = {
            "name": group.name,
            "parent": group.parent.uuid if group.parent else None,
            "version": group.version,
        }
        super().__init__(*args, groups=groups, initial=start, **kwargs)
        del self.fields["level"]
        if group.level == "portfolio":
            del self.fields["parent"]


class ProductPlaceForm(forms.Form):
    group = forms.ModelChoiceField(
        queryset=ProductGroup.objects.none(),
        required=False,
        label="Stands in",
        to_field_name="uuid",
        empty_label="No portfolio or line",
    )
    reason = forms.CharField(
        required=False,
        max_length=500,
        label="Reason",
        help_text="Needed when it leaves a portfolio or line; it stands in the history.",
    )
    version = VersionField()

    def __init__(self, *args: Any, groups: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field: Any = self.fields["group"]
        field.queryset = groups


class ComponentForm(forms.Form):
    name = forms.CharField(
        max_length=120, label="Name", help_text="Such as Search, Mobile app or Billing."
    )


class ComponentEditForm(ComponentForm):
    version = VersionField()


class CustomFieldForm(forms.Form):
    kind = forms.ChoiceField(label="On records of the kind")
    label = forms.CharField(max_length=80, label="Label")
    type = forms.ChoiceField(choices=FIELD_TYPES, label="Type")
    choices = forms.CharField(
        required=False, label="Choices", help_text="One per line, for the type Choice.",
        widget=forms.Textarea(attrs={"rows": 3}),
    )  # fmt: skip
    required = forms.BooleanField(required=False, label="Required on new records")


class ProfileForm(forms.Form):
    name = forms.CharField(max_length=120, label="Your name")
    theme = forms.ChoiceField(
        choices=[("auto", "As the system"), ("light", "Light"), ("dark", "Dark")], label="Theme"
    )
    density = forms.ChoiceField(
        choices=[("compact", "Compact"), ("normal", "Normal"), ("roomy", "Roomy")],
        label="Row height",
    )


class CommentForm(forms.Form):
    body = MarkdownField(
        max_length=LONGEST_COMMENT, label="Comment", widget=MarkdownArea(3),
        help_text="Markdown. Name people with @ to tell them, records with #.",
    )  # fmt: skip


class TagsForm(forms.Form):
    tags = forms.CharField(required=False, max_length=1000, label="Tags, separated by commas")
    version = VersionField(required=False)


class SavedViewForm(forms.Form):
    name = forms.CharField(max_length=60, label="Name of the view")
    query = forms.CharField(required=False, max_length=1000, widget=forms.HiddenInput)
    shared = forms.BooleanField(required=False, label="Everybody in the product sees it")
