"""The budget of steps: going through lists comes to an end, and what takes too long is undetermined (law 11)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from hypothesis import event, given
from hypothesis import strategies as st

import remit
from remit import feel
from remit.core.views import MEANING, PolicyView
from remit.deciding.compiled import Compiled
from remit.deciding.policy import reference_decision
from remit.language.checking.nullability import nullable
from remit.language.evaluating import budget, sizes
from remit.language.evaluating.budget import MOST_STEPS, Meter, share
from remit.language.values import Unknown
from remit.policy.model import Model
from remit.policy.trees import budget_of
from support.plain_policy import ask, policy, rule
from support.steps import steps
from support.trials import trials

FACTS = {"a": {"type": "list of integer"}, "b": {"type": "list of integer"}, "words": {"type": "list of text"}}
NESTED = "some x in a satisfies some y in a satisfies some z in a satisfies x + y + z > 5000"
TOO_LONG = "cannot be worked out: it takes too many steps"


def model_of(when: str, **more: Any) -> Model:
    return policy(facts=FACTS, otherwise="deny", rules=[rule(when=when, may={"credit": "10 EUR"})], **more)


def decided(model: Model, **facts: Any) -> remit.Decision:
    request = ask({"credit": "5 EUR"}, facts=facts)
    decision = reference_decision(model, request)
    assert Compiled(model).decide(request).to_json() == decision.to_json()
    return decision


@pytest.mark.parametrize(
    "text",
    [
        NESTED,
        "some x in a, y in a, z in a satisfies x + y + z > 5000",
        "count(a[count(a[count(b[item > 5000]) > 0]) > 0]) > 0",
        "every x in 1..10000 satisfies count(b[item > 5000]) = 0",
        'some x in words satisfies matches(x, "^(a|b)*c$")',
        'some x in words satisfies string join(words) = "a"',
    ],
)
def test_what_takes_too_many_steps_stops_early_and_is_named(text: str) -> None:
    facts = {"a": list(range(100)), "b": list(range(1000)), "words": ["ab" * 5_000] * 1_000}
    model = model_of(text)
    request = ask({"credit": "5 EUR"}, facts=facts)
    decision = decided(model, **facts)
    assert (decision.outcome, [each.kind for each in decision.reasons]) == ("escalate", ["undetermined"])
    assert decision.reasons[0].text.endswith(TOO_LONG)
    # A decision evaluates an expression, and then looks for the part that has no value; a step is some ten calls of functions.
    compiled = Compiled(model)
    compiled.decide(request).to_json()
    for decide in (lambda: reference_decision(model, request), lambda: compiled.decide(request)):
        assert steps(lambda decide=decide: decide().to_json()) < 120 * MOST_STEPS


def test_three_nested_loops_over_a_hundred_items_stop_early() -> None:
    facts = {"a": list(range(100))}
    assert feel.evaluate(NESTED, facts) is None
    assert steps(lambda: feel.evaluate(NESTED, facts)) < 20 * MOST_STEPS


def test_what_is_found_within_the_budget_is_found() -> None:
    assert feel.evaluate(NESTED.replace("5000", "100"), {"a": list(range(100))}) is True
    assert feel.evaluate("count(a[item > 10])", {"a": list(range(1000))}) == 989


def test_expressions_share_no_budget() -> None:
    """What else is evaluated, and in which order, changes nothing."""
    once = "count(a[count(a[item > 5]) = 1]) >= 0"
    a = list(range(120))
    assert feel.evaluate(once, {"a": a}) is True
    assert feel.evaluate(" and ".join([once] * 20), {"a": a}) is True


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("some x in a satisfies x > 3", False),
        ("every x in a satisfies x > 3 and x < 100 or x = 7", False),
        ('some x in words satisfies x = "gold" or starts with(x, "silver")', False),
        ("count(a[item > 3]) > 2", False),
        ("some x in a, y in b satisfies x = y", True),
        ("some x in a satisfies list contains(b, x)", True),
        ('some x in words satisfies matches(x, "a")', True),
        ("some x in long satisfies x > 3", True),
    ],
)
def test_what_may_run_out_is_known_beforehand(text: str, expected: bool) -> None:
    from remit.policy.trees import nullable_values

    model = model_of(text, values={"long": "concatenate(a, b)", "ask": text})
    when = model.rules[0].when
    assert when is not None
    assert nullable(when.node, nullable_values(model)) is expected


def test_a_loop_that_may_run_out_waits_for_what_it_reads() -> None:
    """Known with `b` missing, it might be null with `b` known: what is not known never grants."""
    model = model_of("some x in a satisfies x = 999 or (some y in b, z in b satisfies y + z = 5000)")
    without, known = {"a": list(range(1000))}, {"a": list(range(1000)), "b": list(range(1000))}
    assert (decided(model, **without).outcome, decided(model, **without).missing.facts) == ("ask", ("b",))
    assert decided(model, **known).outcome == "escalate"


CONDITIONS = st.sampled_from(
    [
        "some x in a, y in b satisfies x + y > 30",
        "every x in a satisfies some y in b satisfies x < y",
        "count(a[list contains(b, item)]) > 1",
        "some x in a satisfies x > 3",
        "sum(b[item > 2]) > 12 and count(a[item > 1]) > 0",
        'some w in words satisfies matches(w, "b+c")',
        "double",
        "not(some x in both satisfies x > 7 and count(a[item = x]) > 1)",
        'matches(word, "(a|ab)*c$")',
        'string length(replace(word, "(a|bc)+", "$0$0$0")) > 9',
        "count(concatenate(both, a, b)) > 22",
        "string length(long) > 22",
        'contains(long + string join(words, long), "ccab")',
        'some w in words satisfies string length(w + "-" + w + long) > 30',
        "count(nested) > 1 and count(flatten([nested, nested])) > 5",
        "string length(string(both)) > 30",
    ]
)
NUMBERS = st.lists(st.integers(0, 20), max_size=12) | st.lists(st.integers(0, 20), min_size=6, max_size=12)
WORDS = st.lists(st.text("abc", max_size=8), max_size=5)


def or_missing(values: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return values | values | values | st.none()


@contextmanager
def few_steps(count: int) -> Iterator[None]:
    """So small a budget that short lists use it up, and bounds that they and short texts reach."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(budget, "MOST_STEPS", count)
        patch.setattr(budget, "_LEAST_STEPS", 1)
        patch.setattr(sizes, "MOST_ITEMS", 20)
        patch.setattr(sizes, "MOST_CHARACTERS", 40)
        yield


