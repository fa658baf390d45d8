"""Filters of items as they were: those of the list of now that events can answer for thousands of items."""

from __future__ import annotations

from typing import Any

from django import forms

from backlog.filters.items import ItemFilter, key_of
from backlog.models import BacklogItem
from backlog.selectors.backlog_past_wanted import Link, Wanted
from plm.errors import InvalidQuery
from plm.filters import misread
from plm.models import Product
from plm.permissions import Actor
from plm.selectors import members_of

OFFERED = (
    "q", "state", "type", "owner", "team", "tag", "priority", "parent", "sprint", "component", "idea", "scored", "due_before",
)  # fmt: skip
NOT_OFFERED = ("when something was changed", "ids of other systems")
"""In the words of the page: what the list of now can be narrowed by and that of then cannot, because the history does not
hold it."""


class PastItemFilter(ItemFilter):
    """Read into a `Wanted`; no QuerySet is filtered. People, teams and components are told by the name they have now."""

    @classmethod
    def get_filters(cls) -> Any:
        declared: Any = super().get_filters()  # type: ignore[no-untyped-call]
        return {name: declared[name] for name in OFFERED}

    @classmethod
    def of(cls, actor: Actor, product: Product, params: Any, *, by_client: bool = False) -> Any:
        rows = BacklogItem.objects.none()
        ours = {"product_id": product.pk} if by_client else {"product": product}
        return cls(params, rows, actor=actor, workspace_id=product.workspace_id, **ours)

    def wanted(self) -> Wanted:
        """What the query asks for. Raises InvalidQuery with one message per field."""
        self.form.is_valid()
        messages = {name: " ".join(errors) for name, errors in self.form.errors.items()}
        messages |= misread(self, by_client=self.product is None)
        if messages:
            raise InvalidQuery("Some filters have values that do not fit.", fields=messages)
        given = self.form.cleaned_data
        sprint = (given["sprint"] or "").strip()
        named = {"parent": ("none",), "sprint": ("current", "none")}
        references = {
            name: self._record(name, given[name].strip(), words)
            for name, words in named.items()
            if given[name] and not (name == "sprint" and sprint == "current")
        }
        return Wanted(
            given["q"] or "",
            frozenset(given["state"]),
            frozenset(given["type"]),
            {name: link for name in ("team", "component") if (link := _link(given[name]))}
            | self._owner(given["owner"] or "")
            | references,
            given["scored"],
            frozenset(given["priority"]),
            " ".join((given["tag"] or "").split()).casefold(),
            given["due_before"],
            sprint == "current",
            self._record("idea", given["idea"].strip(), ()) if given["idea"] else None,
        )

    def _record(self, name: str, value: str, words: tuple[str, ...]) -> Link:
        if value == "none" and value in words:
            return Link(None, None)
        return Link(key_of(self.workspace_id, name, value, ", ".join(words)), value.upper())

    def _owner(self, value: str) -> dict[str, Link]:
        if not value:
            return {}
        if value == "none":
            return {"owner": Link(None, None)}
        if value == "me":
            found = members_of(self.workspace_id).filter(pk=self.actor.user_id or 0).first()
        else:
            try:
                found = (
                    members_of(self.workspace_id)
                    .filter(uuid=forms.UUIDField().clean(value))
                    .first()
                )
            except forms.ValidationError:
                raise InvalidQuery(
                    "Give me, none, or a person's id.", fields={"owner": "Unknown person."}
                ) from None
        return {"owner": Link(found.pk, str(found)) if found else Link(0, "")}


def _link(given: Any) -> Link | None:
    if not given:
        return None
    return Link(None, None) if given == "none" else Link(given.pk, given.name)
