"""Everything a service may refuse with. Each carries a sentence fit for the person who asked."""

from __future__ import annotations

from collections.abc import Mapping


class PlmError(Exception):
    """`message` is for people, `code` for programs; `fields` maps a field's name to what is wrong with it."""

    status = 400
    code = "error"
    title = "That did not work"

    def __init__(self, message: str = "", *, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message or self.title)
        self.message = message or self.title
        self.fields = dict(fields or {})


class Invalid(PlmError):
    """The input breaks a rule. Nothing was written."""

    status = 422
    code = "invalid"
    title = "Some values need another look"


class InvalidQuery(PlmError):
    """A filter, ordering or cursor that does not exist; the message lists what does."""

    status = 400
    code = "invalid_query"
    title = "That question cannot be answered"


class NotVisible(PlmError):
    """Missing, or not for this actor: one answer for both, so that nobody learns which."""

    status = 404
    code = "not_found"
    title = "Nothing here under that address"


class NotAllowed(PlmError):
    """The actor sees the record, but the role is too low or the token lacks the scope."""

    status = 403
    code = "not_allowed"
    title = "Your role does not allow that"


class InvalidMove(Invalid):
    """The workflow knows no such step."""

    status = 409
    code = "invalid_move"
    title = "That step is not possible from here"


class Conflict(PlmError):
    """Somebody else got there first, or the same thing exists already."""

    status = 409
    code = "conflict"
    title = "That clashes with what is already there"


class Stale(PlmError):
    """The caller edited an older version. `current` is the version that stands now."""

    status = 412
    code = "stale"
    title = "Somebody saved this while you were editing"

    def __init__(self, message: str = "", *, current: int = 0) -> None:
        super().__init__(message)
        self.current = current


class VersionMissing(PlmError):
    status = 428
    code = "version_missing"
    title = "Send If-Match with the version you read"


class TooLarge(PlmError):
    status = 413
    code = "too_large"
    title = "That is too large"


class LeaseLost(PlmError):
    """Another worker has taken this job over: whatever this one did is rolled back."""

    status = 409
    code = "lease_lost"
