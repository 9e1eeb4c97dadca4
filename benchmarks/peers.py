"""The goodwill matrix for other engines that install from PyPI, each in the form that its own documents recommend for speed.

Every peer is given a flat mapping that is checked already (no peer here checks a request), with money in cents. Most say
``grant``, ``escalate`` or ``deny`` and nothing else; ``zen_answer`` also gives the limit, the rule and the first reason, and
``zen_table`` the outcome and the limit of the matrix as a table. An adapter takes the workload and gives the function to time;
a peer that is not installed raises ``ImportError``.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final, TypeAlias

from goodwill import Rule, Workload

__all__ = ["PEERS", "zen_answer", "zen_table"]

#: Takes a flat request, gives the answer.
Decide: TypeAlias = Callable[[dict[str, Any]], Any]

_TESTS: Final = ("kind", "severity", "tier", "channel", "rate")
_HALF: Final = "floor((rate + 1) / 2)"


def _zen(nodes: Sequence[Mapping[str, Any]]) -> Callable[..., Any]:
    """``evaluate`` of a graph of nodes in a row, from the static loader, which compiles it when the engine is made."""
    import zen

    place = {"position": {"x": 0, "y": 0}}
    ends = [{"id": each, "name": each, "type": f"{each}Node", "content": {}, **place} for each in ("input", "output")]
    names = ["input", *(node["id"] for node in nodes), "output"]
    edges = [{"id": first, "type": "edge", "sourceId": first, "targetId": second} for first, second in pairwise(names)]
    graph = [*ends, *({"name": node["id"], **place, **node} for node in nodes)]
    content = {"matrix": {"contentType": "application/vnd.gorules.decision", "nodes": graph, "edges": edges}}
    evaluate: Callable[..., Any] = zen.ZenEngine({"loader": {"type": "static", "content": content}}).evaluate
    return evaluate


def _zen_rows(hit: str, inputs: Sequence[str], outputs: Sequence[str], rows: Sequence[Mapping[str, str]], **more: Any) -> Any:
    columns = [{"id": name, "name": name, "field": name} for name in inputs]
    results = [{"id": name, "name": name, "field": name} for name in outputs]
    empty = dict.fromkeys((*inputs, "covers", *outputs), "")
    rules = [{"_id": str(at), **empty, **row} for at, row in enumerate(rows)]
    content = {"hitPolicy": hit, "inputs": columns, "outputs": results, "rules": rules, **more}
    return {"id": "rows", "type": "decisionTableNode", "content": content}


def _zen_steps(steps: Mapping[str, str]) -> Any:
    listed = [{"id": name, "key": name, "value": formula} for name, formula in steps.items()]
    return {"id": "steps", "type": "expressionNode", "content": {"expressions": listed, "passThrough": False}}


def _zen_tests(rule: Rule) -> dict[str, str]:
    return {
        "kind": ", ".join(f'"{kind}"' for kind in rule.kinds),
        "severity": f">= {rule.severity}" if rule.severity else "",
        "tier": ", ".join(f'"{tier}"' for tier in rule.tiers),
        "channel": ", ".join(f'"{channel}"' for channel in rule.channels),
        "rate": f">= {rule.rate_from}" if rule.rate_from else "",
    }


def zen_engine(of: Workload) -> Decide:
    """The outcome alone: one decision table, first hit."""

    def row(rule: Rule) -> dict[str, str]:
        low, middle, high = rule.amounts
        covers = f"asked <= (rank == 0 ? {low} : rank == 1 ? {middle} : {high})"
        if rule.half_rate:
            half = "asked * 2 <= rate + 1"
            higher = " or ".join(f"(rank == {rank} and asked <= {most} and {half})" for rank, most in ((1, middle), (2, high)))
            covers = f"asked <= {low} or {higher}"
        return {**_zen_tests(rule), "covers": covers, "outcome": '"grant"'}

    rows = [
        {"threatening": "true", "outcome": '"deny"'},
        {"kind": '"injury"', "covers": "rank < 2", "outcome": '"escalate"'},
        *map(row, of.rules),
        {"outcome": '"escalate"'},
    ]
    table = _zen_rows("first", ("threatening", *_TESTS), ["outcome"], rows)
    table["content"]["inputs"].append({"id": "covers", "name": "covers"})
    evaluate = _zen([table])
    return lambda facts: evaluate("matrix", facts)["result"]["outcome"]


def zen_answer(of: Workload, *, trace: bool = False) -> Decide:
    """The outcome, the limit, the rule that sets it and the first reason: all rows that match are collected, then the best is
    taken. ``trace`` asks for the trace, which is what tells a clerk or an auditor why."""

    def row(rule: Rule) -> dict[str, str]:
        low, middle, high = rule.amounts
        limit = f"rank == 0 ? {low} : rank == 1 ? {middle} : {high}"
        if rule.half_rate:
            upper = f"min([{_HALF}, rank == 1 ? {middle} : {high}])"
            limit = f"rank == 0 ? {low} : max([{low}, {upper}])"
        return {**_zen_tests(rule), "rule": f'"{rule.id}"', "limit": limit}

    nothing = {"rule": "null", "limit": "0"}
    rows = [*map(row, of.rules), nothing]
    table = _zen_rows("collect", _TESTS, ["rule", "limit"], rows, passThrough=True, outputPath="hits")
    held = 'kind == "injury" and rank < 2'
    steps = {
        "best": "max(map(hits, #.limit))",
        "rule": "filter(hits, #.limit == $.best)[0].rule",
        "limit": f"threatening or ({held}) ? 0 : $.best",
        "outcome": f'threatening ? "deny" : {held} ? "escalate" : asked <= $.best and $.rule != null ? "grant" : "escalate"',
        "reason": f'threatening ? "threats" : {held} ? "injury" : $.rule ?? "otherwise"',
    }
    evaluate, options = _zen([table, _zen_steps(steps)]), {"trace": trace}

    def decide(facts: dict[str, Any]) -> tuple[Any, ...]:
        result = evaluate("matrix", facts, options)["result"]
        return result["outcome"], result["limit"], result.get("rule"), result["reason"]

    return decide


def zen_table(of: Workload, *, trace: bool = False) -> Decide:
    """The outcome and the limit of credit of the matrix as a table: the first row gives the base, formulas give the rest."""

    def row(rule: Rule) -> dict[str, str]:
        most = rule.amounts[1] * 100
        return {**_zen_tests(rule), "base": f"min([rate * {rule.percent}, {most}])" if rule.percent else str(most)}

    table = _zen_rows("first", _TESTS, ["base"], [*map(row, of.rules), {"base": "0"}], passThrough=True)
    held = 'kind == "injury" and rank < 2'
    fits = "asked <= $.most and voucher <= $.voucher_most and points <= $.points_most and (not late or $.late_may)"
    steps = {
        "most": "floor((base * (rank == 0 ? 35 : rank == 1 ? 100 : 300) + 5000) / 10000)",
        "voucher_most": "floor((base * (rank == 0 ? 50 : rank == 1 ? 125 : 375) + 5000) / 10000)",
        "points_most": "severity < 2 ? 0 : rank == 0 ? 1000 : rank == 1 ? 3000 : 20000",
        "late_may": "rank > 0 and base >= 600000",
        "limit": f"threatening or ({held}) ? 0 : $.most",
        "outcome": f'threatening ? "deny" : {held} ? "escalate" : {fits} ? "grant" : "escalate"',
    }
    evaluate, options = _zen([table, _zen_steps(steps)]), {"trace": trace}

    def decide(facts: dict[str, Any]) -> tuple[Any, ...]:
        result = evaluate("matrix", facts, options)["result"]
        return result["outcome"], result["limit"]

    return decide


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


def rego(of: Workload) -> Decide:
    """Rego in regorus (Rust)."""
    import regorus

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
    engine = regorus.Engine()
    engine.add_policy("goodwill.rego", "\n".join(lines))
    put, evaluate = engine.set_input_json, engine.eval_rule
    dumps = json.dumps

    def decide(facts: dict[str, Any]) -> Any:
        put(dumps(facts))
        return evaluate("data.goodwill.outcome")

    return decide


#: Those that give the outcome alone: the distribution on PyPI and its adapter.
PEERS: Final[Mapping[str, Callable[[Workload], Decide]]] = {
    "zen-engine": zen_engine,
    "cel-expr-python": cel_expr_python,
    "celine-regorus": rego,
    "cedarpy": cedar,
}
