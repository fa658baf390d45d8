"""Which bytes are an image that a browser may show: by content, whatever the file is called. SVG holds scripts, so it is
none."""

from __future__ import annotations

HEAD = 16
"""Bytes that are enough to tell."""


def image_type(head: bytes) -> str:
    """The media type of PNG, JPEG, GIF or WebP by its first bytes; empty for all else."""
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith((b"GIF87a", b"GIF89a")):
        return "image/gif"
    return "image/webp" if head[:4] == b"RIFF" and head[8:12] == b"WEBP" else ""


ENDINGS = {
    "image/png": (".png",), "image/jpeg": (".jpg", ".jpeg"), "image/gif": (".gif",), "image/webp": (".webp",)
}  # fmt: skip


def shown_type(name: str, head: bytes) -> str:
    """The media type of what is an image by its name as well; empty for all else, such as a GIF that is called gif.js."""
    found = image_type(head)
    return found if name.lower().endswith(ENDINGS.get(found, ("/",))) else ""


def image_name(name: str, head: bytes) -> str:
    """The name with the ending of its type where it has another one."""
    return name if shown_type(name, head) else f"{name}{ENDINGS[image_type(head)][0]}"
