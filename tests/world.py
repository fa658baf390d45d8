"""The cast: alice manages, bob contributes, carol only looks, dora is admin, mallory belongs elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from plm.models import Counter, Membership, Product, User, Workspace
from plm.permissions import Actor, Role
from plm.selectors import actor_of

PASSWORD = "correct horse battery"


def make_user(name: str) -> User:
    return User.objects.create_user(f"{name}@example.com", PASSWORD, name=name.capitalize())


def make_session(user: User) -> str:
    """Sign somebody in, as the cookie of a browser says it."""
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def make_workspace(slug: str, **members: Role) -> tuple[Workspace, dict[str, User]]:
    workspace = Workspace.objects.create(slug=slug, name=slug.capitalize())
    people = {}
    for name, role in members.items():
        people[name] = make_user(name)
        Membership.objects.create(workspace=workspace, user=people[name], role=role)
    return workspace, people


def make_product(workspace: Workspace, key: str = "ATL", **values: Any) -> Product:
    product = Product.objects.create(
        workspace=workspace, key=key, name=values.pop("name", key.title()), **values
    )
    Counter.objects.create(product=product)
    return product


@dataclass
class World:
    """Two workspaces: `acme` with its cast and two products, `rival` with mallory."""

    acme: Workspace
    atlas: Product
    boreas: Product
    dora: User
    alice: User
    bob: User
    carol: User
    rival: Workspace
    rocket: Product
    mallory: User
    eve: User

    def actor(self, name: str) -> Actor:
        return actor_of(getattr(self, name))


def make_world() -> World:
    acme, people = make_workspace(
        "acme", dora=Role.ADMIN, alice=Role.MANAGER, bob=Role.CONTRIBUTOR, carol=Role.STAKEHOLDER
    )
    rival, others = make_workspace("rival", mallory=Role.ADMIN)
    return World(
        acme=acme,
        atlas=make_product(acme, "ATL", name="Atlas"),
        boreas=make_product(acme, "BOR", name="Boreas"),
        rival=rival,
        rocket=make_product(rival, "ROC", name="Rocket"),
        eve=make_user("eve"),
        **people,
        **others,
    )
