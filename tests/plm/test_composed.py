"""Reads that are composed once: the same rows for everybody as if they were composed anew."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.db.models import BigIntegerField, QuerySet
from django.utils import timezone

from backlog.models import BacklogItem
from plm.composed import KeyRead, Moment, NotComposableError, Read, composed
from plm.counting import Figures
from plm.models import Mention, Product, ProductRole, Team, Workspace
from plm.permissions import ANONYMOUS, SYSTEM, Role
from plm.querysets import Slot, Statement
from plm.selectors import actor_of
from tests import make

pytestmark = pytest.mark.django_db


def visible(actor, product):
    rows = BacklogItem.objects.visible_to(actor).filter(product=product)
    return rows.select_related("owner", "product__workspace").order_by("number")


def filled(world):
    for product, actor in ((world.atlas, "alice"), (world.boreas, "dora")):
        for title in ("One", "Two"):
            make.make_item(world.actor(actor), product, f"{title} of {product.key}")


def everybody(world):
    people = {name: world.actor(name) for name in ("dora", "alice", "bob", "carol", "mallory")}
    return {**people, "visitor": ANONYMOUS, "system": SYSTEM}


def test_everybody_gets_the_rows_that_the_queryset_gives_them(world):
    filled(world)
    read = Read(visible)
    for _ in range(2):  # Composed for the first, filled in for the second.
        for name, actor in everybody(world).items():
            for product in (world.atlas, world.boreas):
                expected = list(visible(actor, product))
                found = read(actor, product)
                assert found == expected, name
                assert [row.product.workspace.slug for row in found] == ["acme"] * len(expected)


def test_a_product_that_is_hidden_from_a_member_stays_hidden(world):
    filled(world)
    read = Read(visible)
    assert len(read(world.actor("bob"), world.atlas)) == 2
    ProductRole.objects.create(
        workspace=world.acme,
        membership=world.bob.memberships.get(),
        product=world.atlas,
        role=Role.NONE,
    )
    assert read(actor_of(world.bob), world.atlas) == []
    assert len(read(actor_of(world.bob), world.boreas)) == 2
    assert len(read(world.actor("alice"), world.atlas)) == 2


def test_a_list_of_products_holds_those_of_the_reader_alone(world):
    @Read
    def products(actor, workspace):
        return Product.objects.visible_to(actor).filter(workspace=workspace)

    membership = world.bob.memberships.get()
    ProductRole.objects.create(
        workspace=world.acme, membership=membership, product=world.boreas, role=Role.NONE
    )
    assert products(actor_of(world.bob), world.acme) == [world.atlas]
    assert products(world.actor("alice"), world.acme) == [world.atlas, world.boreas]
    assert products(world.actor("mallory"), world.acme) == []


def test_actors_with_the_same_roles_share_one_statement(world):
    seen = []

    def compose(actor, product):
        seen.append(actor)
        return visible(actor, product)

    read = Read(compose)
    for name in ("alice", "bob", "alice"):
        for product in (world.atlas, world.boreas):
            read(world.actor(name), product)
    assert len(seen) == 2, "one for each role"


def test_a_person_is_a_key_like_others(world):
    @Figures
    def unread(actor, product):
        rows = Mention.objects.visible_to(actor)
        return [rows.filter(user_id=actor.person_key, product=product), rows.none()]

    Mention.objects.create(
        workspace=world.acme, product=world.atlas, user=world.bob, created_at=timezone.now()
    )
    for name, count in (("alice", 0), ("bob", 1), ("carol", 0)):
        assert unread(world.actor(name), world.atlas) == [count, 0]


def test_what_is_given_by_name_and_a_moment_are_filled_in_each_time(world):
    filled(world)

    @Read
    def named(actor, product):
        rows = BacklogItem.objects.visible_to(actor).filter(product=product)
        rows = rows.filter(created_at__gt=Moment(timedelta(hours=1)))
        title = Slot("title", BacklogItem._meta.get_field("title"))
        return rows.filter(title=title).values_list("number", "title")

    alice = world.actor("alice")
    first, second = BacklogItem.objects.filter(product=world.atlas).order_by("number")
    assert named(alice, world.atlas, title=first.title) == [(first.number, first.title)]
    assert named.first(alice, world.atlas, title=second.title) == (second.number, second.title)
    BacklogItem.objects.update(created_at=timezone.now() - timedelta(hours=2))
    assert named.first(alice, world.atlas, title=first.title) is None


def wrong_reads():
    def asks(actor, product):
        del actor
        return Team.objects.filter(name__in=list(Team.objects.filter(pk=product.pk)))

    def reads_more(actor, product):
        del actor
        return Product.objects.filter(phase=product.phase)

    def text(actor, product):
        del actor
        return Product.objects.filter(name=f"of {product.pk}")

    def sql(actor, product):
        del actor
        return Product.objects.extra(where=[f"plm_product.id = {product.pk}"])  # noqa: S610 - what is refused

    return [asks, reads_more, text, sql]


@pytest.mark.parametrize("compose", wrong_reads(), ids=lambda compose: compose.__name__)
def test_a_read_that_depends_on_more_than_roles_is_refused(world, compose):
    with pytest.raises(NotComposableError):
        Read(compose)(world.actor("alice"), world.atlas)


def test_a_workspace_may_be_the_subject(world):
    def teams(actor, workspace: Workspace) -> QuerySet[Team]:
        return Team.objects.visible_to(actor).filter(workspace=workspace)

    team = Team.objects.create(workspace=world.acme, name="Builders")
    assert Read(teams)(world.actor("carol"), world.acme) == [team]
    _, keys = composed(teams, world.actor("carol"), world.acme)
    assert set(keys) == {world.acme.pk, world.carol.pk}


def test_statements_that_differ_in_a_value_alone_are_two(world):
    """As their text is the same, a connection that prepares them must not take one for the other."""
    filled(world)
    first = BacklogItem.objects.filter(product=world.atlas).values_list("title").order_by("number")
    for _ in range(2):
        for title in ("One of ATL", "Two of ATL"):
            statement = Statement.of(first.filter(title=title))
            assert [row[0] for row in statement.rows({})] == [title]


@pytest.mark.skipif(connection.vendor != "postgresql", reason="only PostgreSQL keeps plans")
def test_only_reads_by_key_keep_a_plan(world):
    """A plan for all products would be the wrong one for the product that has most of the rows."""
    filled(world)

    def kept():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements")
            return cursor.fetchone()[0]

    def by_number(actor, product):
        return visible(actor, product).filter(number=Slot("number", BigIntegerField()))

    before = kept()
    for _ in range(2):
        assert len(Read(visible)(world.actor("alice"), world.atlas)) == 2
    assert kept() == before
    read = KeyRead(by_number)
    for number in (1, 2):
        assert [row.number for row in read(world.actor("alice"), world.atlas, number=number)] == [
            number
        ]
    assert kept() == before + 1
