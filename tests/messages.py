"""The portal's words in other languages: `make messages` brings the catalogues up to what the sources say.

Texts are found where the sources mark them: in templates by Django's own parser, in modules by Babel's. A text that
is not translated yet stands empty in the catalogue, and `tests/house/test_messages.py` names it.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import django
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.template import Template
from django.templatetags.i18n import BlockTranslateNode, TranslateNode

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("plm", "ideas", "roadmap")
KEYWORDS: dict[str, Any] = {
    "_": None, "gettext": None, "gettext_lazy": None, "gettext_noop": None,
    "ngettext": (1, 2), "ngettext_lazy": (1, 2), "pgettext": ((1, "c"), 2), "pgettext_lazy": ((1, "c"), 2),
}  # fmt: skip
Found = tuple[str, "str | tuple[str, ...]", "str | None"]


def catalogues() -> list[Path]:
    return sorted(ROOT.glob("*/locale/*/LC_MESSAGES/django.po"))


def wanted() -> Catalog:
    """Every text that is marked, with the files it stands in."""
    catalog = Catalog(charset="utf-8", fuzzy=False)
    for where, text, context in [*_of_modules(), *_of_templates()]:
        catalog.add(text, locations=[(where, 0)], context=context)
    return catalog


def _of_modules() -> Iterator[Found]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            with path.open("rb") as source:
                for _, text, _, context in extract("python", source, keywords=KEYWORDS):
                    yield str(path.relative_to(ROOT)), text, context


def _of_templates() -> Iterator[Found]:
    for path in sorted((ROOT / "templates").rglob("*.*")):
        source = path.read_text()
        if "translate" not in source:
            continue
        where = str(path.relative_to(ROOT))
        nodes: Any = Template(source).nodelist
        for block in nodes.get_nodes_by_type(BlockTranslateNode):
            yield where, _block(block), None
        for single in nodes.get_nodes_by_type(TranslateNode):
            said = single.filter_expression.var
            text = said if isinstance(said, str) else said.literal
            if text is not None:  # What a variable holds is marked where it is made.
                yield where, str(text), None


def _block(node: BlockTranslateNode) -> str | tuple[str, ...]:
    one, _ = node.render_token_list(node.singular)
    if not node.plural:
        return str(one)
    many, _ = node.render_token_list(node.plural)
    return str(one), str(many)


def updated(path: Path) -> Catalog:
    """The catalogue as it stands, with every text that is wanted and none that is not."""
    with path.open("rb") as source:
        catalog = read_po(source, locale=path.parent.parent.name, domain="django")
    catalog.update(wanted(), no_fuzzy_matching=True)
    catalog.obsolete.clear()
    catalog.project, catalog.msgid_bugs_address, catalog.last_translator = "plm", "", ""
    catalog.language_team = ""
    return catalog


def as_text(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_po(out, catalog, width=110, sort_output=True, omit_header=False, include_lineno=False)
    return out.getvalue()


def compiled(catalog: Catalog) -> bytes:
    out = io.BytesIO()
    write_mo(out, catalog)
    return out.getvalue()


def untranslated(catalog: Catalog) -> list[str]:
    return [
        str(message.id)
        for message in catalog
        if message.id and (message.fuzzy or not _full(message.string))
    ]


def _full(text: Any) -> bool:
    return bool(text) and (isinstance(text, str) or all(text))


def main() -> int:
    for path in catalogues():
        catalog = updated(path)
        path.write_bytes(as_text(catalog))
        with path.open("rb") as source:
            catalog = read_po(source, locale=path.parent.parent.name, domain="django")
        path.with_suffix(".mo").write_bytes(compiled(catalog))
        missing = untranslated(catalog)
        sys.stdout.write(
            f"{path.relative_to(ROOT)}: {len(catalog)} texts, {len(missing)} to translate\n"
        )
        sys.stdout.writelines(f"  {text}\n" for text in missing)
    return 0


if __name__ == "__main__":
    import os

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "plm.config.settings")
    django.setup()
    sys.exit(main())
