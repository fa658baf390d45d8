"""Bytes to text: byte order marks first, then UTF-8, then what the bytes look like."""

from __future__ import annotations

import codecs

from plm.tabular.table import Unreadable

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SAMPLE = 64 * 1024


def decoded(data: bytes) -> tuple[str, str]:
    """(text, encoding). Raises Unreadable for bytes that are no text, and for NUL characters, naming the row."""
    encoding = _encoding(data)
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        row = data[: error.start].count(b"\n") + 1
        raise Unreadable(
            f"The file looks like {encoding}, but row {row} is not. Save it as UTF-8 and send it again.",
            row=row,
        ) from None
    if "\x00" in text:
        row = text[: text.index("\x00")].count("\n") + 1
        raise Unreadable(f"Row {row} holds a NUL character; no text has those. Remove it.", row=row)
    return text, encoding.removesuffix("-sig")


def _encoding(data: bytes) -> str:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    if guess := _without_mark(data[:SAMPLE]):
        return guess
    try:
        data.decode()
    except UnicodeDecodeError:
        # 3 MB that a process needs once somebody imports a file of an older time.
        from charset_normalizer import from_bytes  # noqa: PLC0415

        best = from_bytes(data[:SAMPLE]).best()
        return _common_name(data[:SAMPLE], best.encoding if best is not None else "cp1252")
    return "utf-8"


def _common_name(sample: bytes, encoding: str) -> str:
    """Windows' western code page where it reads the bytes the same way as a rarer one."""
    same = sample.decode(encoding, "replace") == sample.decode("cp1252", "replace")
    return "cp1252" if same else encoding


def _without_mark(sample: bytes) -> str:
    """UTF-16 that forgot its mark: every other byte of mostly Latin text is NUL."""
    half = max(1, len(sample) // 2)
    odd, even = sample[1::2].count(0) / half, sample[0::2].count(0) / half
    if odd > 0.4 and even < 0.05:
        return "utf-16-le"
    return "utf-16-be" if even > 0.4 and odd < 0.05 else ""
