"""Workspace, members, teams, customers, and what the team set up for itself."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from allauth.account.models import EmailAddress

from analytics.demo.past import rows_write
from analytics.demo.telling import BEGAN, Telling, clock_at, story
from ideas.models import Company, Person, Segment
from ideas.services.boards import board_create
from ideas.services.customers import company_create, person_create
from ideas.services.portals import portal_update
from ideas.services.segments import segment_create
from plm.events import emit, service
from plm.management.demo_logins import LOGINS
from plm.models import CustomField, Membership, Product, User, Workspace
from plm.permissions import Actor, Role
from plm.selectors import actor_of
from plm.services.fields import custom_field_create
from plm.services.hierarchy import group_create, product_place
from plm.services.notes import saved_view_create
from plm.services.workspaces import (
    product_create,
    product_cycle_begin,
    product_update,
    team_create,
    workspace_create,
)
from roadmap.services.lifecycle import phase_enter

TEAMS = ("Devices", "Control", "Insight", "Platform")
PORTFOLIO = "Energy for small business"
LINES = ("Energy on site", "Energy trading")
VOTERS = 110
PHASES = (
    (BEGAN + 15, "development", "Three bakeries will fit it as soon as it runs."),
    (-560, "introduction", "The first eleven sites pay."),
    (-300, "growth", "More sites a month come by word of mouth than we ask ourselves."),
)
CYCLES = (-400, -58)
VIEWS = (
    ("idea", "Most revenue", "order=-revenue&state=open&state=under_review"),
    ("idea", "New from customers", "source=customer&state=open&order=-created"),
    ("item", "Open bugs", "type=bug&state=backlog&state=todo&state=in_progress&state=in_review"),
    ("item", "This sprint", "sprint=current"),
    ("feedback", "To read", "state=new"),
)
ABOUT = (
    "Tarn watches what a shop, a bakery or a cold store draws, warns when something is wrong, and moves load that can"
    " wait out of the expensive quarter-hours."
)


def opened(slug: str, *, now: datetime, size: int, seed: int) -> Telling:
    """The workspace with its members, teams and product, as it was set up two years ago."""
    dice = random.Random(seed)  # noqa: S311 - a story, no secret
    with clock_at(now + timedelta(days=BEGAN)):
        users = {row["key"]: _user(row["name"]) for row in story("people")["member"]}
        owner = users["elif"]
        workspace = workspace_create(owner=owner, name="Halden Energy", slug=slug)
        Workspace.objects.filter(pk=workspace.pk).update(time_zone="Europe/Berlin")
        workspace.time_zone = "Europe/Berlin"
        _join(workspace, users, actor_of(owner))
        admin = actor_of(owner)
        product = product_create(
            actor=admin, workspace=workspace, name="Tarn", key="TRN", description=ABOUT
        )
        product = product_update(
            actor=admin, product=product, version=None, values={"portal_open": True}
        )
        product = _placed(admin, product)
        product.workspace = workspace
        telling = Telling(workspace, product, now, size, dice, users=users)
        telling.actors = {key: actor_of(user) for key, user in users.items()}
        telling.teams = {
            name: team_create(actor=admin, workspace=workspace, name=name) for name in TEAMS
        }
        _set_up(telling)
        _customers(telling)
        _segments(telling)
        _portal(telling)
        telling.voters = _voters(dice)
        telling.voices = _voices(telling)
    _phases(telling)
    return telling


def _placed(admin: Actor, product: Product) -> Product:
    """The product in its line; the line beside it has none yet."""
    workspace = product.workspace
    portfolio = group_create(actor=admin, workspace=workspace, level="portfolio", name=PORTFOLIO)
    lines = [
        group_create(actor=admin, workspace=workspace, level="line", name=name, parent=portfolio)
        for name in LINES
    ]
    return product_place(actor=admin, product=product, group=lines[0])


def _user(name: str) -> User:
    """The person of that name; an account that is there already stays as it is."""
    first = name.split(maxsplit=1)[0].casefold().replace("á", "a")
    return _account(f"{first}@tarn.example", name)


def _account(email: str, name: str) -> User:
    found = User.objects.filter(email=email).first()
    if found is None:
        passwords = {address: password for _, address, password in LOGINS}
        found = User.objects.create_user(email, passwords.get(email), name=name)
        EmailAddress.objects.create(user=found, email=email, verified=True, primary=True)
    return found


@service
def _join(workspace: Workspace, users: dict[str, User], admin: Actor) -> None:
    for row in story("people")["member"]:
        role = Role[row["role"]]
        _, made = Membership.objects.get_or_create(
            workspace=workspace, user=users[row["key"]], defaults={"role": role}
        )
        if made:
            actor = Actor(name=row["name"], user_id=users[row["key"]].pk)
            emit("member.joined", actor=actor, workspace_id=workspace.pk, role=role.label)
    del admin


def _set_up(telling: Telling) -> None:
    manager, product = telling.actors["maren"], telling.product
    fields: tuple[tuple[str, str, str, list[str]], ...] = (
        ("item", "Risk", "choice", ["Low", "Medium", "High"]),
        ("item", "Promised to a customer", "bool", []),
        ("idea", "Segment", "choice", SEGMENTS),
    )
    for kind, label, type_, choices in fields:
        custom_field_create(
            actor=manager, product=product, kind=kind, label=label, type=type_, choices=choices
        )
    for kind, name, query in VIEWS:
        saved_view_create(
            actor=manager, product=product, kind=kind, name=name, query=query, shared=True
        )


SEGMENTS = ["Bakery", "Food retail", "Cold storage", "Hotel", "Logistics", "Electrician", "Other"]


def _customers(telling: Telling) -> None:
    manager = telling.actors["maren"]
    _account("oskar@nordkorn.example", "Oskar Lindqvist")
    for row in story("people")["company"]:
        values = {
            "name": row["name"], "segment": row["segment"], "plan": row["plan"], "mrr": row["mrr"] or None,
            "external_id": row["domain"].partition(".")[0], "as_of": telling.today.replace(day=1),
        }  # fmt: skip
        company = company_create(actor=manager, workspace=telling.workspace, values=values)
        for name in row["people"]:
            first = name.removeprefix("Dr. ").split()[0].casefold()
            email = f"{first}@{row['domain']}"
            telling.persons[name] = person_create(
                actor=manager,
                workspace=telling.workspace,
                values={"name": name, "email": email, "company": company},
            )


def _segments(telling: Telling) -> None:
    """Whom the team listens to twice, and one that only describes."""
    for name, weight, rules in (
        ("Large customers", 2, [("mrr", "at_least", 3000)]),
        (
            "Food retail and bakeries",
            1,
            [("segment", "contains", "bake"), ("segment", "contains", "food")],
        ),
    ):
        rows = [{"field": field, "test": test, "value": value} for field, test, value in rules]
        values = {"name": name, "weight": Decimal(weight), "rules": rows, "any_of": True}
        segment_create(actor=telling.actors["maren"], workspace=telling.workspace, values=values)


def _portal(telling: Telling) -> None:
    """Its look, and two boards: one with a form of its own, one that only large customers read."""
    manager, product = telling.actors["maren"], telling.product
    portal_update(
        actor=manager, product=product, version=None,
        values={
            "name": "Tarn ideas", "accent": "#0b6e4f",
            "welcome": "Tell us what costs you power, time or sleep. We read every idea, and say here what comes of it.",
        },
    )  # fmt: skip
    asked = CustomField.objects.get(product=product, kind="idea", name="segment")
    telling.boards["installation"] = board_create(
        actor=manager, product=product, asks=[(asked, True)],
        values={"name": "Meters and installation", "description": "Clamps, fuse boxes, cellars without reception."},
    )  # fmt: skip
    large = Segment.objects.get(workspace=telling.workspace, name="Large customers")
    telling.boards["chains"] = board_create(
        actor=manager, product=product,
        values={
            "name": "Many shops", "description": "For customers with more than a few shops.", "privacy": "selected",
            "segment": large,
        },
    )  # fmt: skip


def _voters(dice: random.Random) -> list[User]:
    """Customers with an account on the portal. They cannot sign in until they ask for a password."""
    names = story("people")["names"]
    wanted: dict[str, str] = {}
    while len(wanted) < VOTERS:
        first, last = dice.choice(names["first"]), dice.choice(names["last"])
        wanted[f"{first}.{last}@customers.example".casefold()] = f"{first} {last}"
    there = set(User.objects.filter(email__in=wanted).values_list("email", flat=True))
    User.objects.bulk_create(
        User(email=email, name=name, password="!demo-voter")  # noqa: S106 - "!" is no password
        for email, name in wanted.items()
        if email not in there
    )
    known = {user.email: user for user in User.objects.filter(email__in=wanted)}
    oskar = User.objects.get(email="oskar@nordkorn.example")
    return [oskar, *(known[email] for email in wanted)]


def _voices(telling: Telling) -> dict[int, Person]:
    """The person behind each account, two of three in one of the companies."""
    workspace = telling.workspace
    found = {
        p.user_id: p for p in Person.objects.filter(workspace=workspace, user__in=telling.voters)
    }
    companies = list(Company.objects.filter(workspace=workspace).order_by("pk"))
    rows_write(
        [
            Person(
                workspace=workspace, name=user.name, email=user.email, user=user,
                company=companies[n * 7 % len(companies)] if n % 3 else None,
            )
            for n, user in enumerate(telling.voters)
            if user.pk not in found
        ]
    )  # fmt: skip
    rows = Person.objects.filter(workspace=workspace, user__in=telling.voters)
    return {person.user_id: person for person in rows if person.user_id is not None}


def _phases(telling: Telling) -> None:
    admin = telling.actors["elif"]

    def phase(name: str, reason: str) -> Any:
        product = Product.objects.get(pk=telling.product.pk)
        return phase_enter(actor=admin, product=product, phase=name, reason=reason)

    def cycle() -> Any:
        return product_cycle_begin(actor=admin, product=Product.objects.get(pk=telling.product.pk))

    for offset, name, reason in PHASES:
        telling.plan(telling.moment(offset), partial(phase, name, reason))
    for offset in CYCLES:
        telling.plan(telling.moment(offset), cycle)
