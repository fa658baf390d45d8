"""Writes behind similar ideas: the words and the meaning of each idea, and what people say about suggestions."""

from __future__ import annotations

from collections.abc import Mapping

from django.db.models import F, Max, Q

from ideas import meaning, minilm
from ideas.models import Idea, IdeaTerms, SimilarAnswer
from ideas.selectors.similar import method_here, place_of
from ideas.similar import terms_of
from plm.errors import Conflict, NotVisible
from plm.events import emit, service
from plm.permissions import Actor
from plm.services.guard import require
from plm.services.notes import relation_add

AT_ONCE = 500
MEANT_AT_ONCE = 64


def ideas_changed(product_id: int) -> list[int]:
    """Keys of the product's ideas whose words are not known, or are those of an earlier version."""
    stale = Q(terms=None) | ~Q(terms__version=F("version"))
    rows = Idea.objects.filter(stale, product_id=product_id).order_by("pk")
    return list(rows.values_list("pk", flat=True))


@service
def terms_store(*, product_id: int, keys: list[int]) -> int:
    """Take the words of these ideas anew; how many. One job a product calls it, so stamps follow commits.

    Archived ideas and those known as duplicates of others keep a row without words. What their titles mean is not
    known until `meanings_store`.
    """
    ideas = Idea.objects.filter(pk__in=keys, product_id=product_id).order_by("pk")
    last = IdeaTerms.objects.filter(product_id=product_id).aggregate(m=Max("stamp"))["m"] or 0
    rows = []
    for idea in ideas:
        gone = idea.archived_at is not None or idea.state == "duplicate"
        # The title says what a text is about: counted twice, it finds more of the known duplicates.
        words = b"" if gone else terms_of(idea.title, idea.title, idea.description).pack()
        rows.append(
            IdeaTerms(
                idea=idea, workspace_id=idea.workspace_id, product_id=product_id, version=idea.version,
                stamp=last + 1, public=idea.public, words=words, meaning=None,
            )
        )  # fmt: skip
    IdeaTerms.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["idea"],
        update_fields=["version", "stamp", "public", "words", "meaning"], batch_size=AT_ONCE,
    )  # fmt: skip
    return len(rows)


def titles_unmeant(product_id: int) -> list[tuple[int, str]]:
    """(key, title) of the product's ideas whose meaning a job has to compute; none where no model is installed."""
    if not minilm.installed():
        return []
    rows = IdeaTerms.objects.filter(product_id=product_id, meaning=None).exclude(words=b"")
    return list(rows.order_by("pk").values_list("pk", "idea__title"))


def meanings_of(titles: Mapping[int, str]) -> dict[int, bytes]:
    """What titles mean, packed. Some ten milliseconds each: not to be called while a transaction is open."""
    found = minilm.embed(list(titles.values()))
    return {key: meaning.pack(row) for key, row in zip(titles, found, strict=True)}


@service
def meanings_store(
    *, product_id: int, titles: Mapping[int, str], packed: Mapping[int, bytes]
) -> int:
    """Keep what these titles mean; how many. Titles that have changed since are left to the next run."""
    last = IdeaTerms.objects.filter(product_id=product_id).aggregate(m=Max("stamp"))["m"] or 0
    rows = IdeaTerms.objects.filter(pk__in=list(titles), product_id=product_id)
    same = [pk for pk, title in rows.values_list("pk", "idea__title") if title == titles[pk]]
    changed = [IdeaTerms(pk=pk, stamp=last + 1, meaning=packed[pk]) for pk in sorted(same)]
    IdeaTerms.objects.bulk_update(changed, ["stamp", "meaning"])
    return len(changed)


@service
def similar_answer(
    *, actor: Actor, idea: Idea, other: Idea, accepted: bool, rank: int = 0
) -> SimilarAnswer:
    """Keep what a person says about a suggestion. Emits `idea.similar_answered`.

    A pair that is the same is linked, and neither idea is changed: merging is another decision. `rank` is where the suggestion stood when they saw it. A pair that is not the same is suggested to nobody again.
    """
    require(actor, "idea.edit", idea.product)
    if other.product_id != idea.product_id:
        raise NotVisible
    if other.pk == idea.pk:
        raise Conflict("An idea is always like itself.", fields={"other": "Choose another idea."})
    found = place_of(actor, idea, other)
    stood = rank if rank > 0 else found.rank if found else 0
    made = SimilarAnswer.objects.create(
        workspace_id=idea.workspace_id, idea=idea, other=other, accepted=accepted,
        rank=min(stood, 100), score=found.score if found else None,
        method=found.method if found else method_here(), by_id=actor.user_id,
    )  # fmt: skip
    if accepted:
        relation_add(actor=actor, source=idea, target=other, type="duplicates")
    emit(
        "idea.similar_answered", actor=actor, record=idea, other=other.reference, accepted=accepted, rank=made.rank
    )  # fmt: skip
    return made
