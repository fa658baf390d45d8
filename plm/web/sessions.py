"""Django's sessions in the database; the one read that every page makes of them is composed once."""

from __future__ import annotations

from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.models import Session
from django.db.models import CharField, DateTimeField, QuerySet
from django.utils import timezone

from plm.composed import KeyRead
from plm.permissions import ANONYMOUS
from plm.querysets import Slot


@KeyRead
def _live(_: Any, __: None) -> QuerySet[Session]:
    return Session.objects.filter(
        session_key=Slot("key", CharField()), expire_date__gt=Slot("now", DateTimeField())
    )


class SessionStore(db.SessionStore):
    def _get_session_from_db(self) -> Session | None:
        """None, and no key any more, for one that is unknown or over."""
        found = _live.first(ANONYMOUS, key=self.session_key, now=timezone.now())
        if found is None:
            self._session_key = None
        return found
