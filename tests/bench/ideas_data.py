"""The ideas under measurement: one product with 20,000 of them, 200,000 votes by the people of 2,000 companies."""

from __future__ import annotations

import random
from dataclasses import dataclass
from typing import Any

from django.db import connection

from ideas import minilm
from ideas.models import IdeaTerms
from ideas.services.similar import AT_ONCE, ideas_changed, terms_store
from plm.models import Product, User
from tests.bench.data import Data
from tests.world import make_product, make_session, make_user

IDEAS, VOTES, COMPANIES, PEOPLE = 20_000, 200_000, 2_000, 20_000
VOTERS = 64
KEY = "IDX"
FIRST_KEY = 5_000_000

REFERENCES = """
    INSERT INTO plm_reference (id, workspace_id, product_id, number, kind, title, text, state, archived)
    SELECT %(base)s + n, %(workspace)s, %(product)s, n, 'idea', title, description, 'open', false
    FROM unnest(%(titles)s::text[], %(descriptions)s::text[]) WITH ORDINALITY AS given(title, description, n)"""

# Six in ten wait in triage, two in three are published.
ROWS = """
    INSERT INTO ideas_idea (
        id, uuid, workspace_id, product_id, number, title, description, state, custom, external_source, external_id,
        version, created_at, updated_at, owner_id, created_by_id, source, public, votes_count, demand_people,
        demand_companies, demand_revenue, demand_share, demand_importance, demand_weighted, demand_low, demand_high, type,
        size, response, trending)
    SELECT %(base)s + n, gen_random_uuid(), %(workspace)s, %(product)s, n, title, description,
           (ARRAY['open', 'open', 'open', 'open', 'open', 'open', 'under_review', 'planned', 'in_progress', 'shipped'])[1 + n %% 10],
           '{}', '', '', 1, now() - n * interval '1 minute', now() - n * interval '1 minute', %(boss)s, %(boss)s,
           'customer', n %% 3 > 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, '', '', '', n * 7919 %% 9973
    FROM unnest(%(titles)s::text[], %(descriptions)s::text[]) WITH ORDINALITY AS given(title, description, n)"""

COMPANY_ROWS = """
    INSERT INTO ideas_company (uuid, workspace_id, name, external_id, plan, segment, mrr, currency, attributes, version, created_at)
    SELECT gen_random_uuid(), %(workspace)s, 'Company ' || n, 'c' || n, 'team', 'smb', n %% 997, 'EUR', '{}', 1, now()
    FROM generate_series(1, %(companies)s) n"""

PERSON_ROWS = """
    INSERT INTO ideas_person (uuid, workspace_id, name, email, role, attributes, company_id, external_id, version, created_at)
    SELECT gen_random_uuid(), %(workspace)s, 'Person ' || n, 'p' || n || '@example.com', '', '{}', c.id, 'p' || n, 1, now()
    FROM generate_series(1, %(people)s) n JOIN ideas_company c
      ON c.workspace_id = %(workspace)s AND c.external_id = 'c' || (1 + n %% %(companies)s)"""

# A few ideas have most of the votes.
VOTE_ROWS = """
    INSERT INTO ideas_vote (workspace_id, idea_id, person_id, importance, unproved, created_at)
    SELECT %(workspace)s, %(base)s + idea, p.id, 1, false, now() - idea * interval '1 minute'
    FROM (SELECT DISTINCT 1 + floor(%(ideas)s * power(random(), 2.5))::int AS idea, 1 + floor(%(people)s * random())::int AS person
          FROM generate_series(1, %(votes)s * 5 / 4) LIMIT %(votes)s) drawn
    JOIN ideas_person p ON p.workspace_id = %(workspace)s AND p.external_id = 'p' || drawn.person"""

COUNTS = """
    UPDATE ideas_idea i SET votes_count = v.count, demand_people = v.count
    FROM (SELECT idea_id, count(*) AS count FROM ideas_vote GROUP BY idea_id) v WHERE v.idea_id = i.id"""


@dataclass
class Ideas:
    """The product, what voters sign in with, and the head of a request by the boss."""

    product: Product
    boss: User
    voters: list[str]


def fill_ideas(data: Data) -> Ideas:
    """Triggers and checks rest meanwhile; the words of ideas are taken as the job takes them."""
    product = make_product(data.middle.product.workspace, KEY)
    product.portal_open = True
    product.save()
    titles, descriptions = _texts()
    values: Any = {
        "workspace": product.workspace_id, "product": product.pk, "base": FIRST_KEY, "boss": data.user.pk,
        "titles": titles, "descriptions": descriptions, "ideas": IDEAS, "votes": VOTES, "companies": COMPANIES,
        "people": PEOPLE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET session_replication_role = replica")
        for statement in (REFERENCES, ROWS, COMPANY_ROWS, PERSON_ROWS):
            cursor.execute(statement, values)
        cursor.execute("ANALYZE ideas_company, ideas_person")
        for statement in (VOTE_ROWS, COUNTS):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute(
            "UPDATE plm_counter SET last = %s WHERE product_id = %s", [IDEAS, product.pk]
        )
    keys = ideas_changed(product.pk)
    for start in range(0, len(keys), AT_ONCE):
        terms_store(product_id=product.pk, keys=keys[start : start + AT_ONCE])
    if minilm.installed():
        _point_anywhere(product)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    return Ideas(product, data.user, [make_session(make_user(f"voter{n}")) for n in range(VOTERS)])


def _texts() -> tuple[list[str], list[str]]:
    """Titles of six words and descriptions of forty out of 5,000; few words are frequent, as in a language."""
    chance = random.Random(1)
    syllables = [a + b for a in "bdfglmnprst" for b in ("a", "e", "i", "o", "u", "ar", "en", "il")]
    words = sorted(
        {"".join(chance.choices(syllables, k=chance.randint(2, 4))) for _ in range(5200)}
    )
    chance.shuffle(words)
    weights = [1 / (n + 20) for n in range(len(words))]

    def text(count: int) -> str:
        return " ".join(chance.choices(words, weights, k=count))

    return [text(6) for _ in range(IDEAS)], [text(40) for _ in range(IDEAS)]


def _point_anywhere(product: Product) -> None:
    """Directions by chance: computing them would take minutes, and a query takes as long with any."""
    import numpy as np

    from ideas.meaning import SIZE, pack

    chance = np.random.default_rng(1)
    last = (
        IdeaTerms.objects.filter(product=product)
        .order_by("-stamp")
        .values_list("stamp", flat=True)[0]
    )
    keys = list(IdeaTerms.objects.filter(product=product).values_list("pk", flat=True))
    rows = chance.normal(size=(len(keys), SIZE))
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    made = [
        IdeaTerms(pk=pk, stamp=last + 1, meaning=pack(row))
        for pk, row in zip(keys, rows, strict=True)
    ]
    IdeaTerms.objects.bulk_update(made, ["stamp", "meaning"], batch_size=500)
