"""Regular expressions: the standard's syntax, its differences from Python's, two engines that agree, and no endless search."""

from __future__ import annotations

import re
import sys
import unicodedata
from typing import Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.language import pattern
from remit.language.pattern import backtrack, classes, linear
from remit.language.pattern.pattern_parser import parse
from remit.language.pattern.pattern_tree import Either, Expression, Group, PatternRow, Repeat
from support.steps import steps

MATCHES: Final = [
    # text, pattern, flags, whether it matches
    ("refund", "fun", "", True),
    ("refund", "^fun", "", False),
    ("refund", "fund$", "", True),
    ("refund\n", "fund$", "", False),
    ("refund", "r.*d", "", True),
    ("re\rfund", "e.f", "", False),
    ("re\nfund", "e.f", "s", True),
    ("", "", "", True),
    ("colour color", "colou?r color", "", True),
    ("aaa", "^a{3}$", "", True),
    ("aaaa", "^a{2,3}$", "", False),
    ("aaaa", "^a{2,}$", "", True),
    ("ab|c", "^ab\\|c$", "", True),
    ("cab", "^(?:c|d)ab$", "", True),
    ("abcabc", "^(a(b)c)\\1$", "", True),
    ("abcab", "^(a(b)c)\\1$", "", False),
    ("ab1", "^(a)(b)\\21$", "", False),
    ("abb1", "^(a)(b)\\21$", "", True),
    ("b", "^(a)?\\1b$", "", True),
    ("a-b", "^[a\\-b]+$", "", True),
    ("a-b", "^[a-]-[b-]$", "", True),
    ("^", "^[\\^x]$", "", True),
    ("x]", "^[x\\]]+$", "", True),
    ("m", "^[a-z-[aeiou]]$", "", True),
    ("e", "^[a-z-[aeiou]]$", "", False),
    ("e", "^[a-z-[aeiou-[e]]]$", "", True),
    ("5", "^[^0-9-[5]]$", "", False),
    ("x", "^[^0-9-[x]]$", "", False),
    ("E", "^[a-z-[aeiou]]$", "i", False),
    ("M", "^[a-z-[aeiou]]$", "i", True),
    ("q", "^[^Q]$", "i", False),
    ("\u212a", "^k$", "i", True),
    ("aA", "^(a)\\1$", "i", True),
    ("\u0663", "^\\d$", "", True),
    ("_", "^\\w$", "", False),
    ("$", "^\\w$", "", True),
    ("\u00e9", "^\\w$", "", True),
    ("\u00a0", "^\\s$", "", False),
    ("\t", "^\\s$", "", True),
    ("a.b:c", "^\\i\\c+$", "", True),
    ("1a", "^\\i", "", False),
    ("\u00c5", "^\\p{Lu}$", "", True),
    ("\u00e5", "^\\P{Lu}$", "", True),
    ("\u20ac", "^\\p{Sc}$", "", True),
    ("\u03bb", "^\\p{IsGreek}$", "", True),
    ("\u03bb", "^[\\P{IsGreek}]$", "", False),
    ("a\nb", "^b$", "m", True),
    ("a\nb", "^a$", "m", True),
    ("a\n", "^$", "m", False),
    ("a b", "a\\ sb", "x", True),
    ("ab", " a b ", "x", True),
    ("a b", "a[ ]b", "x", True),
    ("a\\ b", "\\\\[ ]b", "x", True),
    ("1+1", "1+1", "q", True),
    ("A.", "a.", "qi", True),
    ("\U0001f3e8", "^.$", "", True),
]
MISTAKES: Final = [
    ("(a", "not closed"),
    ("a)", "closes nothing"),
    ("[a", "not closed"),
    ("[]", "empty"),
    ("[^]", "empty"),
    ("*a", "nothing to repeat"),
    ("a**", "cannot be repeated"),
    ("a+?+", "cannot be repeated"),
    ("^*", "cannot be repeated"),
    ("a{", "wants a count"),
    ("a{x}", "wants a count"),
    ("a{2", "not closed"),
    ("a{3,2}", "backwards"),
    ("a{1001}", "at most 1000"),
    ("}", "nothing to repeat or to close"),
    ("]", "nothing to repeat or to close"),
    ("a\\", "ends in a backslash"),
    ("\\q", "no `\\q`"),
    ("\\1", "no group"),
    ("(a\\1)", "no group"),
    ("(a)\\2", "no group"),
    ("[\\1]", "no `\\1`"),
    ("\\p{Xx}", "no category or block `Xx`"),
    ("\\p{IsKlingon}", "no category or block `IsKlingon`"),
    ("\\pL", "`{}`"),
    ("[z-a]", "backwards"),
    ("[a-\\d]", "backwards or does not end"),
    ("[a-c-e]", "write `\\-`"),
    ("[a[b]]", "write `\\[`"),
    ("[a-z-[b]c]", "ends after"),
    ("(?=a)", "(?:"),
    ("(?i)a", "(?:"),
    ("(a*b?)*\\1", "back-reference"),
    ("((a{99}){99}){99}(b*)*", "unfold"),
    ("(" * 60 + ")" * 60, "deep"),
    ("a" * 1001, "longer than 1000"),
]


