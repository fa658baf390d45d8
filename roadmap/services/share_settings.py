"""What a share is made of: its settings as they are given, and the rules they keep."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ideas.services.portals import origins_of
from plm.errors import Invalid
from plm.models import Product, Tag, Team
from roadmap.models import Objective, Release, Share
from roadmap.models.placement import COMMITMENTS
from roadmap.models.share import COLOURS, FILTERS, GRAINS, SHARED_FIELDS, SHARED_LANES, VIEWS

SETTINGS = (
    "name", "view", "lanes", "show", "filters", "grain", "colours", "by_mail", "allowed_origins", "published",
)  # fmt: skip
CHOICES = {"view": VIEWS, "lanes": SHARED_LANES, "grain": GRAINS, "colours": COLOURS}
MOST_FILTERED = 50


def settings_put(share: Share, given: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """Put the settings onto a share that is not saved yet; what differs, as name: (old, new). Raises Invalid.

    `filters` names goals and releases by reference, teams by id, tags and commitments by name.
    """
    unknown = set(given) - set(SETTINGS)
    if unknown:
        raise Invalid(fields={min(unknown): f"Settings are: {', '.join(SETTINGS)}."})
    values = dict(given)
    _tidy(share.product, values)
    changes = {
        name: (getattr(share, name), value)
        for name, value in values.items()
        if getattr(share, name) != value
    }
    for name, (_, value) in changes.items():
        setattr(share, name, value)
    _check(share)
    return changes


def _tidy(product: Product, values: dict[str, Any]) -> None:
    """Bring what was given into the form it is kept in, in place. Raises Invalid."""
    wrong: dict[str, str] = {}
    for name, choices in CHOICES.items():
        if name in values and values[name] not in dict(choices):
            wrong[name] = f"Choose one of: {', '.join(dict(choices))}."
    kept: Mapping[str, Callable[[Any], Any]] = {
        "name": _name, "show": _show, "allowed_origins": origins_of, "filters": lambda given: filters_of(product, given),
    }  # fmt: skip
    for name in kept.keys() & values.keys():
        try:
            values[name] = kept[name](values[name])
        except ValueError as error:
            wrong[name] = str(error)
        except Invalid as error:
            wrong |= error.fields
    if wrong:
        raise Invalid(fields=wrong)


def _name(given: str) -> str:
    name = " ".join(given.split())
    if not 1 <= len(name) <= 80:
        raise ValueError("Say in at most 80 characters whom the link is for.")
    return name


def _show(given: Sequence[str]) -> list[str]:
    known = [name for name, _ in SHARED_FIELDS]
    strange = [name for name in given if name not in known]
    if strange:
        raise ValueError(
            f"There is no field {str(strange[0])[:20]!r}. Fields are: {', '.join(known)}."
        )
    return [name for name in known if name in given]


@dataclass(frozen=True, slots=True)
class Clash:
    """Settings that do not go together: when, the field that says so, and what would be right."""

    when: Callable[[Share], bool]
    field: str
    text: str


CLASHES = (
    Clash(
        lambda s: s.view == "timeline" and not s.shows("dates"), "show",
        "A timeline shows dates. Show them, made coarse if need be, or choose Now, next, later.",
    ),
    Clash(
        lambda s: s.view == "timeline" and s.lanes == "objective" and not s.shows("goal"), "lanes",
        "Lanes by goal show the goals. Show goals as well, or choose other lanes.",
    ),
    Clash(
        lambda s: s.view == "timeline" and s.lanes == "release" and not s.shows("release"), "lanes",
        "Lanes by release show the releases. Show releases as well, or choose other lanes.",
    ),
    Clash(
        lambda s: s.colours == "goal" and not s.shows("goal"), "colours",
        "Colours by goal tell which items belong together. Show goals as well, or choose one colour.",
    ),
    Clash(
        lambda s: s.colours == "state" and not s.shows("progress"), "colours",
        "Colours by progress tell the progress. Show it as well, or choose other colours.",
    ),
    Clash(
        lambda s: bool(s.allowed_origins and s.password), "allowed_origins",
        "A page in a frame of another site keeps no password. Take the password away, or name no sites.",
    ),
    Clash(
        lambda s: bool(s.allowed_origins and s.by_mail), "allowed_origins",
        "Whoever opens the other site sees the frame, so it cannot be for named viewers alone. Choose one of the two.",
    ),
    Clash(
        lambda s: s.published and bool(s.password or s.by_mail), "published",
        "The portal is open. Publish a view without a password and without named viewers.",
    ),
)  # fmt: skip


def _check(share: Share) -> None:
    """The rules between settings. Raises Invalid."""
    wrong = {clash.field: clash.text for clash in CLASHES if clash.when(share)}
    if wrong:
        raise Invalid(fields=wrong)


def filters_of(product: Product, given: Any) -> dict[str, list[Any]]:
    """Filters as they are kept: numbers, ids and names that exist. Raises Invalid."""
    if not isinstance(given, Mapping):
        raise Invalid(fields={"filters": f"Filters are lists by name: {', '.join(FILTERS)}."})
    found, wrong = {}, {}
    for name, values in given.items():
        if name not in FILTERS:
            wrong["filters"] = (
                f"There is no filter {str(name)[:20]!r}. Filters are: {', '.join(FILTERS)}."
            )
        elif not isinstance(values, list | tuple) or len(values) > MOST_FILTERED:
            wrong[name] = f"Give a list of at most {MOST_FILTERED}."
        else:
            kept = [KEPT[name](product, str(value)[:80]) for value in values]
            if None in kept:
                wrong[name] = f"There is no {str(values[kept.index(None)])[:40]!r} here."
            elif kept:
                found[name] = sorted(set(kept))
    if wrong:
        raise Invalid(fields=wrong)
    return found


def _number(model: Any) -> Callable[[Product, str], int | None]:
    def found(product: Product, text: str) -> int | None:
        key, _, number = text.rpartition("-")
        if key != product.key or not (number.isascii() and number.isdecimal() and len(number) < 10):
            return None
        there = model.objects.live().filter(product=product, number=int(number)).exists()
        return int(number) if there else None

    return found


def _team(product: Product, text: str) -> str | None:
    rows = Team.objects.filter(workspace_id=product.workspace_id)
    return next(
        (str(uuid) for uuid in rows.values_list("uuid", flat=True) if str(uuid) == text), None
    )


def _tag(product: Product, text: str) -> str | None:
    return text if Tag.objects.filter(product=product, name=text).exists() else None


def _commitment(product: Product, text: str) -> str | None:
    del product
    return text if text in dict(COMMITMENTS) else None


KEPT: Mapping[str, Callable[[Product, str], Any]] = {
    "goals": _number(Objective), "releases": _number(Release), "teams": _team, "tags": _tag,
    "commitments": _commitment,
}  # fmt: skip


def filters_given(share: Share) -> dict[str, list[str]]:
    """The filters as they are given: references, ids, names."""
    key = share.product.key
    named = {"goals", "releases"}
    return {
        name: [f"{key}-{value}" if name in named else str(value) for value in values]
        for name, values in share.filters.items()
    }
