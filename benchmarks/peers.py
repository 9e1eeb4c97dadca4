"""The goodwill matrix for other engines that install from PyPI, each in the form that its own documents recommend for speed.

Every peer is given a flat mapping that is checked already (no peer here checks a request), with money in cents, and says
``grant``, ``escalate`` or ``deny``. An adapter takes the workload and gives the function to time; a peer that is not installed
raises ``ImportError``.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, TypeAlias

from goodwill import Rule, Workload

__all__ = ["PEERS"]

#: Gives the outcome, a word.
Decide: TypeAlias = Callable[[dict[str, Any]], Any]


def zen_engine(of: Workload) -> Decide:
    """One decision table, first hit, from the static loader, which compiles it when the engine is made."""
    import zen

    columns = [
        *({"id": name, "name": name, "field": name} for name in ("threatening", "kind", "severity", "tier", "channel", "rate")),
        {"id": "covers", "name": "covers"},
    ]
    rows = [
        {"threatening": "true", "outcome": '"deny"'},
        {"kind": '"injury"', "covers": "rank < 2", "outcome": '"escalate"'},
        *(_zen_row(rule) for rule in of.rules),
        {"outcome": '"escalate"'},
    ]
    table = {
        "id": "table",
        "name": "table",
        "type": "decisionTableNode",
        "position": {"x": 0, "y": 0},
        "content": {
            "hitPolicy": "first",
            "inputs": columns,
            "outputs": [{"id": "outcome", "name": "outcome", "field": "outcome"}],
            "rules": [{"_id": str(at), **{column["id"]: "" for column in columns}, **row} for at, row in enumerate(rows)],
        },
    }
    ends = [
        {"id": each, "name": each, "type": f"{each}Node", "position": {"x": 0, "y": 0}, "content": {}}
        for each in ("input", "output")
    ]
    edges = [
        {"id": "a", "type": "edge", "sourceId": "input", "targetId": "table"},
        {"id": "b", "type": "edge", "sourceId": "table", "targetId": "output"},
    ]
    content = {"matrix": {"contentType": "application/vnd.gorules.decision", "nodes": [*ends, table], "edges": edges}}
    evaluate = zen.ZenEngine({"loader": {"type": "static", "content": content}}).evaluate
    return lambda facts: evaluate("matrix", facts)["result"]["outcome"]


def _zen_row(rule: Rule) -> dict[str, str]:
    low, middle, high = rule.amounts
    upper = [f"asked <= (rank == 0 ? {low} : rank == 1 ? {middle} : {high})"]
    if rule.half_rate:
        half = "asked * 2 <= rate + 1"
        upper = [
            f"asked <= {low} or (rank == 1 and asked <= {middle} and {half}) or (rank == 2 and asked <= {high} and {half})"
        ]
    return {
        "kind": ", ".join(f'"{kind}"' for kind in rule.kinds),
        "severity": f">= {rule.severity}" if rule.severity else "",
        "tier": ", ".join(f'"{tier}"' for tier in rule.tiers),
        "channel": ", ".join(f'"{channel}"' for channel in rule.channels),
        "rate": f">= {rule.rate_from}" if rule.rate_from else "",
        "covers": upper[0],
        "outcome": '"grant"',
    }


def _cel_text(of: Workload) -> str:
    """Two guardrails and an alternative for each rule, as one expression of the Common Expression Language."""
    covered = " || ".join(f"({_cel_rule(rule)})" for rule in of.rules)
    return f'threatening ? "deny" : kind == "injury" && rank < 2 ? "escalate" : ({covered}) ? "grant" : "escalate"'


def _cel_rule(rule: Rule) -> str:
    low, middle, high = rule.amounts
    tests = [f"kind in {json.dumps(rule.kinds)}"]
    tests += [f"severity >= {rule.severity}"] if rule.severity else []
    tests += [f"tier in {json.dumps(rule.tiers)}"] if rule.tiers else []
    tests += [f"channel in {json.dumps(rule.channels)}"] if rule.channels else []
    tests += [f"rate >= {rule.rate_from}"] if rule.rate_from else []
    half = " && asked * 2 <= rate + 1" if rule.half_rate else ""
    tests.append(f"(asked <= {low} || (rank == 1 && asked <= {middle}{half}) || (rank == 2 && asked <= {high}{half}))")
    return " && ".join(tests)


def cel_expr_python(of: Workload) -> Decide:
    """The C++ implementation of CEL, compiled once."""
    from cel_expr_python import cel

    kinds = {"threatening": cel.Type.BOOL, "kind": cel.Type.STRING, "tier": cel.Type.STRING, "channel": cel.Type.STRING}
    numbers = dict.fromkeys(("severity", "rate", "rank", "asked"), cel.Type.INT)
    program = cel.NewEnv(variables={**kinds, **numbers}).compile(_cel_text(of))
    return lambda facts: program.eval(data=facts).value()


def common_expression_language(of: Workload) -> Decide:
    """The Rust implementation of CEL, compiled once."""
    import cel

    execute = cel.compile(_cel_text(of)).execute
    return lambda facts: execute(facts)


def cedar(of: Workload) -> Decide:
    """One ``permit`` for each rule, ``forbid`` for the guardrails; which of them spoke is in the diagnostics."""
    import cedarpy

    policies = ['@id("threats")\nforbid(principal, action, resource) when { context.threatening };']
    policies.append('@id("injury")\nforbid(principal, action, resource) when { context.kind == "injury" && context.rank < 2 };')
    policies += [f"permit(principal, action, resource) when {{ {_cedar_rule(rule)} }};" for rule in of.rules]
    parsed = cedarpy.PolicySet.from_str("\n".join(policies))
    nobody = cedarpy.Entities.from_json_str("[]")
    is_authorized, allow = cedarpy.is_authorized, cedarpy.Decision.Allow
    fixed = {"principal": 'User::"e"', "action": 'Action::"grant"', "resource": 'Case::"c"'}

    def decide(facts: dict[str, Any]) -> str:
        result = is_authorized({**fixed, "context": facts}, parsed, nobody)
        if result.decision == allow:
            return "grant"
        return "deny" if facts["threatening"] else "escalate"

    return decide


def _cedar_rule(rule: Rule) -> str:
    low, middle, high = rule.amounts
    tests = [f"[{', '.join(json.dumps(kind) for kind in rule.kinds)}].contains(context.kind)"]
    tests += [f"context.severity >= {rule.severity}"] if rule.severity else []
    tests += [f"{json.dumps(rule.tiers)}.contains(context.tier)"] if rule.tiers else []
    tests += [f"{json.dumps(rule.channels)}.contains(context.channel)"] if rule.channels else []
    tests += [f"context.rate >= {rule.rate_from}"] if rule.rate_from else []
    half = " && context.asked * 2 <= context.rate + 1" if rule.half_rate else ""
    covers = [f"context.asked <= {low}"]
    covers += [f"(context.rank == {rank} && context.asked <= {most}{half})" for rank, most in ((1, middle), (2, high))]
    tests.append(f"({' || '.join(covers)})")
    return " && ".join(tests)


def opa_eval(of: Workload) -> Decide:
    """Rego through regorus (Rust); the engine takes its input as JSON text, which is part of the call."""
    import opa_eval as opa

    lines = ["package goodwill", "import rego.v1", 'default outcome := "escalate"']
    lines.append('outcome := "deny" if input.threatening')
    lines.append('outcome := "grant" if { not input.threatening; not hurt; covered }')
    lines.append('hurt if { input.kind == "injury"; input.rank < 2 }')
    for rule in of.rules:
        tests = [f"input.kind in {{{', '.join(map(json.dumps, rule.kinds))}}}"]
        tests += [f"input.severity >= {rule.severity}"] if rule.severity else []
        tests += [f"input.tier in {{{', '.join(map(json.dumps, rule.tiers))}}}"] if rule.tiers else []
        tests += [f"input.channel in {{{', '.join(map(json.dumps, rule.channels))}}}"] if rule.channels else []
        tests += [f"input.rate >= {rule.rate_from}"] if rule.rate_from else []
        half = ["input.asked * 2 <= input.rate + 1"] if rule.half_rate else []
        low, middle, high = rule.amounts
        for covers in (
            [f"input.asked <= {low}"],
            ["input.rank == 1", f"input.asked <= {middle}", *half],
            ["input.rank == 2", f"input.asked <= {high}", *half],
        ):
            lines.append(f"covered if {{ {'; '.join([*tests, *covers])} }}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "goodwill.rego"
        path.write_text("\n".join(lines), encoding="utf-8")
        evaluate = opa.OpaEval(str(path), query="data.goodwill.outcome").evaluate_parsed
    dumps = json.dumps
    return lambda facts: evaluate(dumps(facts))


def rule_engine(of: Workload) -> Decide:
    """One rule object for each rule, tried in turn."""
    import rule_engine as engine

    context = engine.Context(
        type_resolver=engine.type_resolver_from_dict(
            {
                **dict.fromkeys(("kind", "tier", "channel"), engine.DataType.STRING),
                **dict.fromkeys(("severity", "rate", "rank", "asked"), engine.DataType.FLOAT),
                "threatening": engine.DataType.BOOLEAN,
            }
        )
    )
    deny = engine.Rule("threatening", context=context).matches
    hurt = engine.Rule('kind == "injury" and rank < 2', context=context).matches
    covers = [
        engine.Rule(_cel_rule(rule).replace("&&", "and").replace("||", "or"), context=context).matches for rule in of.rules
    ]

    def decide(facts: dict[str, Any]) -> str:
        if deny(facts):
            return "deny"
        if hurt(facts):
            return "escalate"
        return "grant" if any(each(facts) for each in covers) else "escalate"

    return decide


def json_logic(of: Workload) -> Decide:
    """One JsonLogic expression."""
    from json_logic import jsonLogic

    def at(name: str) -> dict[str, str]:
        return {"var": name}

    def covered(rule: Rule) -> dict[str, Any]:
        low, middle, high = rule.amounts
        tests: list[Any] = [{"in": [at("kind"), list(rule.kinds)]}]
        tests += [{">=": [at("severity"), rule.severity]}] if rule.severity else []
        tests += [{"in": [at("tier"), list(rule.tiers)]}] if rule.tiers else []
        tests += [{"in": [at("channel"), list(rule.channels)]}] if rule.channels else []
        tests += [{">=": [at("rate"), rule.rate_from]}] if rule.rate_from else []
        half = [{"<=": [{"*": [at("asked"), 2]}, {"+": [at("rate"), 1]}]}] if rule.half_rate else []
        higher = [
            {"and": [{"==": [at("rank"), rank]}, {"<=": [at("asked"), most]}, *half]} for rank, most in ((1, middle), (2, high))
        ]
        return {"and": [*tests, {"or": [{"<=": [at("asked"), low]}, *higher]}]}

    hurt = {"and": [{"==": [at("kind"), "injury"]}, {"<": [at("rank"), 2]}]}
    covers = {"or": [covered(rule) for rule in of.rules]}
    logic = {"if": [at("threatening"), "deny", hurt, "escalate", covers, "grant", "escalate"]}
    return lambda facts: jsonLogic(logic, facts)


def business_rules(of: Workload) -> Decide:
    """A list of rules with conditions and an action, run until the first that triggers."""
    from business_rules import actions, fields, run_all, variables

    class Variables(variables.BaseVariables):  # type: ignore[misc, unused-ignore]
        def __init__(self, facts: Mapping[str, Any]) -> None:
            self.facts = facts

    def declare(name: str, kind: Any) -> None:
        def read(self: Any) -> Any:
            return self.facts[name]

        read.__name__ = name
        setattr(Variables, name, kind(read))

    for name in ("severity", "rate", "rank", "asked"):
        declare(name, variables.numeric_rule_variable)
    for name in ("kind", "tier", "channel"):
        declare(name, variables.string_rule_variable)
    declare("threatening", variables.boolean_rule_variable)
    Variables.surplus = variables.numeric_rule_variable(_surplus)

    class Actions(actions.BaseActions):  # type: ignore[misc, unused-ignore]
        outcome = "escalate"

        @actions.rule_action(params={"outcome": fields.FIELD_TEXT})  # type: ignore[untyped-decorator, unused-ignore]
        def decide(self, outcome: str) -> None:
            self.outcome = outcome

    rules = [_business({"name": "threatening", "operator": "is_true", "value": True}, "deny")]
    hurt = [_test("kind", "equal_to", "injury"), _test("rank", "less_than", 2)]
    rules.append(_business({"all": hurt}, "escalate"))
    rules += [_business(_business_rule(rule), "grant") for rule in of.rules]

    def decide(facts: dict[str, Any]) -> str:
        acting = Actions()
        run_all(rules, Variables(facts), acting, stop_on_first_trigger=True)
        return acting.outcome

    return decide


def _surplus(self: Any) -> int:
    """Twice what is asked beyond the rate, since a condition compares a variable with a constant."""
    return int(self.facts["asked"] * 2 - self.facts["rate"])


_surplus.__name__ = "surplus"


def _test(name: str, operator: str, value: Any) -> dict[str, Any]:
    return {"name": name, "operator": operator, "value": value}


def _business(conditions: dict[str, Any], outcome: str) -> dict[str, Any]:
    return {"conditions": conditions, "actions": [{"name": "decide", "params": {"outcome": outcome}}]}


def _business_rule(rule: Rule) -> dict[str, Any]:
    tests: list[dict[str, Any]] = [{"any": [_test("kind", "equal_to", kind) for kind in rule.kinds]}]
    tests += [_test("severity", "greater_than_or_equal_to", rule.severity)] if rule.severity else []
    tests += [{"any": [_test("tier", "equal_to", tier) for tier in rule.tiers]}] if rule.tiers else []
    tests += [{"any": [_test("channel", "equal_to", channel) for channel in rule.channels]}] if rule.channels else []
    tests += [_test("rate", "greater_than_or_equal_to", rule.rate_from)] if rule.rate_from else []
    half = [_test("surplus", "less_than_or_equal_to", 1)] if rule.half_rate else []
    low, middle, high = rule.amounts
    covers: list[dict[str, Any]] = [_test("asked", "less_than_or_equal_to", low)]
    for rank, most in ((1, middle), (2, high)):
        covers.append({"all": [_test("rank", "equal_to", rank), _test("asked", "less_than_or_equal_to", most), *half]})
    return {"all": [*tests, {"any": covers}]}


#: The distribution on PyPI and its adapter.
PEERS: Mapping[str, Callable[[Workload], Decide]] = {
    "zen-engine": zen_engine,
    "common-expression-language": common_expression_language,
    "cel-expr-python": cel_expr_python,
    "cedarpy": cedar,
    "opa-eval": opa_eval,
    "rule-engine": rule_engine,
    "json-logic-qubit": json_logic,
    "business-rules": business_rules,
}