@pytest.mark.parametrize(("text", "wanted", "flags", "outcome"), MATCHES)
def test_matches(text: str, wanted: str, flags: str, outcome: bool) -> None:
    assert pattern.matches(text, wanted, flags) is outcome
    assert pattern.problem(wanted, flags) is None


@pytest.mark.parametrize(("text", "wanted", "flags", "outcome"), MATCHES)
def test_the_linear_engine_says_the_same(text: str, wanted: str, flags: str, outcome: bool) -> None:
    tree = parse(wanted, flags)
    if not tree.has_references:
        assert (linear.PatternProgram(tree).search(text, 0) is not None) is outcome


def test_the_first_match_stays_though_a_longer_one_comes_to_nothing() -> None:
    assert linear.PatternProgram(parse("a(?:bc)?")).search("aba", 0) == [(0, 1)]
    assert linear.PatternProgram(parse("a(?:bc)?")).search("abca", 0) == [(0, 3)]


@pytest.mark.parametrize(("wanted", "words"), MISTAKES)
def test_a_mistake_gives_null_and_is_told(wanted: str, words: str) -> None:
    assert pattern.matches("a", wanted) is None
    assert pattern.replace("a", wanted, "b") is None
    assert pattern.split("a", wanted) is None
    told = pattern.problem(wanted)
    assert told is not None
    assert words in told
    assert not told.endswith(".")


@pytest.mark.parametrize("flags", ["g", "I", " ", "iz"])
def test_an_unknown_flag_gives_null(flags: str) -> None:
    assert pattern.matches("a", "a", flags) is None
    assert "no flag" in (pattern.problem("a", flags) or "")


@pytest.mark.parametrize(
    ("text", "wanted", "replacement", "flags", "outcome"),
    [
        ("banana", "a(n)", "<$1>", "", "b<n><n>a"),
        ("banana", "a(n)", "$0$0", "", "banananana"),
        ("banana", "(x)?an", "[$1]", "", "b[][]a"),
        ("banana", "(a)(n)", "$21", "", "bn1n1a"),
        ("abcdefghijk", "(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)(k)", "$11$1$111", "", "kak1"),
        ("banana", "a", "$5", "", "bnn"),
        ("banana", "a", "\\$\\\\", "", "b$\\n$\\n$\\"),
        ("banana", "A", "-", "i", "b-n-n-"),
        ("a.b", ".", "\\", "q", "a\\b"),
        ("a\nb", "^", "-", "m", None),
        ("banana", "n?", "-", "", None),
        ("banana", "n", "$", "", None),
        ("banana", "n", "\\n", "", None),
        ("banana", "n", "a$b", "", None),
    ],
)
def test_replace(text: str, wanted: str, replacement: str, flags: str, outcome: str | None) -> None:
    assert pattern.replace(text, wanted, replacement, flags) == outcome


LETTERS: Final = st.text("abc", max_size=8)


@st.composite
def simple_patterns(draw: st.DrawFn, depth: int = 3) -> str:
    """Patterns that mean the same here and in Python."""
    kind = draw(st.sampled_from(["char"] if depth == 0 else ["char", "row", "either", "group", "repeat"]))
    inner = simple_patterns(depth - 1)
    match kind:
        case "row":
            return draw(inner) + draw(inner)
        case "either":
            return f"(?:{draw(inner)}|{draw(inner)})"
        case "group":
            return f"({draw(inner)})"
        case "repeat":
            sign = draw(st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "{1,}", "*?", "+?", "??"]))
            return f"(?:{draw(inner)}){sign}"
    return draw(st.sampled_from(["a", "b", "c", "[ab]", "[^a]", "."]))