@trials(150)
@given(
    conditions=st.tuples(CONDITIONS, CONDITIONS, CONDITIONS),
    a=or_missing(NUMBERS),
    b=or_missing(NUMBERS),
    words=or_missing(WORDS),
)
def test_the_compiled_functions_run_out_where_the_definition_does(
    conditions: tuple[str, str, str], a: Any, b: Any, words: Any
) -> None:
    with few_steps(400):
        first, second, narrows = conditions
        model = policy(
            facts=FACTS,
            otherwise="deny",
            values={
                "both": "concatenate(a, b)",
                "double": "count(both[count(both[item > 3]) > 1]) > 1",
                "word": "string join(words)",
                "long": 'word + " " + word',
                "nested": "[both, append(a, 1), both]",
            },
            rules=[
                {**rule(when=first, may={"credit": "10 EUR"}), "id": "one"},
                {**rule(when=second, may={"credit": "5 EUR * count(a[count(b[item > 1]) > 0])"}), "id": "two"},
            ],
            guardrails=[{"id": "g", "because": "Too much.", "when": narrows, "then": "escalate"}],
        )
        decision = decided(model, a=a, b=b, words=words)
        event(f"{decision.outcome}, {any(TOO_LONG in each.text for each in decision.reasons)}")


FORMULAS = st.sampled_from(
    [
        "count(for x in a, y in b return x + y) > 3",
        "list contains(for x in a return if partial = [] then x else x + partial[-1], 12)",
        "sort(a, function(x, y) x < y)[1] > 3",
        "count(list replace(a, function(item, newItem) item > newItem, count(b))) > 4",
        "(function(xs: list<number>) count(xs[item > 3]))(a) > 1",
        "{many: count(a), f: function(n: number) n > many, r: f(count(b))}.r",
        "count((for x in a return {x: x, words: words})[x > 2]) > 1",
        "some x in a satisfies (function(n: number) n + count(b))(x) > 9",
    ]
)


@trials(150)
@given(formulas=st.tuples(FORMULAS, FORMULAS), a=or_missing(NUMBERS), b=or_missing(NUMBERS), words=or_missing(WORDS))
def test_so_do_contexts_for_and_functions(formulas: tuple[str, str], a: Any, b: Any, words: Any) -> None:
    with few_steps(200):
        first, second = formulas
        model = policy(
            facts=FACTS,
            otherwise="deny",
            values={"first": first, "second": second},
            rules=[{**rule(when="first", may={"credit": "10 EUR"}), "id": "one"}],
            guardrails=[{"id": "g", "because": "Too much.", "when": "second", "then": "escalate"}],
        )
        decision = decided(model, a=a, b=b, words=words)
        event(f"{decision.outcome}, {any(TOO_LONG in each.text for each in decision.reasons)}")


