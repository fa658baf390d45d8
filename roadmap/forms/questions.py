"""HTML input of questions and answers."""

from __future__ import annotations

from typing import Any

from django import forms

from plm.models import StageRecord, User
from plm.selectors import viewers_of
from roadmap.forms.records import day_field
from roadmap.models import AskedPerson
from roadmap.models.question import QUESTION_KINDS
from roadmap.selectors.questions import offered
from roadmap.services.questions import LONGEST, Guest, Wording


class QuestionForm(forms.Form):
    """What is asked, whom, and what they see of the record."""

    kind = forms.ChoiceField(choices=QUESTION_KINDS, label="They are asked to")
    text = forms.CharField(
        max_length=LONGEST["text"], label="Your question", widget=forms.Textarea(attrs={"rows": 3})
    )
    options = forms.CharField(
        required=False, max_length=2000, label="What there is to choose from", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on each line. Only for choosing.",
    )  # fmt: skip
    title = forms.CharField(
        max_length=LONGEST["title"], label="Title they see",
        help_text="This and the next field are all they see of the record.",
    )  # fmt: skip
    about = forms.CharField(
        required=False, max_length=LONGEST["about"], label="Description they see", widget=forms.Textarea(attrs={"rows": 4}),
        help_text="Empty: they see the title alone. The record's own description is never shown.",
    )  # fmt: skip
    members = forms.ModelMultipleChoiceField(
        queryset=User.objects.none(), required=False, to_field_name="uuid", label="Members",
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip
    guests = forms.CharField(
        required=False, max_length=8000, label="People outside", widget=forms.Textarea(attrs={"rows": 3}),
        help_text="One on each line: a mail address, or a name and a mail address, such as: Ana Ruiz, ana@example.com",
    )  # fmt: skip
    due_on = day_field("Answer by")

    def __init__(self, data: Any, *, record: StageRecord) -> None:
        super().__init__(data, initial={"title": record.title})
        field: Any = self.fields["members"]
        field.queryset = viewers_of(record.product)

    def values(self) -> dict[str, Any]:
        """What the service takes."""
        given = self.cleaned_data
        wording = Wording(
            given["kind"], given["text"], given["title"], given["about"], given["options"].splitlines(), given["due_on"]
        )  # fmt: skip
        guests = [_guest(line) for line in given["guests"].splitlines() if line.strip()]
        return {"wording": wording, "members": list(given["members"]), "guests": guests}


def _guest(line: str) -> Guest:
    name, _, email = line.rpartition(",")
    return Guest(name.strip(), email.strip())


class AnswerForm(forms.Form):
    """What somebody says to a question."""

    verdict = forms.ChoiceField(label="Your answer", widget=forms.RadioSelect)
    comment = forms.CharField(
        required=False, max_length=LONGEST["comment"], label="In your words", widget=forms.Textarea(attrs={"rows": 4})
    )  # fmt: skip

    def __init__(self, data: Any, *, person: AskedPerson) -> None:
        super().__init__(data, initial={"verdict": person.verdict, "comment": person.comment})
        choices = offered(person.question)
        field: Any = self.fields["verdict"]
        field.choices = choices
        if not choices:
            del self.fields["verdict"]
            self.fields["comment"].required = True
