"""What the backlog of a moment is narrowed to, judged by the values of then."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from backlog.models import BacklogItem, IdeaLink, Sprint
from ideas.models import Merge
from plm.models import Event, Product, Tagging
from plm.past import values_before
from plm.querysets import among


@dataclass(frozen=True, slots=True)
class Link:
    """What a link of an item has to lead to: a row and its name, or nothing. Events keep names alone, so a link that
    was changed since counts by the name its row has now."""

    pk: int | None
    name: str | None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Words in the title, any of some states, types and priorities, links by the name of their field, with a score or
    without, with a tag, due before a day, in a sprint that ran, from an idea."""

    text: str = ""
    states: frozenset[str] = frozenset()
    types: frozenset[str] = frozenset()
    links: Mapping[str, Link] = field(default_factory=dict)
    scored: bool | None = None
    priorities: frozenset[str] = frozenset()
    tag: str = ""
    due_before: date | None = None
    sprint_running: bool = False
    idea: Link | None = None

    @property
    def fields(self) -> tuple[str, ...]:
        """Which columns have to be known of each item."""
        asked = {
            "title": self.text, "state": self.states, "type": self.types, "priority": self.priorities,
            "due_on": self.due_before, "sprint": self.sprint_running and "sprint" not in self.links,
        }  # fmt: skip
        return (*(name for name, value in asked.items() if value), *self.links)


def narrowed(
    product: Product,
    keys: Sequence[int],
    moment: datetime,
    wanted: Wanted,
    scores: Mapping[int, float | None],
) -> list[int]:
    """Those of the items, in their order, that were so at the moment. None where nothing is asked; two statements, two
    more for sprints that ran and for a tag, five more for an idea, and one for each time that one was merged into another that was merged itself."""
    names = wanted.fields
    if names and keys:
        columns = [f"{name}_id" if name in {*wanted.links, "sprint"} else name for name in names]
        rows = BacklogItem.objects.filter(pk__in=among(keys)).values_list("pk", *columns)
        now = {pk: dict(zip(names, values, strict=True)) for pk, *values in rows}
        before = values_before(keys, moment, names)
        ran = _ran(product, moment) if wanted.sprint_running else []
        keys = [key for key in keys if _fits(now[key], before.get(key, {}), wanted, ran)]
    if wanted.tag and keys:
        keys = _tagged(keys, moment, wanted.tag)
    if wanted.idea is not None and keys:
        keys = _from_idea(product, keys, moment, wanted.idea)
    if wanted.scored is not None:
        keys = [key for key in keys if (scores.get(key) is not None) == wanted.scored]
    return list(keys)


def _fits(
    now: Mapping[str, Any], then: Mapping[str, Any], wanted: Wanted, ran: Sequence[Link]
) -> bool:
    values = {**now, **then}
    due = values.get("due_on")
    return (
        wanted.text.casefold() in str(values.get("title", "")).casefold()
        and _among(wanted.states, values.get("state"))
        and _among(wanted.types, values.get("type"))
        and _among(wanted.priorities, values.get("priority"))
        and (wanted.due_before is None or (due is not None and str(due) < str(wanted.due_before)))
        and (not wanted.sprint_running or any(_leads("sprint", now, then, one) for one in ran))
        and all(_leads(name, now, then, link) for name, link in wanted.links.items())
    )


def _among(asked: frozenset[str], value: str | None) -> bool:
    return not asked or value in asked


def _leads(name: str, now: Mapping[str, Any], then: Mapping[str, Any], link: Link) -> bool:
    return bool(then[name] == link.name if name in then else now[name] == link.pk)


def _ran(product: Product, moment: datetime) -> list[Link]:
    """The sprints that ran at the moment. Two statements."""
    rows = Sprint.objects.filter(product=product, created_at__lte=moment)
    now = {
        pk: {"number": number, "state": state, "archived_at": archived}
        for pk, number, state, archived in rows.values_list("pk", "number", "state", "archived_at")
    }
    before = values_before(now, moment, ("state", "archived_at")) if now else {}
    stood = {key: {**values, **before.get(key, {})} for key, values in now.items()}
    return [
        Link(key, f"{product.key}-{values['number']}")
        for key, values in stood.items()
        if values["state"] == "active" and values["archived_at"] is None
    ]


def _tagged(keys: Sequence[int], moment: datetime, tag: str) -> list[int]:
    rows = Tagging.objects.filter(record_id__in=among(keys), tag__name=tag)
    now = set(rows.values_list("record_id", flat=True))
    before = values_before(keys, moment, ("tags",))
    return [key for key in keys if (tag in before[key]["tags"] if key in before else key in now)]


def _from_idea(product: Product, keys: Sequence[int], moment: datetime, idea: Link) -> list[int]:
    """Whether an item came from the idea, the first later fact says: that its ideas were set, with those before, or that
    the idea was promoted to it, which it had not been then. Without one it is as now. Facts of ideas that were merged
    into it are its own."""
    ideas = _with_merged(product, idea)
    names = set(ideas.values())
    now = set(IdeaLink.objects.filter(idea_id=idea.pk or 0).values_list("item_id", flat=True))
    before = values_before(keys, moment, ("ideas",))
    promoted = Event.objects.filter(
        record_id__in=list(ideas), verb="idea.promoted", created_at__gt=moment
    ).order_by("-created_at", "-sequence")  # fmt: skip
    since = {
        str(data.get("item")): (at, sequence)
        for data, at, sequence in promoted.values_list("data", "created_at", "sequence")
    }
    named = BacklogItem.objects.filter(
        product=product, number__in=[int(ref.rpartition("-")[2]) for ref in since]
    )  # fmt: skip
    when = {
        pk: since[f"{product.key}-{number}"] for pk, number in named.values_list("pk", "number")
    }
    first = _first_set(set(when) & before.keys(), moment)

    def stood(key: int) -> bool:
        if key in when and (key not in before or when[key] < first[key]):
            return False
        if key in before:
            return not names.isdisjoint(before[key]["ideas"])
        return key in now

    return [key for key in keys if stood(key)]


def _with_merged(product: Product, idea: Link) -> dict[int, str]:
    """The idea and those that are a part of it now, by key with their references."""
    found, last = {idea.pk or 0: idea.name or ""}, [idea.pk or 0]
    while last:
        rows = Merge.objects.standing().filter(target__in=last).exclude(source__in=list(found))
        last = []
        for pk, number in rows.values_list("source", "source__number"):
            found[pk] = f"{product.key}-{number}"
            last.append(pk)
    return found


def _first_set(keys: set[int], moment: datetime) -> dict[int, tuple[datetime, int]]:
    """By item, when its ideas were first set after the moment."""
    if not keys:
        return {}
    rows = Event.objects.filter(
        record_id__in=among(keys), created_at__gt=moment, changes__has_key="ideas"
    ).exclude(verb__endswith=".created")  # fmt: skip
    latest_first = rows.order_by("-created_at", "-sequence")
    return {
        key: (at, sequence)
        for key, at, sequence in latest_first.values_list("record_id", "created_at", "sequence")
    }
