"""The data under measurement: products of 10,000, 100,000 and, when asked for, 1,000,000 items, made by statements."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from plm.models import Product, User
from plm.permissions import Role
from plm.selectors import actor_of
from plm.services.members import token_create
from tests import make
from tests.world import make_product, make_workspace

PEOPLE = 20
TAGS = 12
# Primary keys of items begin here, so that one number leads to the item, its reference and its tags.
FIRST_KEY = 10_000_000

REFERENCES = """
    INSERT INTO plm_reference (id, workspace_id, product_id, number, kind, title, text, state, archived)
    SELECT %(base)s + n, %(workspace)s, %(product)s, n, 'item', 'Item ' || n, '', 'backlog', false
    FROM generate_series(1, %(size)s) n"""

ITEMS = """
    INSERT INTO backlog_backlogitem (
        id, uuid, workspace_id, product_id, number, title, description, state, type, priority, estimate, custom,
        external_source, external_id, version, created_at, updated_at, owner_id, created_by_id, score, rank,
        progress_done, progress_total, board_order, done_at, due_on)
    SELECT %(base)s + n, gen_random_uuid(), %(workspace)s, %(product)s, n, 'Item ' || n,
           rpad('What it is about, for whom, and how we shall know that it works. ', 200, 'More of the same. '),
           (ARRAY['backlog', 'todo', 'in_progress', 'in_review', 'done', 'cancelled'])[1 + n %% 6],
           (ARRAY['feature', 'story', 'task', 'bug'])[1 + n %% 4],
           (ARRAY['urgent', 'high', 'medium', 'low', 'none'])[1 + n %% 5], n %% 13, '{}', '', '', 1,
           now() - n * interval '1 minute', now() - n * interval '1 minute',
           (%(people)s::bigint[])[1 + n %% %(count)s], (%(people)s::bigint[])[1 + n %% %(count)s],
           (n::bigint * 7919 %% 9973) + n / 2000000.0, 0, 0, 0, n,
           CASE WHEN n %% 6 = 4 THEN now() - n * interval '30 seconds' END,
           CASE WHEN n %% 7 = 0 THEN current_date + (n %% 90)::int - 30 END
    FROM generate_series(1, %(size)s) n"""

TAGGINGS = """
    INSERT INTO plm_tagging (workspace_id, record_id, tag_id)
    SELECT %(workspace)s, %(base)s + n, (%(tags)s::bigint[])[1 + (n + k * 5) %% %(tag_count)s]
    FROM generate_series(1, %(size)s) n, generate_series(0, 1) k"""

ASSESSMENTS = """
    INSERT INTO backlog_assessment (workspace_id, product_id, item_id, scoring_model_id, assessed_at, inputs, v1, v2, v3, v4)
    SELECT %(workspace)s, %(product)s, %(base)s + n, %(model)s, now(), '{}', n::bigint * 7919 %% 9973,
           (ARRAY[3, 2, 1, 0.5, 0.25])[1 + n %% 5], (ARRAY[1, 0.8, 0.5])[1 + n %% 3], 0.5 + n %% 17
    FROM generate_series(1, %(size)s) n"""

TABLES = ("plm_reference", "backlog_backlogitem", "plm_tagging", "backlog_assessment")


@dataclass
class Big:
    """One product of so many items."""

    product: Product
    size: int
    base: int
    linked: str
    """The reference of the item with links to all other stages."""

    @property
    def key(self) -> str:
        return self.product.key


@dataclass
class Data:
    """All there is. `by_size` from the smallest to the largest."""

    user: User
    token: str
    by_size: list[Big] = field(default_factory=list)

    @property
    def middle(self) -> Big:
        """The product most workloads ask."""
        return self.by_size[1]

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def fill(sizes: list[int]) -> Data:
    names = {f"person{n}": Role.CONTRIBUTOR for n in range(PEOPLE)}
    workspace, people = make_workspace("bench", boss=Role.ADMIN, **names)
    boss = people["boss"]
    _, token = token_create(
        actor=actor_of(boss), workspace=workspace, name="bench", scopes=["read", "write", "events"]
    )
    data = Data(boss, token)
    team = [user.pk for user in people.values()]
    data.by_size = [_made(boss, team, f"P{place}", size, place) for place, size in enumerate(sizes)]
    with connection.cursor() as cursor:
        cursor.execute(
            "CREATE TABLE bench_item (id bigserial PRIMARY KEY, workspace_id bigint, product_id bigint, title text,"
            " description text, state text, type text, priority text, score double precision, created_at timestamptz)"
        )
        cursor.execute("CREATE INDEX ON bench_item (product_id, score DESC, id DESC)")
        cursor.execute("SELECT setval('plm_reference_id_seq', %s)", [FIRST_KEY * 9])
        cursor.execute("VACUUM ANALYZE")
    return data


def one_more(data: Data, size: int) -> Big:
    """A further product of so many items, apart from those by size."""
    return _made(data.user, [data.user.pk], "MORE", size, len(data.by_size))


def _made(boss: User, team: list[int], key: str, size: int, place: int) -> Big:
    product = make_product(boss.memberships.get().workspace, key)
    base = FIRST_KEY * (place + 1)
    _fill_product(product, size, base, team)
    return Big(product, size, base, _links(boss, product))


def _fill_product(product: Product, size: int, base: int, people: list[int]) -> None:
    """Triggers and checks rest meanwhile: a million rows are made by one statement a table."""
    from backlog.models import ScoringModel
    from backlog.services.scoring_models import scoring_models_ensure
    from plm.models import Tag

    scoring_models_ensure(product=product)
    ScoringModel.objects.filter(product=product).update(active=False)
    ScoringModel.objects.filter(product=product, method="rice").update(active=True)
    common = {"workspace_id": product.workspace_id, "product": product}
    tags = Tag.objects.bulk_create([Tag(**common, name=f"tag {n}") for n in range(TAGS)])
    values: Any = {
        "workspace": product.workspace_id, "product": product.pk, "size": size, "base": base, "people": people,
        "count": len(people), "tags": [tag.pk for tag in tags], "tag_count": TAGS,
        "model": ScoringModel.objects.get(product=product, active=True).pk,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = 0")
        cursor.execute("SET session_replication_role = replica")
        for statement in (REFERENCES, ITEMS, TAGGINGS, ASSESSMENTS):
            cursor.execute(statement, values)
        cursor.execute("SET session_replication_role = DEFAULT")
        cursor.execute("UPDATE plm_counter SET last = %s WHERE product_id = %s", [size, product.pk])
        # A table that has just grown this much is read by the wrong index until it is analysed.
        cursor.execute(f"ANALYZE {', '.join(TABLES)}")


def _links(boss: User, product: Product) -> str:
    """An item with two ideas, a specification, children, a place on the roadmap and feedback."""
    actor = actor_of(boss)
    ideas = [make.make_idea(actor, product, f"Idea {n}") for n in range(2)]
    item = make.make_item(actor, product, "Linked item", ideas=ideas, type="feature")
    make.make_spec(actor, product, item)
    for number in range(3):
        make.make_item(actor, product, f"Child {number}", type="story", parent=item)
    make.make_placement(actor, item, release=make.make_release(actor, product))
    for number in range(3):
        make.make_feedback(actor, product, f"Feedback {number}", item=item)
    return item.reference
