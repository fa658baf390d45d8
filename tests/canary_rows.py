"""Rows for canaries to stand in: one of each table that holds text, made from what the table itself says it needs."""

from __future__ import annotations

import itertools
from datetime import timedelta
from uuid import uuid4

from django.db import IntegrityError, models, transaction
from django.utils import timezone

from ideas.models import Idea
from plm.models import Product, User, Workspace
from tests.make import make_company, make_idea, make_person

_numbers = itertools.count(1)
GIVEN = {
    "backlog.criterion": lambda world: {"slot": 1},
    "backlog.scenario": lambda world: {"model_version": 1},
    "feedback.feedbacklink": lambda world: {
        "idea": Idea.objects.filter(product=world.atlas).first()
    },
    "ideas.segment": lambda world: {"rules": [{"field": "name", "test": "contains", "value": "a"}]},
    "ideas.statusnotice": lambda world: {"state": "planned"},
    "ideas.merge": lambda world: {"target": make_idea(world.actor("alice"), world.atlas, "Same")},
    "ideas.personmerge": lambda world: {
        "target": make_person(world.actor("alice"), world.acme, email="twin@example.com")
    },
    "ideas.companymerge": lambda world: {
        "target": make_company(world.actor("alice"), world.acme, name="Twin")
    },
}
"""What a table needs beyond what its fields say, by its label in lower case."""
COMPUTED = {"backlog.standingbasis", "roadmap.planproposal"}
"""What a job makes whole or not at all."""


def one_more(world, model, place):
    """A row of the table in Atlas, or None where the database refuses what its fields alone suggest. `place` says where
    a row stands."""
    if model._meta.label_lower in COMPUTED:
        return None
    values = {}
    for field in model._meta.concrete_fields:
        if not is_needed(field):
            continue
        values[field.attname] = value_for(world, field, place)
        if values[field.attname] is None:
            return None
    for name, value in GIVEN.get(model._meta.label_lower, lambda world: {})(world).items():
        values.pop(f"{name}_id", None)
        values[name] = value
    try:
        with transaction.atomic():
            return model._base_manager.create(**values)
    except (IntegrityError, ValueError):
        return None


def is_needed(field):
    if field.is_relation and field.related_model in (Product, Workspace):
        return True
    if isinstance(field, models.AutoField) or field.has_default() or field.null or field.blank:
        return False
    return not getattr(field, "auto_now_add", False) and not getattr(field, "auto_now", False)


def value_for(world, field, place):
    if field.is_relation:
        return linked(world, field.related_model, place)
    number = next(_numbers)
    if getattr(field, "choices", None):
        return field.choices[0][0]
    made = {
        models.EmailField: lambda: f"canary{number}@example.com",
        models.FileField: lambda: f"none{number}.txt",
        models.JSONField: dict,
        models.UUIDField: uuid4,
        models.DateTimeField: lambda: timezone.now() + timedelta(minutes=number),
        models.DateField: lambda: timezone.localdate() + timedelta(days=number),
        models.BooleanField: bool,
        (models.CharField, models.TextField): lambda: f"canary{number}"[: field.max_length or 40],
    }
    return next((make() for kinds, make in made.items() if isinstance(field, kinds)), number)


def linked(world, model, place):
    """The key of something in Atlas, or of acme where the table knows no product."""
    if model is Product:
        return world.atlas.pk
    if model is Workspace:
        return world.acme.pk
    if model is User:
        return world.alice.pk
    rows = model._base_manager.order_by("pk")
    found = next((row for wanted in ("atl", "acme") for row in rows if place(world, row) == wanted), None)  # fmt: skip
    found = found or one_more(world, model, place)
    return None if found is None else found.pk
