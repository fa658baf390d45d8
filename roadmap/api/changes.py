"""The roadmap as of a moment, and what changed on it between two, in JSON."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from plm.api.answers import listed
from plm.api.parameters import moment_parameter
from plm.api.views import OfProduct
from plm.errors import InvalidQuery
from plm.filters import refuse_unknown
from plm.models import Product
from plm.past import moment_asked
from roadmap.scope import ScopeChange
from roadmap.selectors.changes import ChangeLine, roadmap_changes
from roadmap.selectors.past_rows import rows_as_of
from roadmap.serializers.changes import PastPlaceAnswer, RoadmapChangeAnswer


class RoadmapChangesView(OfProduct):
    """What is different between two moments."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(
        responses=listed("RoadmapChanges", RoadmapChangeAnswer),
        parameters=[moment_parameter("from"), moment_parameter("to")],
    )
    def get(self, request: Request, key: str) -> Response:
        """Items that are different at `to` from what they were at `from`, what slipped most first: the first 500."""
        params = request.query_params
        refuse_unknown(params, {"workspace", "from", "to"})
        product = self.product(key, "placement.view")
        since = moment_asked(params.get("from", ""), "from")
        until = moment_asked(params.get("to", ""), "to")
        if since > until:
            raise InvalidQuery(
                "The second moment lies before the first.",
                fields={"to": "Give the same moment as in `from`, or a later one."},
            )
        found = roadmap_changes(self.actor, product, since, until, scopes=True, ranks=True)
        return Response({"results": [_json(line) for line in found.lines]})


class RoadmapAsOfView(OfProduct):
    """The roadmap as it was."""

    tags: ClassVar[Mapping[str, str]] = {"": "Roadmap"}
    single = False
    policies: ClassVar[Mapping[str, str]] = {"get": "placement.view"}

    @extend_schema(
        responses=listed("RoadmapAsOf", PastPlaceAnswer), parameters=[moment_parameter("at")]
    )
    def get(self, request: Request, key: str) -> Response:
        """The placed items with what stood at the moment `at`, what begins first being first."""
        refuse_unknown(request.query_params, {"workspace", "at"})
        product = self.product(key, "placement.view")
        moment = moment_asked(request.query_params.get("at", ""))
        rows = rows_as_of(self.actor, product, moment)
        return Response({"results": [_place_json(product, row) for row in rows]})


LINKS = {"objective": "objective__title", "release": "release__title"}
PLACE = ("bucket", "starts_on", "ends_on", "grain", "commitment", "health")


def _place_json(product: Product, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "reference": f"{product.key}-{row['item__number']}",
        "title": row["item__title"],
        "state": row["item__state"],
        "team": row["item__team__name"],
        "owner": row["item__owner__name"],
        **{name: row[name] for name in PLACE},
        **{name: row[column] or None for name, column in LINKS.items()},
    }


def _json(line: ChangeLine) -> dict[str, Any]:
    return {
        "reference": line.item.reference,
        "title": line.item.title,
        "change": line.said.kind,
        "days": line.said.days,
        "fields": {name: list(pair) for name, pair in line.fields.items()},
        "requirements": line.scope and _scope_json(line.scope),
        "reasons": list(line.reasons),
        "by": line.by,
    }


def _scope_json(scope: ScopeChange) -> dict[str, Any]:
    return {
        "added": list(scope.added),
        "removed": list(scope.removed),
        "reworded": [list(pair) for pair in scope.reworded],
    }
