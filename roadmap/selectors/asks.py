"""What somebody asked for, and what became of it: ideas they proposed, voted for or follow, and the items these became."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from backlog.models import BacklogItem, IdeaLink
from ideas.models import Idea, IdeaFollow, Vote
from plm.models import Follow, Product
from plm.past import values_before
from plm.permissions import Actor
from roadmap.selectors.changes import reasons_given

MOST_IDEAS = 1000
PROPOSED, VOTED, FOLLOWED = "You proposed it", "You voted for it", "You follow it"


@dataclass(frozen=True, slots=True)
class Asked:
    """`why` has the ideas by primary key with what the reader has to do with each; `items` the ideas by item."""

    why: dict[int, str]
    items: dict[int, set[int]]


@dataclass(frozen=True, slots=True)
class Ask:
    """One idea of the reader's of which something became."""

    reference: str
    title: str
    url: str
    why: str
    said: tuple[str, ...]
    reasons: tuple[str, ...]


def asks_of(actor: Actor, product: Product) -> Asked:
    """What the actor asked for in a product, the latest thousand ideas; nothing they may not see. Seven statements."""
    why: dict[int, str] = {}
    for word, keys in _ties(actor, product):
        for key in keys:
            why.setdefault(key, word)
    rows = Idea.objects.visible_to(actor, "idea.view").filter(product=product, archived_at=None)
    seen = set(rows.filter(pk__in=why).order_by("-pk").values_list("pk", flat=True)[:MOST_IDEAS])
    why = {key: word for key, word in why.items() if key in seen}
    return Asked(why, _items_of(why))


def _ties(actor: Actor, product: Product) -> Iterable[tuple[str, Iterable[int]]]:
    user = actor.person_key
    ideas = Idea.objects.filter(product=product, created_by_id=user)
    yield PROPOSED, ideas.values_list("pk", flat=True)
    votes = Vote.objects.of_account(user).filter(idea__product=product)
    yield VOTED, votes.values_list("idea_id", flat=True)
    follows = Follow.objects.filter(user_id=user, record__product=product, record__kind="idea")
    yield FOLLOWED, follows.values_list("record_id", flat=True)
    outside = IdeaFollow.objects.standing().filter(idea__product=product, person__user_id=user)
    yield FOLLOWED, outside.values_list("idea_id", flat=True)


def _items_of(ideas: Iterable[int]) -> dict[int, set[int]]:
    """The ideas behind each item: those it came from, and those that what it is a part of came from."""
    found: dict[int, set[int]] = {}
    for item, idea in IdeaLink.objects.filter(idea_id__in=list(ideas)).values_list("item", "idea"):
        found.setdefault(item, set()).add(idea)
    parts = BacklogItem.objects.filter(parent_id__in=list(found)).values_list("pk", "parent_id")
    for item, parent in parts:
        found.setdefault(item, set()).update(found[parent or 0])
    return found


def asks_told(asked: Asked, news: Mapping[int, str], since: datetime, until: datetime) -> list[Ask]:
    """The ideas of which something became in that time, by reference: another state, or news of an item (a sentence by
    its primary key). A state that came back is none."""
    said: dict[int, list[str]] = {}
    ideas = Idea.objects.select_related("product__workspace", "duplicate_of").in_bulk(asked.why)
    then, after = (values_before(ideas, at) if ideas else {} for at in (since, until))
    labels = dict(Idea.workflow.choices)
    for key, idea in ideas.items():
        old, new = (side.get(key, {}).get("state", idea.state) for side in (then, after))
        if old != new:
            stands = idea.duplicate_of if new == "duplicate" else None
            more = f", it stands with {stands.title}" if stands is not None else ""
            said.setdefault(key, []).append(f"Now: {labels[new]}, before: {labels[old]}{more}")
    for item, sentence in news.items():
        for key in asked.items.get(item, ()):
            if key in ideas:
                said.setdefault(key, []).append(f"On the roadmap: {sentence}")
    why = reasons_given(list(said), since, until)
    return [
        Ask(
            idea.reference, idea.title, idea.get_absolute_url(), asked.why[idea.pk], tuple(said[idea.pk]),
            why.get(idea.pk, ((), ""))[0],
        )
        for idea in sorted((ideas[key] for key in said), key=lambda idea: idea.number)
    ]  # fmt: skip
