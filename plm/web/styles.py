"""The style sheets that every page asks for, sent as one file where files are collected.

A browser opens six connections: thirteen sheets are three rounds of a slow line before the first visit shows anything.
Which sheets they are, and in which order, stands in the template that links them one by one where nothing is collected.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files.base import ContentFile
from django.template.loader import get_template
from whitenoise.storage import CompressedManifestStaticFilesStorage

LINK = re.compile(r"\{% static '(css/[a-z]+\.css)' %\}")


def sheets() -> list[str]:
    """Names of the sheets of every page, in their order."""
    template: Any = get_template("components/style_links.html")
    return LINK.findall(Path(template.origin.name).read_text(encoding="utf-8"))


class OneSheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]
    """WhiteNoise's storage; `every_page` names the file that holds the sheets of every page."""

    every_page = "css/all.css"

    def post_process(self, paths: dict[str, Any], *args: Any, **options: Any) -> Iterator[Any]:
        """The file is made of what was collected; names with hashes, and compression, follow as for any other."""
        if not options.get("dry_run"):
            parts = [Path(self.path(name)).read_bytes() for name in sheets()]
            self.delete(self.every_page)
            self.save(self.every_page, ContentFile(b"\n".join(parts)))
            paths = {**paths, self.every_page: (self, self.every_page)}
        yield from super().post_process(paths, *args, **options)
