"""Texts that are cut at a comment, and values in the quotes of a word processor."""

from __future__ import annotations

import pytest

from remit.authoring.checks.catalogue import warnings
from remit.policy.loader import read_model
from support.golden import CASES

GOOD = (CASES / "checks" / "texts" / "curly-quotes" / "good.yaml").read_text(encoding="utf-8")


def told(right: str, wrong: str) -> list[str]:
    assert right in GOOD
    return [f"{problem.code}: {problem.hint}" for problem, _ in warnings(read_model(GOOD.replace(right, wrong)))]


@pytest.mark.parametrize(
    "text",
    ["Room #5 credit", "See #12 of the handbook", "Which room #?", "Our #1 guest", "Credit\t#5", "Late #hashtag"],
)
def test_a_text_that_reads_on_behind_the_hash_is_told(text: str) -> None:
    (found,) = told("title: At the counter", f"title: {text}")
    words = text.replace("\t", " ")
    assert found == f'texts/cut-short: put it in quotes: `"{words}"`; a comment has a space after its `#`'


@pytest.mark.parametrize(
    "text",
    [
        "Credits # the new ones",
        "Room#5 credit",
        '"Room #5 credit"',
        "'Room #5'",
        "Credits  ##",
        "Credits #",
        '"At the counter" #5',
    ],
)
def test_comments_and_quoted_texts_are_not_told(text: str) -> None:
    assert told("title: At the counter", f"title: {text}") == []


def test_it_is_told_in_lists_and_amounts_too() -> None:
    assert len(told("    may: {credit: 20 EUR}", "    may:\n      credit: 20 EUR #5 in all")) == 1
    assert len(told("ladder: [agent, manager]", "ladder:\n  - agent #1\n  - manager")) == 1


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("\u201cDesk\u201d", "Desk"),
        ("\u201eDesk\u201c", "Desk"),
        ("\u2018Desk\u2019", "Desk"),
        ("\u00abDesk\u00bb", "Desk"),
        ("\u00bbDesk\u00ab", "Desk"),
        ("\u2039Desk\u203a", "Desk"),
        ("\u201cIt is \\ here\u201d", "It is \\ here"),
    ],
)
def test_quotes_around_a_value_are_told(text: str, meant: str) -> None:
    (found,) = told("title: At the counter", f"title: {text}")
    quote = "'" if "\\" in meant else '"'
    assert found == f"texts/curly-quotes: write `{quote}{meant}{quote}`"


@pytest.mark.parametrize(
    "text",
    ["At the \u201cdesk\u201d", "\u201cDesk\u201d and shop", '"\u201cDesk\u201d"', "\u2019s", "Guest\u2019s desk", "\u201d"],
)
def test_quotes_inside_a_text_are_not_told(text: str) -> None:
    assert told("title: At the counter", f"title: {text}") == []
