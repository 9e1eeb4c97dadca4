"""The strict YAML reader: the tree, and where each character of it stands."""

from __future__ import annotations

from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from remit.policy.reading.data import data_of
from remit.policy.reading.yaml_reader import LIMITS, decode, read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

PARSERS = [yaml.SafeLoader, yaml.CSafeLoader]


def value(text: str) -> YamlNode:
    """What stands behind ``a:``."""
    root, report = read_yaml(text, "p.yaml")
    assert root is not None, report.sorted()
    assert len(report) == 0, report.sorted()
    found = root.get("a")
    assert found is not None
    return found


def said(text: str) -> list[str]:
    """The codes and places of what is wrong."""
    return [f"{p.code} {p.place.line}:{p.place.column}" for p in read_yaml(text, "p.yaml")[1].sorted() if p.place]


@pytest.mark.parametrize(
    ("text", "word", "line"),
    [
        ("a: stay.nights * 2\n", "nights", 1),
        ("a:   'it''s stay.nights'\n", "stay", 1),
        ('a: "guest.tier = \\"gold\\" or x"\n', "gold", 1),
        ('a: "guest.tier = \\"gold\\" or x"\n', "or x", 1),
        ('a: "\\u00e9\\x41\\U0001F600 nights"\n', "nights", 1),
        ('a: "one\\\n   two three"\n', "three", 2),
        ('a: "one\n   two\n\n   three"\n', "three", 4),
        ("a: >-\n  if x\n  then 1\n  else two\n", "two", 4),
        ("a: |2-  # a comment with x\n    if x\n  then y\n", "x", 2),
        ("a: plain text\n  over lines\n", "lines", 2),
        ("a: >\r\n  one\r\n  two\r\n", "two", 3),
        ("\ufeffa: 😀é nights\n", "nights", 1),
    ],
)
@pytest.mark.parametrize("parser", PARSERS)
def test_a_word_is_underlined_where_it_stands(
    text: str, word: str, line: int, parser: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(yaml, "CSafeLoader", parser)
    scalar = value(text)
    assert isinstance(scalar, YamlScalar)
    start = scalar.text.index(word)
    place = scalar.source().place((start, start + len(word)))
    assert place.line == line
    assert place.text == text.removeprefix("\ufeff").splitlines()[line - 1]
    assert place.text[place.column - 1 : place.end_column - 1] == word


SCALAR = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs"], exclude_characters="\ufeff"), min_size=1)


@given(
    words=st.lists(SCALAR, min_size=1, max_size=6), style=st.sampled_from(["'", '"', "|", ">", None]), width=st.integers(5, 40)
)
def test_every_visible_character_has_its_place(words: list[str], style: str, width: int) -> None:
    text = yaml.dump({"a": " ".join(words)}, default_style=style, width=width, allow_unicode=True)
    root, _ = read_yaml(text, "p.yaml")
    scalar = root.get("a") if root else None
    if not isinstance(scalar, YamlScalar):
        return  # a tag, or a line that is too long
    offsets = scalar.source().offsets
    assert offsets is not None
    assert len(offsets) == len(scalar.text)
    assert list(offsets) == sorted(offsets)
    document = scalar.document.text
    visible = [(char, offset) for char, offset in zip(scalar.text, offsets, strict=True) if not char.isspace()]
    assert len({offset for _, offset in visible}) == len(visible)
    for char, offset in visible:
        assert document[offset] in (char, "\\")


@given(
    data=st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | SCALAR.filter(lambda text: text[0] not in "+-.0123456789"),  # YAML 1.1 and 1.2 differ about numbers
        lambda inner: st.lists(inner) | st.dictionaries(st.text("abcdefgh_.", min_size=1), inner),
        max_leaves=30,
    ),
    flow=st.booleans(),
)
def test_what_was_dumped_is_read_again(data: Any, flow: bool) -> None:
    text = yaml.safe_dump({"a": data}, default_flow_style=flow, allow_unicode=True, width=1000)
    root, report = read_yaml(text, "p.yaml")
    if root is None:
        assert all(problem.code in ("yaml/too-deep", "yaml/too-long", "yaml/character") for problem in report.sorted())
    else:
        assert data_of(root) == {"a": data}


def test_the_kinds_of_node() -> None:
    node = value("a: {b: [1, 'x'], c: {}, d: }\n")
    assert isinstance(node, YamlMap)
    items, empty, nothing = node.get("b"), node.get("c"), node.get("d")
    assert isinstance(items, YamlList)
    assert [item.text for item in items if isinstance(item, YamlScalar)] == ["1", "x"]
    assert isinstance(empty, YamlMap)
    assert isinstance(nothing, YamlScalar)
    assert nothing.empty
    assert node.get("e") is None
    assert str(items.place()) == "p.yaml:1:8"