@pytest.mark.parametrize(
    "text",
    [
        "count(for x in a, y in a, z in a return x) > 3",
        "count(sort(for x in a, y in a return x * y, function(x, y) x < y)) > 3",
        "(function(n: number) count(a[count(a[item > n]) > n]))(1) > 3",
    ],
)
def test_what_takes_too_many_steps_in_a_value_is_named(text: str) -> None:
    model = model_of("much", values={"much": text})
    decision = decided(model, a=list(range(300)), b=[], words=[])
    assert (decision.outcome, [each.kind for each in decision.reasons]) == ("escalate", ["undetermined"])
    assert decision.reasons[0].text.endswith(TOO_LONG)


@pytest.mark.parametrize(
    ("text", "then", "now"),
    [
        ('is(@"10:00:00@Etc/UTC", opens)', True, False),
        ('is(opens, @"10:00:00+00:00")', True, True),
        ("list contains(list replace(a, 1 + 0.5, 7), 7)", None, True),
        ("list contains(list replace(a, 1, 7), 7)", True, True),
    ],
)
def test_records_of_the_second_version_have_the_functions_of_then(text: str, then: bool | None, now: bool) -> None:
    model = policy(
        facts={**FACTS, "opens": {"type": "time"}}, otherwise="deny", rules=[rule(when=text, may={"credit": "10 EUR"})]
    )
    request = ask({"credit": "5 EUR"}, facts={"a": [1], "b": [], "words": [], "opens": "10:00:00Z"})
    outcomes = {True: "grant", False: "deny", None: "escalate"}
    for meaning, said in ((2, then), (3, now)):
        assert reference_decision(model, request, meaning=meaning).outcome == outcomes[said]
    assert Compiled(model).decide(request).outcome == outcomes[now]


def test_records_of_the_first_version_have_no_such_budget() -> None:
    """They are decided as they were: with a budget that nothing has used up."""
    model, facts = model_of("some x in a, y in a satisfies x + y > 5000"), {"a": list(range(200))}
    request = ask({"credit": "5 EUR"}, facts=facts)
    assert reference_decision(model, request, meaning=1).outcome == "deny"
    assert reference_decision(model, request).outcome == "escalate"
    assert PolicyView.of(model, 1).budget.steps > PolicyView.of(model, MEANING).budget.steps == MOST_STEPS


def test_a_missing_fact_that_a_loop_met_is_known_to_its_meter() -> None:
    meter = Meter(10)
    meter.gave(Unknown(frozenset(("b",))))
    assert (meter.left, meter.missing) == (9, {"b"})


LONG = {"a": list(range(1_000)), "b": [], "words": ["a" * 10_000] * 1_000}


def rules_of(count: int, when: str, **more: Any) -> Model:
    """So many rules with the same condition; ``{0}`` in it is the number of the rule."""
    rules = [{**rule(when=when.format(each), may={"credit": f"{each + 1} EUR"}), "id": f"r{each}"} for each in range(count)]
    return policy(facts={**FACTS, "text": {"type": "text"}}, otherwise="deny", rules=rules, **more)


@pytest.mark.parametrize(
    "when",
    [
        "some x in a, y in a satisfies x + y < -{0}",
        'matches(text, "(a|aa)*b{0}")',
        'string length(replace(text, "((a|aa)(a|aa)*b|a)", "{0}")) > 3',
        "count(union(four, [{0}])) > 7",
        'some w in words satisfies matches(w, "^(a|aa)*{0}$")',
    ],
)
def test_one_budget_is_shared_by_all_expressions_of_a_policy(when: str) -> None:
    model = rules_of(40, when, values={"two": "concatenate(a, a)", "four": "concatenate(two, two)"})
    request = ask({"credit": "5 EUR"}, facts={**LONG, "text": "a" * 10_000})
    decision = reference_decision(model, request)
    compiled = Compiled(model)
    assert compiled.decide(request).to_json() == decision.to_json()
    assert (decision.outcome, {each.kind for each in decision.reasons}) == ("escalate", {"undetermined"})
    for decide in (lambda: reference_decision(model, request), lambda: compiled.decide(request)):
        assert steps(lambda decide=decide: decide().to_json()) < 120 * MOST_STEPS


