"""Segments: companies that are alike, named by rules instead of by lists."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any, ClassVar

from django.db import connections, models
from django.db.models import CharField, F, Func, Q, Value
from django.db.models.fields.json import KeyTransform

from ideas.models.customer import Company, CompanyQuerySet
from ideas.segments import Rule, rules_of
from plm.models import Tenanted
from plm.querysets import TenantedQuerySet


class JsonType(Func):
    """text, number or boolean: what a key of a JSON object holds, said alike by both databases; null where it is not there.

    PostgreSQL orders values of different types and SQLite compares texts with numbers, so a rule asks for the type.
    """

    output_field = CharField()

    def as_sqlite(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = self.as_sql(compiler, connection, function="JSON_TYPE", **extra)
        return f"CASE {sql} WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'true' THEN 'boolean'" \
               f" WHEN 'false' THEN 'boolean' WHEN 'text' THEN 'string' END", params  # fmt: skip

    def as_postgresql(self, compiler: Any, connection: Any, **extra: Any) -> Any:
        sql, params = self.as_sql(
            compiler, connection, template="jsonb_typeof(%(expressions)s)", arg_joiner=" -> ", **extra
        )  # fmt: skip
        return sql, params


def matching(rows: CompanyQuerySet, rules: tuple[Rule, ...], *, any_of: bool) -> CompanyQuerySet:
    """Companies that fit all of the rules, or any of them: one condition of one statement."""
    whole = Q()
    for n, rule in enumerate(rules):
        if rule.attribute:
            rows = rows.alias(
                **{f"rule_{n}": KeyTransform(rule.attribute, "attributes"), f"type_{n}": _type(rows, rule.attribute)}
            )  # fmt: skip
            part = _of_attribute(rule, f"rule_{n}", f"type_{n}")
        else:
            part = _of_column(rule)
        whole = whole | part if any_of and n else whole & part
    return rows.filter(whole)


def _type(rows: CompanyQuerySet, name: str) -> Func:
    sqlite = connections[rows.db].vendor == "sqlite"
    return JsonType(F("attributes"), Value(f'$."{name}"' if sqlite else name))


def _of_column(rule: Rule) -> Q:
    name = rule.field
    empty = Q(**{f"{name}__isnull": True}) if name in {"mrr", "arr", "as_of"} else Q(**{name: ""})
    if rule.test in {"known", "unknown"}:
        return ~empty if rule.test == "known" else empty
    exact = "iexact" if isinstance(rule.value, str) and name != "as_of" else "exact"
    return _tested(rule, name, exact)


def _of_attribute(rule: Rule, value: str, type_: str) -> Q:
    there = Q(**{f"{type_}__isnull": False})
    if rule.test in {"known", "unknown"}:
        return there if rule.test == "known" else Q(**{f"{type_}__isnull": True})
    kind = (
        "boolean" if isinstance(rule.value, bool)
        else "number" if isinstance(rule.value, int | float) else "string"
    )  # fmt: skip
    same = Q(**{type_: kind})
    if rule.test == "is_not":
        # What is not known, or of another type, is not that value either.
        fits = _tested(
            Rule(rule.field, "is", rule.value), value, "iexact" if kind == "string" else "exact"
        )
        return Q(**{f"{type_}__isnull": True}) | ~same | ~fits
    return same & _tested(rule, value, "iexact" if kind == "string" else "exact")


def _tested(rule: Rule, name: str, exact: str) -> Q:
    match rule.test:
        case "is":
            return Q(**{f"{name}__{exact}": rule.value})
        case "is_not":
            return ~Q(**{f"{name}__{exact}": rule.value})
        case "contains":
            return Q(**{f"{name}__icontains": rule.value})
        case "at_least":
            return Q(**{f"{name}__gte": rule.value})
        case _:
            return Q(**{f"{name}__lte": rule.value})


class SegmentQuerySet(TenantedQuerySet["Segment"]):
    """Reads of segments."""

    product_field = ""


class Segment(Tenanted):
    """Companies of a workspace that fit rules. `weight` is how much each of them counts where demand is weighted."""

    uuid = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    name = models.CharField(max_length=120)
    rules = models.JSONField(default=list)
    any_of = models.BooleanField(default=False)
    weight = models.DecimalField(max_digits=6, decimal_places=2, default=Decimal(1))
    version = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = SegmentQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name", "pk"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["workspace", "name"], name="segment_name_once"),
            models.CheckConstraint(
                condition=Q(weight__gte=0) & Q(weight__lte=100), name="segment_weight_bounded"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def companies(self) -> CompanyQuerySet:
        """Who is in it now. Archived companies are in no segment."""
        rows = Company.objects.live().filter(workspace_id=self.workspace_id)
        return matching(rows, rules_of(self.rules), any_of=self.any_of)
