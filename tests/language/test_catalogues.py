"""The catalogues of remit's own words: complete, in step with the source, and compiled."""

from __future__ import annotations

import re
from string import Formatter

import pytest

from remit.language.locales.messages import TRANSLATED
from support import catalogues
from support.catalogues import FOLDER, LANGUAGES, compiled, known, messages, untranslated, updated, written


def placeholders(text: str) -> list[str]:
    return sorted({name for _, name, _, _ in Formatter().parse(text) if name is not None})


@pytest.mark.parametrize("language", LANGUAGES)
class TestCatalogue:
    def test_has_exactly_the_messages_of_the_source(self, language: str) -> None:
        assert (FOLDER / f"{language}.po").read_bytes() == written(updated(language, known(language))), (
            "run PYTHONPATH=tests python tests/support/catalogues.py"
        )

    def test_is_compiled(self, language: str) -> None:
        assert (FOLDER / f"{language}.mo").read_bytes() == compiled(updated(language, known(language)))

    def test_translates_everything(self, language: str) -> None:
        assert untranslated(known(language)) == []

    def test_has_nothing_to_be_looked_at_again(self, language: str) -> None:
        assert [each.id for each in known(language) if each.id and each.fuzzy] == []

    def test_keeps_placeholders_and_what_joins_sentences(self, language: str) -> None:
        for each in known(language):
            if not each.id:
                continue
            ids = each.id if isinstance(each.id, tuple | list) else (each.id,)
            strings = each.string if isinstance(each.string, tuple | list) else (each.string,)
            for text in strings:
                assert placeholders(text) == placeholders(ids[-1]), each.id
                assert text.startswith(" ") == ids[0].startswith(" "), each.id
                assert re.findall("[.:?]?$", text)[0] == re.findall("[.:?]?$", ids[0])[0], each.id


def test_a_message_that_is_not_translated_is_found() -> None:
    catalogue = updated("de", known("de"))
    catalogue["Why"].string = ""
    assert "Why" in untranslated(catalogue)


def test_a_message_that_nothing_says_any_more_is_left_out() -> None:
    old = known("de")
    old.add("No such thing is said.", "Das sagt niemand.")
    assert "No such thing is said." not in updated("de", old)


def test_every_language_that_is_offered_has_a_catalogue() -> None:
    assert set(TRANSLATED) == set(LANGUAGES) == {path.stem for path in FOLDER.glob("*.mo")}


def test_texts_are_found_in_the_source() -> None:
    """What the extraction cannot read (an f-string, two texts in one call) would stay English."""
    found = {text if isinstance(text, str) else text[0] for text, _, _ in messages()}
    assert {"Why", "this goes to {who}", "{count} day", "or", "Which case is it?"} <= found
    for path in sorted((catalogues.ENGINE / "decision").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"""\b(_|Message|Sentence)\(f["']""", text), path
        assert not re.search(r"""\{[^{}"']*\b(_|Message)\(["']""", text), f"{path}: a text within an f-string"
