"""The fields of a form, merged: what stands now with what was typed, against what the form began with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django import forms
from django.core import signing
from django.http import QueryDict

from plm.errors import Invalid
from plm.forms import (
    Controls,
    MarkField,
    NamedRowField,
    PlainNumber,
    RecordReferenceField,
    VersionField,
    line_feeds,
)
from plm.numerals import is_plain
from plm.threeway import BOTH, MINE, PICKS, THEIRS, Part, align, merge, merge_sets, put_together

MERGE, PICK = "merge", "pick"
SAME, JOINED, CLASH = "same", "joined", "clash"
WHOLE = (
    forms.URLField, forms.EmailField, forms.SlugField, forms.UUIDField, RecordReferenceField, NamedRowField
)  # fmt: skip
"""Fields of characters whose value is one thing."""
SEVERAL = (forms.MultipleChoiceField, forms.ModelMultipleChoiceField)
Row = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Merged:
    """A field of a form after the merge. `parts` are those of a text; `held` is what its control shows."""

    name: str
    state: str
    base: list[str] | None
    mine: list[str]
    theirs: list[str]
    held: list[str]
    parts: tuple[Part, ...] = ()

    @property
    def choices(self) -> list[tuple[list[str], list[str], list[str]]]:
        """For each place to decide what the picks mine, theirs and both put there; both is empty where only one can stand."""
        if self.state != CLASH:
            return []
        if not self.parts:
            return [(self.mine, self.theirs, [])]
        clashes = [part for part in self.parts if part.settled is None]
        return [([p.mine], [p.theirs], [p.picked(BOTH)]) for p in clashes]


def is_text(field: forms.Field) -> bool:
    """Whether a field holds words, of which parts can be taken from both sides."""
    return isinstance(field, forms.CharField) and not isinstance(field, WHOLE) and not separator_of(field)  # fmt: skip


def separator_of(field: forms.Field) -> str:
    """What stands between the names of a field that holds several."""
    return str(getattr(field, "separator", ""))


def control_names(form: forms.BaseForm, name: str) -> list[str]:
    """The names under which the controls of a field are sent."""
    widget = form.fields[name].widget
    if isinstance(widget, forms.MultiWidget):
        ends: list[str] = getattr(widget, "widgets_names")  # noqa: B009 - the stubs lack it
        return [f"{form.add_prefix(name)}{end}" for end in ends]
    return [form.add_prefix(name)]


def typed(form: forms.BaseForm, name: str) -> list[str]:
    """What the controls of a field sent."""
    data: Any = form.data
    found = [text for control in control_names(form, name) for text in data.getlist(control)]
    if isinstance(form.fields[name].widget, forms.MultiWidget):
        return found
    strips = getattr(form.fields[name], "strip", False)
    lines = (line_feeds(text) for text in found)
    return [text for text in ((t.strip() if strips else t) for t in lines) if text]


def typed_all(form: forms.BaseForm) -> Controls:
    left_out = (VersionField, MarkField, forms.FileField)
    return {
        n: typed(form, n) for n, field in form.fields.items() if not isinstance(field, left_out)
    }


def merged_field(
    name: str, field: forms.Field, base: list[str] | None, mine: list[str], theirs: list[str]
) -> Merged:
    """One field: a side that changed it alone is followed; where both did, texts and lists are put together."""
    if _alike(field, mine, theirs):
        return Merged(name, SAME, base, mine, theirs, mine)
    if base is not None:
        if _alike(field, base, theirs):
            return Merged(name, MINE, base, mine, theirs, mine)
        if _alike(field, base, mine):
            return Merged(name, THEIRS, base, mine, theirs, theirs)
        if isinstance(field, SEVERAL):
            return Merged(name, JOINED, base, mine, theirs, merge_sets(base, mine, theirs))
        if mark := separator_of(field):
            held = f"{mark} ".join(
                merge_sets(*(_names(side, mark) for side in (base, mine, theirs)))
            )
            return Merged(name, JOINED, base, mine, theirs, [held] if held else [])
    if not is_text(field):
        return Merged(name, CLASH, base, mine, theirs, mine)
    parts = merge(None if base is None else "".join(base), "".join(mine), "".join(theirs))
    state = CLASH if any(part.settled is None for part in parts) else JOINED
    text = put_together(parts, {})
    return Merged(name, state, base, mine, theirs, [text] if text else [], tuple(parts))


def _names(side: Sequence[str], mark: str) -> list[str]:
    return [part.strip() for text in side for part in text.split(mark) if part.strip()]


def _alike(field: forms.Field, one: Sequence[str], other: Sequence[str]) -> bool:
    """Equal, numbers by what they are: 5 and 5.0."""
    if list(one) == list(other):
        return True
    if not isinstance(field, PlainNumber) or len(one) != len(other):
        return False
    return all(map(is_plain, (*one, *other))) and list(map(float, one)) == list(map(float, other))


# --- Rows of fields -------------------------------------------------------------------------------
def rows_in(prefix: str, controls: Controls) -> list[Row]:
    """The rows `prefix-0-part`, `prefix-1-part` and on as far as something is written in them."""
    found: dict[int, Row] = {}
    for name, values in controls.items():
        head, _, rest = name.partition("-")
        place, _, part = rest.partition("-")
        if head == prefix and place.isdecimal():
            found.setdefault(int(place), {})[part] = values
    return [row for _, row in sorted(found.items()) if _said(row)]


def _said(row: Row) -> str:
    """The words of a row; what is chosen from a list says nothing by itself."""
    return "\n".join(text for part, texts in row.items() if part in WORDS for text in texts)


WORDS = ("text", "given", "when", "then", "acceptance")


def side_by_side(
    base: Sequence[Row], mine: Sequence[Row], theirs: Sequence[Row]
) -> list[tuple[Row, Row, Row]]:
    """The rows of three tables, each beside what it was: by its id where it has one, else by its words."""
    to_mine, to_theirs = _paired(base, mine), _paired(base, theirs)
    found: list[tuple[Row, Row, Row]] = []
    left = {at: to for at, to in to_mine if at is not None}
    right = {at: to for at, to in to_theirs if at is not None}
    for at, row in enumerate(base):
        ours, others = left[at], right[at]
        found.append((
            row, {} if ours is None else mine[ours], {} if others is None else theirs[others]
        ))  # fmt: skip
    new_mine = [mine[to] for at, to in to_mine if at is None and to is not None]
    new_theirs = [theirs[to] for at, to in to_theirs if at is None and to is not None]
    said = {_said(row) for row in new_mine}
    found += [({}, row, next((r for r in new_theirs if _said(r) == _said(row)), {})) for row in new_mine]  # fmt: skip
    return found + [({}, {}, row) for row in new_theirs if _said(row) not in said]


def _paired(one: Sequence[Row], other: Sequence[Row]) -> list[tuple[int | None, int | None]]:
    if not any(row.get("id") for row in (*one, *other)):
        return align([_said(row) for row in one], [_said(row) for row in other])
    ids = {tuple(row["id"]): n for n, row in enumerate(other) if row.get("id")}
    pairs = [(n, ids.pop(tuple(row.get("id", ())), None)) for n, row in enumerate(one)]
    met = {to for _, to in pairs}
    return [*pairs, *((None, n) for n in range(len(other)) if n not in met)]


# --- What the page of a merge sends ---------------------------------------------------------------
def merge_text(form: forms.BaseForm, fields: Sequence[Merged]) -> str:
    """The places to decide, as they travel with the page: nobody else can have written them."""
    content = [
        {
            "controls": control_names(form, one.name), "held": one.held, "mine": one.mine, "theirs": one.theirs,
            "parts": [p.settled if p.settled is not None else [p.mine, p.theirs] for p in one.parts],
        }
        for one in fields if one.state == CLASH
    ]  # fmt: skip
    return signing.dumps(content, salt=MERGE, compress=True)


def with_picks(sent: QueryDict) -> QueryDict:
    """What a page of a merge sent, with the picks in their places. What was written by hand goes before a pick."""
    try:
        fields = signing.loads(str(sent[MERGE]), salt=MERGE)
    except signing.BadSignature:
        raise Invalid(fields={MERGE: "Load the page again."}) from None
    found = sent.copy()
    for field in fields:
        name = field["controls"][0]
        held = [line_feeds(text) for control in field["controls"] for text in sent.getlist(control)]  # fmt: skip
        if [text for text in held if text] == [text for text in field["held"] if text]:
            _take(found, field, _picks_of(sent, name))
    for name in [n for n in found if n == MERGE or n.startswith(f"{PICK}.")]:
        del found[name]
    return found


def _picks_of(sent: QueryDict, name: str) -> dict[int, str]:
    start = f"{PICK}.{name}."
    picks = {n.removeprefix(start): sent[n] for n in sent if n.startswith(start)}
    return {int(n): pick for n, pick in picks.items() if n.isdecimal() and len(n) < 6 and pick in PICKS}  # fmt: skip


def _take(found: QueryDict, field: Mapping[str, Any], picks: Mapping[int, str]) -> None:
    controls = field["controls"]
    if field["parts"]:
        parts = [Part(p, p, p) if isinstance(p, str) else Part(None, *p) for p in field["parts"]]
        found.setlist(controls[0], [put_together(parts, picks)])
    elif picks.get(0) == THEIRS:
        set_controls(found, controls, field["theirs"])


def set_controls(data: QueryDict, controls: Sequence[str], values: Sequence[str]) -> None:
    """Put values into the controls of a field: one each, or all into the only one."""
    if len(controls) == 1:
        data.setlist(controls[0], list(values))
        return
    for control, value in zip(controls, values, strict=False):
        data[control] = value
