"""What a scoring model that is not saved yet would make of the items."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field

from backlog.models import Assessment, BacklogItem, ScoringModel
from plm.permissions import Actor
from plm.scoring.definition import Definition

SHOWN, LOOKED_AT = 10, 1000


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """One item: its score under the model as it is saved and as it is being written, and why it has none."""

    item: BacklogItem
    before: float | None
    after: float | None
    why: str


@dataclass(frozen=True, slots=True)
class Preview:
    """The first ten items, and of the first thousand how many have no score for which reason, the most frequent first."""

    says: str
    rows: list[PreviewRow]
    reasons: list[tuple[str, int]] = field(default_factory=list)
    looked_at: int = 0


def preview_of(actor: Actor, model: ScoringModel, saved: Definition, draft: Definition) -> Preview:
    """Scores of the open items by rank under both definitions."""
    items = list(
        BacklogItem.objects.visible_to(actor, "item.view")
        .filter(product_id=model.product_id, rank__gt=0)
        .select_related("product__workspace")
        .only("number", "title", "rank", "product__key", "product__workspace__slug")
        .order_by("rank")[:LOOKED_AT]
    )
    judged = {
        a.item_id: a
        for a in Assessment.objects.filter(scoring_model=model, item__in=[i.pk for i in items])
    }

    def values(item: BacklogItem, definition: Definition) -> Mapping[str, float | None]:
        kept = judged.get(item.pk)
        return kept.values(definition) if kept else {}

    reasons = Counter(draft.reason(values(item, draft)) for item in items)
    del reasons[""]
    rows = []
    for item in items[:SHOWN]:
        now = values(item, draft)
        rows.append(
            PreviewRow(item, saved.score(values(item, saved)), draft.score(now), draft.reason(now))
        )
    return Preview(draft.says, rows, reasons.most_common(5), len(items))