def test_nothing_is_guessed() -> None:
    assert data_of(value("a: [no, 1:30, 010, 2026-01-01, 'true', ~]\n")) == ["no", "1:30", 10, "2026-01-01", "true", None]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\na: 2\n", ["yaml/duplicate-key 2:1"]),
        ("a: {b: 1, b: 2}\n", ["yaml/duplicate-key 1:11"]),
        ("a: &x 1\nb: *x\n", ["yaml/anchor 1:4", "yaml/anchor 2:4"]),
        ("a: !!int 1\nb: !x {c: 1}\n", ["yaml/tag 1:4", "yaml/tag 2:4"]),
        ("<<: {a: 1}\n", ["yaml/anchor 1:1"]),
        ("a: 1\n---\nb: 1\n", ["yaml/documents 2:1"]),
        ("---\na: 1\n...\n", []),
        ("%YAML 1.2\n---\na: 1\n", ["yaml/directive 1:1"]),
        (
            "no: 1\nYES: 2\n1.5: 3\nnull: 4\n2026-01-01: 5\n'on': 6\n",
            [
                "yaml/boolean-word 1:1",
                "yaml/boolean-word 2:1",
                "yaml/needs-quotes 3:1",
                "yaml/needs-quotes 4:1",
                "yaml/needs-quotes 5:1",
            ],
        ),
        ("? [a, b]\n: 1\n", ["yaml/key 1:3"]),
        (": 1\n", ["yaml/key 1:1"]),
        ("a: {b: min(x, 5), c: max(1, 2, 3)}\n", ["yaml/split-formula 1:8", "yaml/split-formula 1:22"]),
        ("a: [f(x, y), g(z)]\n", ["yaml/split-formula 1:5"]),
        ("a: [f(x, [1], y)]\n", []),
        ("a:\tb\n", []),
        ("a:\n\tb: 1\n", ["yaml/tab 2:1"]),
        ("", ["yaml/empty 1:1"]),
        ("# nothing\n", ["yaml/empty 1:1"]),
        ("- a\n", ["yaml/not-a-mapping 1:1"]),
        ("a: 1\rb: 2\r", ["yaml/character 1:5", "yaml/character 1:10"]),
        ("a: x\x85y\u2028z\n", ["yaml/character 1:5", "yaml/character 1:7"]),
        ("a: \ufeffx\n", ["yaml/character 1:4"]),
    ],
)
def test_what_is_refused(text: str, expected: list[str]) -> None:
    assert said(text) == expected


def test_a_torn_formula_is_put_together_again() -> None:
    root, _ = read_yaml("a: {credit: min(x, 5, 7), points: 3}\n", "p.yaml")
    assert data_of(root) == {"a": {"credit": "min(x, 5, 7)", "points": 3}} if root else False


@pytest.mark.parametrize(
    ("text", "whole"),
    [
        ("a: {b: 1.000,00 EUR, c: 1}", {"b": "1000.00 EUR", "c": "1"}),
        ("a: {b: 1,000,000 EUR}", {"b": "1000000 EUR"}),
        ("a: [x, 1.000,00 EUR, y]", ["x", "1000.00 EUR", "y"]),
    ],
)
def test_a_torn_number_is_put_together_again(text: str, whole: object) -> None:
    root, report = read_yaml(text, "p.yaml")
    assert [problem.code for problem in report.sorted()] == ["syntax/number"]
    assert root is not None
    found = root.get("a")
    assert isinstance(found, YamlMap | YamlList)
    if isinstance(found, YamlMap):
        assert {name: each.text for name, (_, each) in found.entries.items() if isinstance(each, YamlScalar)} == whole
    else:
        assert [each.text for each in found.items if isinstance(each, YamlScalar)] == whole


@pytest.mark.parametrize("text", ["a: [1, 200]", "a: [1,200]", "a: [1.000, 50]", "a: [10,20 EUR]", "a: [100.000,200.000]"])
def test_numbers_beside_each_other_stay_apart(text: str) -> None:
    found = value(text)
    assert isinstance(found, YamlList)
    assert len(found.items) == 2


def test_what_stands_below_a_tag_or_anchor_is_not_judged_twice() -> None:
    root, _ = read_yaml("a: !x 3\n", "p.yaml")
    node = root.get("a") if root else None
    assert isinstance(node, YamlScalar)
    assert node.broken


@pytest.mark.parametrize(
    ("data", "code", "message"),
    [
        ("policy: caf\xe9\n".encode("latin-1"), "yaml/encoding", "the byte 0xe9 is not UTF-8"),
        ("policy: x\n".encode("utf-16"), "yaml/encoding", "the file is saved as UTF-16"),
        (b"x" * (LIMITS.size_bytes + 1), "yaml/too-large", "the file has more than 4 MiB, the most that a policy may have"),
    ],
)
def test_bytes_that_are_no_text(data: bytes, code: str, message: str) -> None:
    text, report = decode(data, "p.yaml")
    assert text is None
    (problem,) = report.sorted()
    assert (problem.code, problem.message) == (code, message)


def test_the_place_of_a_byte_that_is_not_utf8() -> None:
    _, report = decode("policy: x\ntitle: caf\xe9 noir\n".encode("latin-1"), "p.yaml")
    assert str(report.sorted()[0].place) == "p.yaml:2:11"


@pytest.mark.parametrize("parser", PARSERS)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: b: c", "yaml/colon"),
        ('a: "x\nb: 1', "yaml/open-quote"),
        ("a: @x", "yaml/needs-quotes"),
        ("a: > 3\nb: 1", "yaml/needs-quotes"),
        ("a: {b: > 3}", "yaml/needs-quotes"),
        ("a: [1..2)", "yaml/needs-quotes"),
        ("a: {x: f in [1,2]}", "yaml/needs-quotes"),
        ('a: "x" = 3', "yaml/after-quote"),
        ("a: 1\n  b: 2", "yaml/indentation"),
        ("a:\n  b: 1\n c: 2", "yaml/indentation"),
        ("a: 1\nb\nc: 1", "yaml/missing-colon"),
        ("a:b\nc: d", "yaml/missing-space"),
        ('a: "\\d"', "yaml/escape"),
        ("a: {b: c", "yaml/bracket"),
        ("a: 1\n}", "yaml/bracket"),
        ("a: - 1", "yaml/list"),
        ("a: [a,,b]", "yaml/comma"),
        ("a: *", "yaml/needs-quotes"),
        ("a: [x", "yaml/bracket"),
    ],
)
def test_both_parsers_of_the_library_are_understood(text: str, code: str, parser: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(yaml, "CSafeLoader", parser)
    assert [problem.code for problem in read_yaml(text, "p.yaml")[1].sorted()] == [code]
