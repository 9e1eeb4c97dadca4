"""Characters that cannot be seen, or look like spaces: named where they do harm, left alone where people need them."""

from __future__ import annotations

import pytest

from remit.policy.loader import inspect_model, read_model
from support.golden import CASES

GOOD = (CASES / "policy" / "good" / "front-desk.yaml").read_text(encoding="utf-8")
TEXT = "Anyone at the desk puts a small thing right at once."


def problems(right: str, wrong: str, stored: bool = False) -> list[str]:
    assert right in GOOD
    return [f"{each.message}; {each.hint}" for each in inspect_model(GOOD.replace(right, wrong), "p.yaml", is_stored=stored)[1]]


@pytest.mark.parametrize(
    "text",
    [
        "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645",  # Persian, with a joiner
        "Well done \U0001f468\u200d\U0001f469\u200d\U0001f467",  # a family of three
        "\u05e9\u05dc\u05d5\u05dd (\u200f5)",
        "We\u00a0are\u202fsorry\u2007indeed",
        "|\n      \u00a0Note: what follows\n      \u00a0- counts",
        '"We are sorry.\n      \u00a0Note: truly"',
    ],
)
def test_what_people_need_is_left_alone(text: str) -> None:
    assert problems(TEXT, text) == []


@pytest.mark.parametrize("char", "\u200b\u00ad\u2060\u180e\u200c\u200d\u200e\u200f\u061c")
def test_what_hides_in_latin_text_is_named(char: str) -> None:
    (told,) = problems("Folio credit", f"Folio{char} credit")
    assert f"U+{ord(char):04X}" in told


@pytest.mark.parametrize("blank", "\u00a0\u2003\u2007\u202f\u3000")
@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("  credit: {", "{0}{0}credit: {{"),
        ("  - id: small", "{0} - id: small"),
        ("  - id: small", "  -{0}id: small"),
        ("otherwise: escalate", "otherwise:{0}escalate"),
        ("rules:\n", "{0}\nrules:\n"),
        ("rules:\n", "{0}# what widens\nrules:\n"),
    ],
)
def test_a_blank_that_is_no_space_is_named_and_the_rest_is_read(blank: str, right: str, wrong: str) -> None:
    (told,) = problems(right, wrong.format(blank))
    assert told.startswith(f"the character U+{ord(blank):04X} (")


def test_a_blank_in_braces_is_named() -> None:
    (told,) = problems("stay.nights: {type: integer", "stay.nights: {type:\u00a0integer")
    assert told.endswith("the blank in it is no space but U+00A0 (no-break space): type it again")


@pytest.mark.parametrize("letter", "yYnN")
def test_a_letter_that_is_a_truth_value_to_others(letter: str) -> None:
    assert len(problems("of: [noise, cleanliness, injury]", f"of: [noise, cleanliness, injury, {letter}]")) == 1
    assert problems("of: [noise, cleanliness, injury]", f'of: [noise, cleanliness, injury, "{letter}"]') == []
    named = GOOD.replace("stay.nights", letter)
    assert inspect_model(named)[1] == (), "as the name of a fact it is one name of many"


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("of: [noise, cleanliness, injury]", "of: [noise, cleanliness, injury, n]"),
        ("Folio credit", "Folio\u200b credit"),
        ("rules:\n", "\n# a comment\n\nrules:\n"),
    ],
)
def test_what_a_ledger_holds_is_read_as_when_it_was_accepted(right: str, wrong: str) -> None:
    assert problems(right, wrong, stored=True) == []
    assert read_model(GOOD.replace(right, wrong), is_stored=True).id == "front-desk"
