"""Which columns of the ranked list a person sees."""

from __future__ import annotations

from collections.abc import Sequence

from backlog.models import RankingColumns
from backlog.selectors.columns import columns_clean
from backlog.services.scoring_models import scoring_models_ensure
from plm.errors import Invalid, NotAllowed
from plm.events import service
from plm.models import Product
from plm.permissions import Actor
from plm.services.guard import require


@service
def ranking_columns_set(
    *, actor: Actor, product: Product, columns: Sequence[str] | None
) -> list[str]:
    """Remember the columns somebody sees in a product's ranked list, in their order; None forgets the choice.

    What is remembered. Names that are no columns are left out. Raises Invalid where none is left.
    """
    require(actor, "item.view", product)
    if actor.user_id is None:
        raise NotAllowed("Sign in to keep columns.")
    rows = RankingColumns.objects.filter(product=product, user_id=actor.user_id)
    if columns is None:
        rows.delete()
        return []
    model = scoring_models_ensure(product=product)
    names = columns_clean(model.versions.get(version=model.version).formula, columns)
    if not names:
        raise Invalid(fields={"columns": "Choose at least one column."})
    RankingColumns.objects.update_or_create(
        product=product, user_id=actor.user_id,
        defaults={"workspace_id": product.workspace_id, "columns": names},
    )  # fmt: skip
    return names
