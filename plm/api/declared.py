"""Fields of a serializer that are quick to have for each call."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from functools import lru_cache
from typing import Any

from django.utils.functional import cached_property
from rest_framework import serializers
from rest_framework.fields import empty
from rest_framework.utils.serializer_helpers import BindingDict
from rest_framework.validators import ProhibitSurrogateCharactersValidator

from plm.markdown import too_long


class Declared(serializers.Serializer[Any]):
    """DRF makes every declared field again from its arguments for each call and binds it, which took a fifth of a write.

    Here they are made and bound once for the class. A call has copies, of which only the parent is its own, and what
    checks a JSON object has them of the fields it needs.
    """

    @cached_property
    def fields(self) -> BindingDict:
        mine = BindingDict(self)
        for name, field in _bound(type(self)).items():
            mine.fields[name] = _copied(field, self)
        return mine

    @property
    def known(self) -> Mapping[str, Any]:
        """The fields as they are declared, to ask what they are called and take: as fields of the call only if it has
        its own already."""
        own: Mapping[str, Any] | None = self.__dict__.get("fields")
        return _bound(type(self)) if own is None else own

    @property
    def _writable_fields(self) -> list[Any]:
        """DRF leaves out a field that is not sent where nobody requires it and it has no default."""
        sent = getattr(self, "initial_data", None)
        if type(sent) is not dict or "fields" in self.__dict__:
            return list(super()._writable_fields)
        return [
            _copied(field, self)
            for name, field in _bound(type(self)).items()
            if not field.read_only
            and (name in sent or field.required or field.default is not empty)
        ]

    def _read_only_defaults(self) -> dict[str, Any]:
        if not _has_read_only_defaults(type(self)):
            return {}
        found: dict[str, Any] = super()._read_only_defaults()
        return found


@lru_cache(maxsize=512)
def _bound(of: type[Declared]) -> dict[str, Any]:
    """The declared fields with their names and sources."""
    bound = BindingDict(serializers.Serializer())
    for name, field in deepcopy(of._declared_fields).items():  # noqa: SLF001 - as DRF reads them
        bound[name] = field
    return dict(bound.items())


@lru_cache(maxsize=512)
def _has_read_only_defaults(of: type[Declared]) -> bool:
    return any(field.read_only and field.default is not empty for field in _bound(of).values())


def _copied(field: Any, parent: Any) -> Any:
    if isinstance(field, serializers.BaseSerializer):
        # It keeps fields and data of its own.
        anew: Any = deepcopy(field)
        anew.bind(field.field_name, parent)
        return anew
    made = object.__new__(type(field))
    made.__dict__.update(field.__dict__)
    made.parent = parent
    if "child" in made.__dict__:
        made.child = _copied(made.child, made)
    return made


class LongText(serializers.CharField):
    """A text whose refusal says how long it is and how long it may be."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        # DRF's own looks at one character after another.
        self.validators = [
            check for check in self.validators if not isinstance(check, ProhibitSurrogateCharactersValidator)
        ]  # fmt: skip

    def to_internal_value(self, data: Any) -> str:
        text = str(super().to_internal_value(data))
        if self.max_length and (wrong := too_long(text, self.max_length)):
            raise serializers.ValidationError(wrong, code="max_length")
        try:
            text.encode()
        except UnicodeEncodeError:
            ProhibitSurrogateCharactersValidator()(text)
        return text
