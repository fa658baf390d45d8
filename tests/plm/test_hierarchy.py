"""Portfolios, product lines, products and components: who arranges them, who sees what of them, what is refused."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, transaction

from backlog.models import BacklogItem
from backlog.services.items import item_create, item_update
from plm.errors import Conflict, Invalid, NotAllowed, NotVisible, Stale
from plm.importing.converting import Book, Unfit
from plm.models import Component, Event, Membership, Product, ProductGroup
from plm.permissions import Role
from plm.selectors import product_tree
from plm.services.hierarchy import (
    component_archive,
    component_shift,
    component_update,
    group_delete,
    group_shift,
    group_update,
    product_place,
    product_shift,
)
from plm.services.members import product_role_set
from tests.make import make_component, make_group, make_item


def names(world, who):
    tops = product_tree(world.actor(who), world.acme)
    return [(node.depth, node.row.name) for top in tops for node in top.walk()]


@pytest.fixture
def tree(world):
    """Travel > Bookings > Atlas (Search, Maps); Boreas in the line Weather; an empty line Nothing."""
    dora = world.actor("dora")
    travel = make_group(dora, world.acme, "Travel", level="portfolio")
    bookings = make_group(dora, world.acme, "Bookings", parent=travel)
    weather = make_group(dora, world.acme, "Weather")
    make_group(dora, world.acme, "Nothing")
    product_place(actor=dora, product=world.atlas, group=bookings)
    product_place(actor=dora, product=world.boreas, group=weather)
    for name in ("Search", "Maps"):
        make_component(world.actor("alice"), world.atlas, name)
    return {"travel": travel, "bookings": bookings, "weather": weather}


def test_the_tree_stands_in_the_order_people_gave_it(world, tree):
    assert names(world, "dora") == [
        (0, "Travel"), (1, "Bookings"), (2, "Atlas"), (3, "Search"), (3, "Maps"),
        (0, "Weather"), (1, "Boreas"), (0, "Nothing"),
    ]  # fmt: skip
    dora = world.actor("dora")
    group_shift(actor=dora, group=tree["weather"], direction="up")
    maps = Component.objects.get(name="Maps")
    component_shift(actor=world.actor("alice"), component=maps, direction="up")
    component_shift(
        actor=world.actor("alice"), component=maps, direction="up"
    )  # at the end: nothing happens
    assert [name for _, name in names(world, "dora")] == [
        "Weather", "Boreas", "Travel", "Bookings", "Atlas", "Maps", "Search", "Nothing",
    ]  # fmt: skip


def test_products_of_one_line_are_moved_past_the_ones_that_are_seen(world, tree):
    dora = world.actor("dora")
    product_place(
        actor=dora, product=world.boreas, group=tree["bookings"], reason="One team builds both"
    )
    product_shift(actor=dora, product=Product.objects.get(pk=world.boreas.pk), direction="up")
    assert [name for _, name in names(world, "dora")][2] == "Boreas"
    with pytest.raises(Invalid):
        product_shift(actor=dora, product=world.boreas, direction="sideways")


def hide(world, product, who="bob"):
    member = Membership.objects.get(user=getattr(world, who), workspace=world.acme)
    product_role_set(actor=world.actor("dora"), membership=member, product=product, role=Role.NONE)


def test_a_line_tells_nothing_to_whoever_may_not_see_what_is_in_it(world, tree, api, sign_in):
    hide(world, world.boreas)
    assert [name for _, name in names(world, "bob")] == [
        "Travel",
        "Bookings",
        "Atlas",
        "Search",
        "Maps",
    ]
    client = api(world.bob, world.acme)
    listed = client.get("/api/v1/product-groups/").json()["results"]
    assert {row["name"] for row in listed} == {"Travel", "Bookings"}
    address = f"/api/v1/product-groups/{tree['weather'].uuid}/"
    assert client.get(address).status_code == 404
    feed = client.get("/api/v1/changes/").content.decode()
    assert "Weather" not in feed
    assert "Nothing" not in feed
    for page in ("", "products", "roadmap"):
        assert "Weather" not in sign_in(world.bob).get(f"/acme/{page}").content.decode()
    asked = sign_in(world.bob).get(f"/acme/roadmap?group={tree['weather'].uuid}")
    assert asked.status_code == 400
    assert "Weather" in api(world.dora, world.acme).get("/api/v1/changes/").content.decode()
    assert api(world.dora, world.acme).get(address).status_code == 200


def test_a_token_of_one_product_sees_what_stands_above_it_alone(world, tree, api):
    client = api(world.dora, world.acme, product=world.boreas)
    listed = client.get("/api/v1/product-groups/").json()["results"]
    assert {row["name"] for row in listed} == {"Weather"}


def test_nothing_goes_deeper_than_the_levels_and_no_ring_closes(world, tree):
    dora = world.actor("dora")
    change = {"actor": dora, "version": None}
    with pytest.raises(Invalid):
        make_group(dora, world.acme, "Deeper", parent=tree["bookings"])
    with pytest.raises(Invalid):
        group_update(group=tree["travel"], values={"parent": tree["weather"]}, **change)
    with pytest.raises(Invalid):
        group_update(group=tree["bookings"], values={"parent": tree["bookings"]}, **change)
    with pytest.raises(IntegrityError), transaction.atomic():
        ProductGroup.objects.filter(pk=tree["travel"].pk).update(parent=tree["travel"])
    moved = group_update(
        group=tree["weather"], values={"parent": tree["travel"]}, reason="One market", **change
    )
    assert moved.version == 2
    event = Event.objects.get(verb="product_group.updated")
    assert (event.changes, event.reason) == ({"parent": [None, "Travel"]}, "One market")


def test_a_name_stands_once_and_a_stale_save_is_refused(world, tree):
    dora = world.actor("dora")
    with pytest.raises(Conflict):
        make_group(dora, world.acme, " Weather ")
    group_update(actor=dora, group=tree["weather"], version=1, values={"name": "Climate"})
    with pytest.raises(Stale):
        group_update(actor=dora, group=tree["weather"], version=1, values={"name": "Wind"})
    with pytest.raises(Invalid):
        group_update(actor=dora, group=tree["weather"], version=2, values={"name": "  "})


def test_a_product_leaves_its_line_with_a_reason_alone(world, tree):
    dora = world.actor("dora")
    with pytest.raises(Invalid) as refused:
        product_place(actor=dora, product=world.atlas, group=tree["weather"])
    assert set(refused.value.fields) == {"reason"}
    placed = product_place(
        actor=dora, product=world.atlas, group=tree["weather"], reason="Sold together"
    )
    assert placed.group == tree["weather"]
    event = Event.objects.filter(verb="product.placed").latest("sequence")
    assert event.changes == {"group": ["Bookings", "Weather"]}
    assert (event.reason, event.product_id) == ("Sold together", world.atlas.pk)


def test_what_is_not_empty_stays(world, tree):
    dora = world.actor("dora")
    for full in ("travel", "bookings"):
        with pytest.raises(Conflict):
            group_delete(actor=dora, group=tree[full])
    group_delete(actor=dora, group=ProductGroup.objects.get(name="Nothing"))
    assert not ProductGroup.objects.filter(name="Nothing").exists()


def test_other_workspaces_are_kept_out_above_and_below_the_services(world, tree):
    dora, mallory = world.actor("dora"), world.actor("mallory")
    foreign = make_group(mallory, world.rival, "Rockets")
    with pytest.raises(Invalid):
        product_place(actor=dora, product=world.atlas, group=foreign, reason="Why not")
    with pytest.raises(NotVisible):
        product_place(actor=mallory, product=world.atlas, group=None, reason="Why not")
    with pytest.raises(NotVisible):
        group_update(actor=mallory, group=tree["travel"], version=1, values={"name": "Mine"})
    with pytest.raises(IntegrityError), transaction.atomic():
        Product.objects.filter(pk=world.atlas.pk).update(group=foreign)
    theirs = make_component(mallory, world.rocket, "Engine")
    item = make_item(world.actor("bob"), world.atlas)
    with pytest.raises(IntegrityError), transaction.atomic():
        BacklogItem.objects.filter(pk=item.pk).update(component=theirs)


@pytest.mark.parametrize("who", ["alice", "bob", "carol"])
def test_only_those_who_administer_the_workspace_arrange_it(world, tree, who):
    actor = world.actor(who)
    with pytest.raises(NotAllowed):
        make_group(actor, world.acme, "Mine")
    with pytest.raises(NotAllowed):
        product_place(actor=actor, product=world.atlas, group=None, reason="Why not")
    if who != "alice":
        with pytest.raises(NotAllowed):
            make_component(actor, world.atlas, "Mine")


def test_an_item_belongs_to_a_component_of_its_product_that_is_in_use(world, tree):
    bob = world.actor("bob")
    search = Component.objects.get(name="Search")
    item = make_item(bob, world.atlas, component=search)
    other = make_component(world.actor("alice"), world.boreas, "Radar")
    with pytest.raises(Invalid):
        item_create(actor=bob, product=world.atlas, values={"title": "Wrong", "component": other})
    component_archive(actor=world.actor("alice"), component=search)
    kept = item_update(
        actor=bob, record=item, version=1, values={"title": "Still", "component": search}
    )
    assert kept.component == search
    with pytest.raises(Invalid):
        make_item(bob, world.atlas, component=search)
    back = make_component(world.actor("alice"), world.atlas, "Search")
    assert back.pk == search.pk
    renamed = component_update(
        actor=world.actor("alice"), component=back, version=1, name="Finding"
    )
    with pytest.raises(Stale):
        component_update(actor=world.actor("alice"), component=renamed, version=1, name="Looking")
    with pytest.raises(Conflict):
        make_component(world.actor("alice"), world.atlas, "Finding")


def send(client, method, url, body, **headers):
    return client.generic(
        method, url, json.dumps(body), content_type="application/json", headers=headers
    )


def test_the_tree_is_kept_over_the_api(world, api):
    client = api(world.dora, world.acme)
    made = send(
        client, "POST", "/api/v1/product-groups/", {"level": "portfolio", "name": "Travel"}
    ).json()
    line = send(
        client, "POST", "/api/v1/product-groups/", {"level": "line", "name": "Bookings", "parent": made["id"]}
    ).json()  # fmt: skip
    assert line["parent"] == made["id"]
    address = f"/api/v1/product-groups/{line['id']}/"
    etag = client.get(address)["ETag"]
    assert send(client, "PATCH", address, {"name": "Trips"}).status_code == 428
    changed = send(client, "PATCH", address, {"name": "Trips", "move": "up"}, if_match=etag)
    assert (changed.status_code, changed.json()["name"]) == (200, "Trips")
    assert send(client, "PATCH", address, {"name": "Tours"}, if_match=etag).status_code == 412
    place = "/api/v1/products/ATL/place/"
    assert send(client, "POST", place, {"group": line["id"]}).json()["group"] == line["id"]
    products = {
        row["key"]: row["group"] for row in client.get("/api/v1/products/").json()["results"]
    }
    assert products == {"ATL": line["id"], "BOR": None}
    assert send(client, "POST", place, {"group": None}).status_code == 422
    assert client.delete(address).status_code == 409
    assert send(client, "POST", place, {"group": None, "reason": "Sold"}).json()["group"] is None
    assert client.delete(address).status_code == 204
    wrong = {"group": "00000000-0000-4000-8000-000000000000", "reason": "Lost"}
    assert send(client, "POST", place, wrong).status_code == 422


def test_components_are_kept_and_asked_for_over_the_api(world, api):
    client = api(world.alice, world.acme)
    made = send(client, "POST", "/api/v1/products/ATL/components/", {"name": "Search"}).json()
    other = send(client, "POST", "/api/v1/products/ATL/components/", {"name": "Maps"}).json()
    address = f"/api/v1/components/{made['id']}/"
    etag = client.get(address)["ETag"]
    renamed = send(client, "PATCH", address, {"name": "Finding", "move": "down"}, if_match=etag)
    assert renamed.json()["name"] == "Finding"
    listed = client.get("/api/v1/products/ATL/components/").json()["results"]
    assert [row["name"] for row in listed] == ["Maps", "Finding"]
    item = send(
        client, "POST", "/api/v1/items/", {"product": "ATL", "title": "Fuzzy", "component": made["id"]}
    ).json()  # fmt: skip
    assert item["component"] == {"id": made["id"], "name": "Finding"}
    found = client.get(f"/api/v1/items/?product=ATL&component={made['id']}").json()["results"]
    assert [row["reference"] for row in found] == [item["reference"]]
    assert client.get(f"/api/v1/items/?product=ATL&component={other['id']}").json()["results"] == []
    assert client.get("/api/v1/items/?product=ATL&component=none").json()["results"] == []
    assert client.get("/api/v1/items/?product=ATL&component=x").status_code == 400
    radar = make_component(world.actor("alice"), world.boreas, "Radar")
    wrong = {"product": "ATL", "title": "Wrong", "component": str(radar.uuid)}
    assert send(client, "POST", "/api/v1/items/", wrong).status_code == 422
    assert client.delete(f"/api/v1/components/{other['id']}/").status_code == 204
    assert client.get(f"/api/v1/components/{other['id']}/").status_code == 404


def test_the_settings_page_arranges_the_tree(world, sign_in):
    browser = sign_in(world.dora)
    empty = browser.get("/acme/settings/tree").content.decode()
    assert "There is no portfolio and no line yet" in empty
    assert (
        browser.post("/acme/settings/tree", {"level": "portfolio", "name": "Travel"}).status_code
        == 302
    )
    travel = ProductGroup.objects.get()
    browser.post(
        "/acme/settings/tree", {"level": "line", "name": "Bookings", "parent": travel.uuid}
    )
    line = ProductGroup.objects.get(name="Bookings")
    assert line.parent == travel
    deep = browser.post(
        "/acme/settings/tree", {"level": "portfolio", "name": "Deep", "parent": travel.uuid}
    )
    assert (deep.status_code, "A portfolio stands at the top" in deep.content.decode()) == (
        422,
        True,
    )
    browser.post("/acme/settings/tree/products/ATL", {"group": line.uuid, "version": 1})
    assert Product.objects.get(key="ATL").group == line
    stale = browser.post(
        "/acme/settings/tree/products/ATL", {"group": "", "reason": "Sold", "version": 1}
    )
    assert "Bookings" in stale.content.decode()
    refused = browser.post("/acme/settings/tree/products/ATL", {"group": "", "version": 2})
    assert "Say why it moves" in refused.content.decode()
    group = f"/acme/settings/tree/groups/{line.uuid}"
    assert browser.get(group).status_code == 200
    browser.post(group, {"name": "Trips", "parent": travel.uuid, "version": 1, "reason": ""})
    stale = browser.post(
        group, {"name": "Tours", "parent": travel.uuid, "version": 1, "reason": ""}
    )
    assert "Trips" in stale.content.decode()
    assert "Tours" in stale.content.decode()
    assert ProductGroup.objects.get(pk=line.pk).name == "Trips"
    make_group(world.actor("dora"), world.acme, "Weather", parent=travel)
    browser.post(f"{group}/shift", {"direction": "down"})
    assert [node for _, node in names(world, "dora")][1:3] == ["Weather", "Trips"]
    browser.post("/acme/settings/tree/products/ATL/shift", {"direction": "up"})
    full = browser.post(f"{group}/remove", follow=True).content.decode()
    assert "is not empty" in full


def test_components_are_arranged_in_the_settings_of_their_product(world, sign_in):
    browser = sign_in(world.alice)
    assert "No components yet" in browser.get("/acme/ATL/settings/components").content.decode()
    for name in ("Search", "Maps"):
        browser.post("/acme/ATL/settings/components", {"name": name})
    twice = browser.post("/acme/ATL/settings/components", {"name": "Maps"})
    assert twice.status_code == 422
    maps = Component.objects.get(name="Maps")
    own = f"/acme/ATL/settings/components/{maps.uuid}"
    browser.post(f"{own}/shift", {"direction": "up"})
    assert [c.name for c in Component.objects.all()] == ["Maps", "Search"]
    browser.post(own, {"name": "Routes", "version": 1})
    stale = browser.post(own, {"name": "Ways", "version": 1}).content.decode()
    assert "Routes" in stale
    form = browser.get("/acme/ATL/backlog/new").content.decode()
    assert "Routes" in form
    item = make_item(
        world.actor("alice"), world.atlas, component=Component.objects.get(name="Routes")
    )
    assert "Routes" in browser.get(item.get_absolute_url()).content.decode()
    filtered = browser.get(f"/acme/ATL/backlog/?component={maps.uuid}").content.decode()
    assert item.title in filtered
    assert "Component: Routes" in filtered
    browser.post(f"{own}/remove")
    assert Component.objects.live().filter(name="Routes").exists() is False
    assert (
        "Routes" not in sign_in(world.carol).get("/acme/ATL/settings/components").content.decode()
    )


def test_an_import_finds_components_by_name(world, tree):
    book = Book.of(world.atlas, None)
    assert book.component(" search ") == str(Component.objects.get(name="Search").uuid)
    with pytest.raises(Unfit) as unfit:
        book.component("Radar")
    assert "Search, Maps" in unfit.value.hint
    with pytest.raises(Unfit) as unfit:
        Book.of(world.boreas, None).component("Search")
    assert "settings" in unfit.value.hint