def test_what_a_loop_may_take_depends_on_the_policy_alone() -> None:
    shares = [budget_of(rules_of(count, "some x in a satisfies x = {0}")).steps for count in (1, 2, 40, 500)]
    assert shares == [100_000, 50_000, 2_500, 1_000]
    assert budget_of(rules_of(40, 'text = "a{0}" or count(a) > {0} or contains(text, "b{0}")')) == share()
    assert budget_of(rules_of(2, "some x in a satisfies 1 EUR * x > asked.credit")) == share(2, tried=True)


DOUBLED = {
    "text": ("text", "{0} + {0}", "string length({0}) > 5"),
    "list": ("a", "concatenate({0}, {0})", "count({0}) > 5"),
    "joined": ("text", 'string join(["-", {0}, {0}])', "string length({0}) > 100001"),
    "replaced": ("text", 'replace({0}, "a", {0})', "string length({0}) > 5"),
}


@pytest.mark.parametrize("kind", list(DOUBLED))
def test_values_that_double_come_to_an_end(kind: str) -> None:
    first, double, when = DOUBLED[kind]
    values = {"v0": double.format(first), **{f"v{each}": double.format(f"v{each - 1}") for each in range(1, 22)}}
    model = rules_of(1, when.format("v21"), values=values)
    request = ask({"credit": "1 EUR"}, facts={**LONG, "text": "a" * 10_000})
    decision = reference_decision(model, request)
    assert Compiled(model).decide(request).to_json() == decision.to_json()
    assert kind in ("nested", "joined") or [each.kind for each in decision.reasons] == ["undetermined"]  # they may hold nulls
    assert steps(lambda: reference_decision(model, request).to_json()) < MOST_STEPS


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("count(for x in 1..10000 return x)", 10_000),
        ("string length(string join([words[1], words[1], words[1]], words[1]))", 50_000),
        ("string length(string join(for x in 1..10 return words[x]))", 100_000),
        ('string length(string join(for x in 1..10 return words[x], "-"))', None),
        ("count(append(for x in 1..10000 return x, 1))", None),
        ("count(concatenate(a, a, a, a, a, a, a, a, a, a))", 10_000),
        ("count([a, a, a, a, a, a, a, a, a, a])", None),
        ("string length(string join(words))", None),
        ("string length(string(words))", None),
        ('string length(replace(words[1], "a", "0123456789"))', 100_000),
        ('string length(replace(words[1], "a", "0123456789a"))', None),
    ],
)
def test_lists_and_texts_have_a_largest_size(text: str, expected: int | None) -> None:
    assert feel.evaluate(text, LONG) == expected


def test_records_of_the_second_version_have_a_budget_for_each_loop() -> None:
    model = rules_of(2, "some x in a, y in one satisfies x + y < -{0}", values={"one": "[1, 2, 3, 4, 5, 6, 7, 8, 9]"})
    request = ask({"credit": "1 EUR"}, facts={**LONG, "text": "b"})
    assert reference_decision(model, request, meaning=2).outcome == "deny"
    assert reference_decision(model, request).outcome == "escalate"


ASKED = st.sampled_from(
    [
        "some x in a satisfies 1 EUR * x > asked.credit",
        "every x in a, y in b satisfies asked.credit < 20 EUR - x * 1 EUR + y * 1 EUR",
        "asked.credit < 7 EUR or some x in a, y in b satisfies x > y",
        "asked.credit * count(a[count(b[item > 2]) > 0]) < 40 EUR",
        'matches(string join(words), "(a|ab)*c$") or asked.credit < 3 EUR',
    ]
)


@trials(60)
@given(conditions=st.tuples(ASKED, ASKED), a=NUMBERS, b=or_missing(NUMBERS), words=or_missing(WORDS))
def test_so_do_amounts_that_are_tried(conditions: tuple[str, str], a: Any, b: Any, words: Any) -> None:
    with few_steps(2_000):
        first, second = conditions
        model = policy(
            facts=FACTS,
            otherwise="deny",
            rules=[
                {**rule(when=first, may={"credit": "30 EUR"}), "id": "one"},
                {**rule(when=second, may={"credit": "9 EUR"}), "id": "two"},
            ],
        )
        decision = decided(model, a=a, b=b, words=words)
        event(f"{decision.outcome}, {any(TOO_LONG in each.text for each in decision.reasons)}")
