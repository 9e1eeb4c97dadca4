"""Brings the catalogues of remit's own words up to date: ``PYTHONPATH=tests python tests/support/catalogues.py``.

Takes every message from the source, keeps the translations that there are, leaves new ones empty and unused ones out, and
compiles what a program reads (``.mo``). It says what is still to be translated.
"""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT = Path(__file__).resolve().parents[2]
ENGINE = ROOT / "engine" / "remit"
FOLDER = ENGINE / "language" / "locales"
LANGUAGES = ("de", "es", "fr")

#: What is called with a text of remit's own: a locale (``_``, ``locale``, ``self``), what is shown later (``Message``,
#: ``Sentence``).
_CALLED = ("_", "locale", "self", "Message", "Sentence")
KEYWORDS: dict[str, Any] = dict.fromkeys(_CALLED) | {"plural": (1, 2)}
#: Where nothing is said to staff: words of commands and authors' tools stay English.
_LEFT_OUT = ("authoring", "cli/author.py")

_COMMENT = """\
# Remit's own words. docs/contributing.md says how to change them, and how staff and customers are addressed.
#"""


class _Undated(Catalog):
    """A catalogue that is the same whenever it was written."""

    @property
    def mime_headers(self) -> list[tuple[str, str]]:
        kept = ("Language", "Plural-Forms", "MIME-Version", "Content-Type", "Content-Transfer-Encoding")
        return [(name, value) for name, value in super().mime_headers if name in kept]


def messages() -> Iterator[tuple[str | tuple[str, str], str, list[str]]]:
    """Every message, the file that it is in, and what its author tells translators."""
    for path in sorted(ENGINE.rglob("*.py")):
        file = path.relative_to(ENGINE).as_posix()
        if not file.startswith(_LEFT_OUT):
            for _, text, comments, _ in extract_from_file("python", path, KEYWORDS, ("Translators:",), strip_comment_tags=True):
                if (text and not isinstance(text, tuple)) or (isinstance(text, tuple) and all(text)):
                    yield text, file, comments


def known(language: str) -> Catalog:
    """The catalogue as it is."""
    path = FOLDER / f"{language}.po"
    with open(path, "rb") as file:
        return read_po(file, locale=language)


def updated(language: str, old: Catalog) -> Catalog:
    """The catalogue with exactly the messages of the source."""
    new = _Undated(locale=language, header_comment=_COMMENT, fuzzy=False)
    for text, file, comments in messages():
        found: Message | None = old.get(text[0] if isinstance(text, tuple) else text)
        kept = found is not None and found.pluralizable == isinstance(text, tuple)
        new.add(text, found.string if found and kept else None, [(file, None)], auto_comments=comments)
    return new


def written(catalogue: Catalog) -> bytes:
    """The catalogue for translators."""
    out = BytesIO()
    write_po(out, catalogue, width=120, sort_by_file=True, include_lineno=False)
    return out.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue for programs."""
    out = BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Messages without a translation, or with one that is only half there."""
    return [str(each.id) for each in catalogue if each.id and not (all(each.string) if each.pluralizable else each.string)]


if __name__ == "__main__":
    for each in LANGUAGES:
        path = FOLDER / f"{each}.po"
        catalogue = updated(each, known(each) if path.exists() else Catalog(locale=each))
        path.write_bytes(written(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        missing = untranslated(catalogue)
        print(f"{each}: {len(catalogue)} messages, {len(missing)} to be translated", *missing, sep="\n  ")
