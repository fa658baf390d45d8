"""Static files, collected anew only when one of their sources changed."""

from __future__ import annotations

import hashlib
from importlib.metadata import version
from io import StringIO
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

# Packages bring these; no page of ours asks for them, and compressing them takes most of the time.
UNUSED = ["redoc*", "rest_framework"]


def stale() -> bool:
    return _collected_from() != [_typeface(), _sources()]


def collect() -> None:
    call_command("build_font", force=_collected_from()[:1] != [_typeface()], stdout=StringIO())
    call_command(
        "collectstatic", interactive=False, clear=True, verbosity=0, ignore_patterns=UNUSED
    )
    _stamp().write_text(f"{_typeface()}\n{_sources()}\n", encoding="ascii")


def _stamp() -> Path:
    return Path(settings.STATIC_ROOT) / ".sources"


def _collected_from() -> list[str]:
    return _stamp().read_text(encoding="ascii").splitlines() if _stamp().is_file() else []


def _typeface() -> str:
    return version("fontpkg-inter")


def _sources() -> str:
    """Names, sizes and times of all files; a few milliseconds where reading them would be seconds."""
    digest = hashlib.sha256(settings.STORAGES["staticfiles"]["BACKEND"].encode())
    for finder in get_finders():
        for name, storage in finder.list(None):
            facts = Path(storage.path(name)).stat()
            digest.update(f"{name} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
