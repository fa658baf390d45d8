"""Drawings of the package `lucide` as SVG.

Its own functions open the archive and read the list of all its drawings, 15 ms, for each icon that a process meets first;
here once for a process.
"""

from __future__ import annotations

import functools
import io
from importlib import resources
from xml.etree import ElementTree as ET
from zipfile import ZipFile

SVG = "http://www.w3.org/2000/svg"


class UnknownIconError(LookupError):
    """The package has no drawing of this name."""


@functools.cache
def _archive() -> ZipFile:
    return ZipFile(io.BytesIO(resources.files("lucide").joinpath("lucide.zip").read_bytes()))


@functools.lru_cache(maxsize=512)
def drawing(name: str, size: int, *, hidden: bool = False) -> str:
    """An SVG of `size` pixels; `hidden` from readers of screens where a text beside it says the same.

    Raises UnknownIconError.
    """
    try:
        text = _archive().read(f"{name}.svg")
    except KeyError as error:
        raise UnknownIconError(name) from error
    svg = ET.fromstring(text)  # noqa: S314 - the package's own files
    for node in svg.iter():
        node.tag = node.tag.removeprefix(f"{{{SVG}}}")
    svg.attrib |= {"width": str(size), "height": str(size)} | (
        {"aria-hidden": "true"} if hidden else {}
    )
    return " ".join(ET.tostring(svg, encoding="unicode").split())
