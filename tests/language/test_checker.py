"""What the checker says, word for word, and what it gives back."""

from __future__ import annotations

from decimal import Decimal

import pytest

from remit.language.checker import CODES, check, nullable
from remit.language.nodes import Arithmetic, Call, Compare, Literal, Name, Node, walk
from remit.language.parser import parse_expression, parse_unary_tests
from remit.language.source import Document, Source
from remit.language.types import ANY, BOOLEAN, DURATION, INTEGER, MONTHS, NUMBER, TEXT, Type, choice, list_of, money, range_of
from support.checker_cases import CASES, Case, cases_of, declared, said, type_named

GOLDEN = [(path.stem, case) for path in sorted(CASES.glob("*.txt")) for case in cases_of(path)]


@pytest.mark.parametrize(("file", "case"), GOLDEN, ids=[f"{file}: {case.title}" for file, case in GOLDEN])
def test_what_is_said(file: str, case: Case) -> None:
    assert said(case) == case.says


def test_every_code_has_a_case_and_every_case_a_known_code() -> None:
    told = {line.rpartition("[")[2].rstrip("]") for _, case in GOLDEN for line in case.says.splitlines() if ": error: " in line}
    elsewhere = {"names/unknown-function", "types/too-deep", "types/first-order"}  # trees that no parser made; policies
    assert told == set(CODES) - elsewhere


def test_messages_are_plain() -> None:
    for _, case in GOLDEN:
        for line in case.says.splitlines():
            if ": error: " in line:
                message = line.split(": error: ")[1].rpartition(" [")[0]
                assert not message.endswith("."), message
                assert message[0] == "`" or message[0].islower(), message
            assert "None" not in line, line
            assert "Decimal" not in line, line


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stay.nights + 1", "integer"),
        ("stay.nights / 2", "number"),
        ("2 * 3", "integer"),
        ("stay.nights + flight.delay", "number"),
        ("append([[1], [2]], [3])", "list of list of integer"),
        ('contains(guest.tier, "o")', "boolean"),
        ("stay.nights in (? > 3, 1)", "boolean"),
        ("floor(flight.delay)", "integer"),
        ("round half up(flight.delay, 0)", "integer"),
        ("round half up(flight.delay, 1)", "number"),
        ("max(stay.nights, flight.delay)", "number"),
        ("max([stay.nights, 1.5])", "number"),
        ("sum(stay.nights, 2.5)", "number"),
        ("stay.nightly_rate * 25%", "money in EUR"),
        ("stay.nightly_rate / stay.deposit", "number"),
        ("min(stay.nightly_rate, 150 EUR)", "money in EUR"),
        ("if guest.vip then 10 EUR else null", "money in EUR"),
        ("occurred - guest.joined", "duration"),
        ("occurred + 3 months", "date"),
        ("incident.at - 2 hours", "date-time"),
        ("repair.waited / 1 hour", "number"),
        ('duration("P1Y")', "months"),
        ('duration("PT1H")', "duration"),
        ("guest.membership * 2", "months"),
        ("guest.tier", "choice of none, silver, gold, diamond"),
        (
            "if guest.vip then guest.tier else incident.kind",
            "choice of none, silver, gold, diamond, noise, cleanliness, walked",
        ),
        ('if guest.vip then guest.tier else "unknown"', "text"),
        ("guest.tags[1]", "text"),
        ('guest.tags[item != "x"]', "list of text"),
        ("append(flight.delays, 1)", "list of number"),
        ("append([1, 2], 2.5)", "list of number"),
        ("[1, 2.5]", "list of number"),
        ("index of(guest.tags, guest.name)", "list of integer"),
        ("occurred.weekday", "integer"),
        ("incident.at.time offset", "duration"),
        ("guest.tags = null", "boolean"),
        ("some day in [1..stay.nights] satisfies day > 3", "boolean"),
        ('is working day(occurred, "england")', "boolean"),
    ],
)
def test_types_of_expressions(text: str, expected: str) -> None:
    source, scope = Source(text), declared()
    node, problems = check(parse_expression(source, scope), source, scope, calendars=["england"])
    assert not problems, problems[0]
    assert node.type == type_named(expected) if expected != "boolean" else node.type == BOOLEAN


@pytest.mark.parametrize(
    ("tested", "text"),
    [
        ("guest.tier", "gold, diamond"),
        ("guest.tier", 'not("none")'),
        ("guest.tier", '? = "gold" and guest.vip'),
        ("guest.tier", "-"),
        ("guest.tier", "null"),
        ("guest.name", '"Ann", guest.id'),
        ("guest.name", 'starts with(?, "A")'),
        ("stay.nights", "1, [3..5), > 10"),
        ("stay.nights", "[1, 2, 3]"),
        ("stay.nights", "flight.delays"),
        ("stay.nightly_rate", "[30 EUR..60 EUR)"),
        ("stay.nightly_rate", "> stay.deposit"),
        ("occurred", '>= @"2026-01-01"'),
        ("repair.waited", "> 3 days"),
        ("guest.vip", "true"),
        ("guest.vip", "not(true)"),
        ("guest.tags", 'list contains(?, "vip")'),
        ("guest.tags", '["a", "b"]'),
        ("incident.kinds", 'some kind in ? satisfies kind = "noise"'),
    ],
)
def test_unary_tests_that_are_fine(tested: str, text: str) -> None:
    source, scope = Source(text), declared()
    tree = parse_unary_tests(source, scope, words=scope[tested].choices)
    node, problems = check(tree, source, scope, input=scope[tested])
    assert not problems, problems[0]
    assert node.type == BOOLEAN