def may_be_empty(node: Expression) -> bool:
    match node:
        case Group(inner=inner):
            return may_be_empty(inner)
        case PatternRow(parts=parts):
            return all(map(may_be_empty, parts))
        case Either(options=options):
            return any(map(may_be_empty, options))
        case Repeat(inner=inner, least=least):
            return least == 0 or may_be_empty(inner)
    return False


def repeats_nothing(node: Expression) -> bool:
    """Whether what is repeated may itself be empty: the one place where the engines may find other lengths."""
    match node:
        case Group(inner=inner):
            return repeats_nothing(inner)
        case PatternRow(parts=parts) | Either(options=parts):
            return any(map(repeats_nothing, parts))
        case Repeat(inner=inner):
            return may_be_empty(inner) or repeats_nothing(inner)
    return False


@given(simple_patterns(), LETTERS)
def test_the_engines_and_python_agree(wanted: str, text: str) -> None:
    tree = parse(wanted)
    one, other, python = (
        backtrack.compile_tree(tree)(text, 0),
        linear.PatternProgram(tree).search(text, 0),
        re.search(wanted, text),
    )
    assert (one is None) is (other is None) is (python is None)
    if one is not None and other is not None and python is not None:
        assert one[0] == python.span()
        if not repeats_nothing(tree.root):
            assert one == other


@given(simple_patterns(), LETTERS, st.sampled_from(["-", "<$0>", "$1"]))
def test_replace_and_split_are_python_s(wanted: str, text: str, replacement: str) -> None:
    tree = parse(wanted)
    replaced, parts = pattern.replace(text, wanted, replacement), pattern.split(text, wanted)
    if re.search(wanted, ""):
        assert replaced is None
        assert parts is None
    elif not tree.nested and (tree.groups or "$1" not in replacement):
        assert replaced == re.sub(wanted, replacement.replace("$0", r"\g<0>").replace("$1", r"\g<1>"), text)
        if not tree.groups:
            assert parts == re.split(wanted, text)


@given(st.text("ab(){}[]*+?|^$\\-.,123pwi ", max_size=12), st.text("ab-1 ", max_size=6), st.text("smixq", max_size=2))
def test_any_text_is_a_pattern_or_a_mistake(wanted: str, text: str, flags: str) -> None:
    found = pattern.matches(text, wanted, flags)
    assert (found is None) is (pattern.problem(wanted, flags) is not None)


@pytest.mark.parametrize(
    "wanted", ["^(a+)+$", "^(a|a)*$", "^(a|aa)+$", "^(a?){60}a{60}$", "a*a*a*a*b", ".*.*.*=.*", "^((a{1,30}){1,30}){1,2}b"]
)
def test_no_pattern_stalls(wanted: str) -> None:
    """Backtracking would take longer than the universe has existed; this takes no more than ten times as long for ten times as
    much."""

    def run(length: int) -> None:
        assert pattern.matches("a" * length + "!", wanted) in (False, None)

    run(30)
    short, long = (steps(lambda length=length: run(length)) for length in (300, 3_000))  # type: ignore[misc]
    assert long < 11 * short


def test_too_much_text_is_not_searched() -> None:
    assert pattern.matches("a" * pattern.MOST_TEXT, "a") is True
    assert pattern.matches("a" * (pattern.MOST_TEXT + 1), "a") is None
    assert pattern.matches("ab" * 4000, "^(a)(b).*\\1.*\\2x") is None, "a back-reference in a long text could take too long"


def test_categories_are_those_of_unicode() -> None:
    for name in ("Lu", "Nd", "P", "Zs", "C", "Cn", "Co", "S"):
        chars = classes.category(name)
        assert chars is not None
        within = {code for low, high in chars for code in range(low, high + 1)}
        for code in [*range(0, 0x3000, 7), *range(0x3000, sys.maxunicode + 1, 997), sys.maxunicode]:
            assert (code in within) is unicodedata.category(chr(code)).startswith(name), hex(code)


def test_sets_of_characters_are_closed_under_complement() -> None:
    letters = classes.union(((97, 122),), ((65, 90),), ((91, 96),))
    assert letters == ((65, 122),)
    assert classes.complement(letters) == ((0, 64), (123, sys.maxunicode))
    assert classes.complement(classes.complement(letters)) == letters
    assert classes.complement(()) == ((0, sys.maxunicode),)
    assert classes.complement(classes.complement(())) == ()