def test_words_of_a_choice_take_its_type() -> None:
    source, scope = Source('guest.tier in ["gold", "silver"]'), declared()
    node, _ = check(parse_expression(source, scope), source, scope)
    words = [part.type for part in walk(node) if isinstance(part, Literal)]
    assert words == [scope["guest.tier"]] * 2


@pytest.mark.parametrize(
    "text",
    [
        "min(weather, 30 EUR) + 5 EUR > 10",
        "round up(weather, 0) + 5 EUR > 3 EUR",
        "weather[1] > 3",
        "[{what: 1}, weather].what = [1]",
    ],
)
def test_a_part_with_an_error_fits_everywhere(text: str) -> None:
    source = Source(text)
    node, problems = check(parse_expression(source), source, {})
    assert [problem.code for problem in problems] == ["names/unknown"]
    assert node.type == BOOLEAN


def test_problems_are_told_in_reading_order_at_their_place_in_the_file() -> None:
    text = "first line\n  when: stay.nights > nope and guest.vip = 3\n"
    start = text.index("stay")
    source = Source(text[start:-1], Document("policy.yaml", text), range(start, len(text) - 1))
    _, problems = check(parse_expression(source, declared()), source, declared())
    assert [str(problem.place) for problem in problems] == ["policy.yaml:2:23", "policy.yaml:2:44"]


@pytest.mark.parametrize(
    ("function", "code", "hint"),
    [
        ("list contain", "names/unknown-function", "did you mean `list contains`?"),
        ("now", "names/unsupported-function", "a decision never reads a clock"),
    ],
)
def test_functions_in_trees_that_no_parser_made(function: str, code: str, hint: str) -> None:
    source = Source(f"{function}()")
    node, problems = check(Call(function, (), span=(0, len(source.text))), source, {})
    assert [problem.code for problem in problems] == [code]
    assert hint in str(problems[0].hint)
    assert node.type == ANY


def test_a_tree_that_is_too_deep_is_a_problem_not_a_crash() -> None:
    node: Node = Literal(Decimal(1))
    for _ in range(5000):
        node = Arithmetic("+", node, Literal(Decimal(1)))
    _, problems = check(node, Source("1 + 1"), {})
    assert [problem.code for problem in problems] == ["types/too-deep"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("stay.nights", False),
        ("table value", True),
        ("table value = 3", False),
        ("table value > 3", True),
        ("table value = null", False),
        ("if table value > 3 then 1 else 2", False),
        ("if guest.vip then table value else 2", True),
        ("stay.nights / 2", False),
        ("stay.nights / flight.delay", True),
        ("min(stay.nightly_rate * stay.nights, 150 EUR)", False),
        ("min(stay.nightly_rate * table value, 150 EUR)", True),
        ("min(flight.delays)", True),
        ("sum([stay.nights, 1])", False),
        ("guest.tags[1]", True),
        ('guest.tags[item != "x"]', False),
        ('date("2026-01-31")', False),
        ("date(guest.name)", True),
        ("occurred + 3 days", True),
        ("occurred - guest.joined", False),
        ("incident.at > guest.since", True),
        ("date(incident.at) > occurred", False),
        ("not(guest.vip)", False),
        ('is working day(occurred, "england")', True),
        ("[1, table value]", True),
        ("some x in [1, table value] satisfies x > 1", True),
        ("some x in flight.delays satisfies x > 1", False),
        ("round half up(flight.delay, 0)", False),
        ("round half up(flight.delay, stay.nights)", True),
        ("null", True),
        ("stay.nights ** 2", True),
        ("-repair.waited", True),
        ("-stay.nights", False),
        ("min([])", True),
        ("table list[item > 1]", True),
        ("some x in table list satisfies true", True),
        ("incident.at.time offset", True),
        ("incident.at.year", False),
        ("stay.nights in (? > 3, 1)", False),
        ("stay.nights in (? > table value, 1)", True),
        ("table value in (1, 2)", True),
    ],
)
def test_what_may_be_null(text: str, expected: bool) -> None:
    scope = {**declared(), "table value": NUMBER, "table list": list_of(NUMBER)}
    source = Source(text)
    node, problems = check(parse_expression(source, scope), source, scope, calendars=["england"])
    assert not problems, problems[0]
    assert nullable(node, ["table value", "table list"]) is expected


@pytest.mark.parametrize("text", ["> 3", "? in [1..3]", "[1..3]"])
@pytest.mark.parametrize("null", [False, True])
def test_a_test_of_what_may_be_null_may_be_null(text: str, null: bool) -> None:
    source = Source(text)
    node, _ = check(parse_unary_tests(source), source, {}, input=NUMBER)
    assert nullable(node, input_nullable=null) is null


def test_the_tree_keeps_its_shape() -> None:
    source = Source("stay.nights > 3 and guest.vip")
    tree = parse_expression(source, declared())
    node, _ = check(tree, source, declared())
    assert node == tree
    assert isinstance(tree, type(node))
    assert tree.type == ANY


@pytest.mark.parametrize("of", [INTEGER, NUMBER, TEXT, DURATION, MONTHS, money("EUR"), choice(("a", "b")), list_of(TEXT)])
def test_null_may_stand_anywhere(of: Type) -> None:
    for tree in (Literal(None), Compare("=", Name("x"), Literal(None))):
        _, problems = check(tree, Source("x = null"), {"x": of}, expect=of if isinstance(tree, Literal) else BOOLEAN)
        assert problems == ()


def test_ranges_have_the_type_of_their_ends() -> None:
    source = Source("[1..2.5]")
    assert check(parse_expression(source), source, {})[0].type == range_of(NUMBER)
