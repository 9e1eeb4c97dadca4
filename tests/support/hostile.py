"""Files that somebody might send to break the loader, or that grew beyond all measure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

GOOD = (Path(__file__).parents[1] / "cases" / "policy" / "good" / "front-desk.yaml").read_text(encoding="utf-8")


def big_policy(rules: int) -> str:
    """A policy with many rules over 35 facts, as a large company might have."""
    lines = [
        "policy: big",
        "title: Big",
        'version: "1"',
        "owner: me",
        "currency: EUR",
        "ladder: [associate, supervisor, manager]",
    ]
    lines += ["facts:", *(f"  f.n{i}: {{type: integer, min: 0, max: 1000}}" for i in range(20))]
    lines += [f"  f.c{i}: {{type: choice, of: [red, green, blue, yellow, black, white]}}" for i in range(10)]
    lines += [f"  f.m{i}: {{type: money, min: 0 EUR}}" for i in range(5)]
    lines += [
        "remedies:",
        "  credit: {type: money, title: Credit}",
        "  points: {type: count, title: Points, cost: 0.01 EUR}",
        "rules:",
    ]
    for i in range(rules):
        lines += [
            f"  - id: rule-{i}",
            "    because: A reason for the rule that people read.",
            "    when:",
            f"      f.c{i % 10}: [red, {['green', 'blue', 'black'][i % 3]}]",
            f'      f.n{i % 20}: ">= {i}"',
            f'      f.n{(i + 7) % 20}: "[{i % 7}..{i % 7 + 10})"',
            "    may:",
            "      credit:",
            f"        associate: {i + 1} EUR",
            f"        supervisor: min(f.m{i % 5} * {i % 4 + 2}, {i + 100} EUR)",
            f'      points: "if f.n{i % 20} > {i} then {i * 10} else {i}"',
        ]
    return "\n".join(lines) + "\n"


def _with(where: str, lines: Iterable[str]) -> str:
    """The good policy with more lines after the one that is ``where``."""
    assert f"\n{where}\n" in GOOD
    return GOOD.replace(f"\n{where}\n", f"\n{where}\n" + "\n".join(lines) + "\n", 1)


def _half_rate(formula: str) -> str:
    return GOOD.replace("half_rate: stay.nightly_rate * 50%", f"half_rate: {formula}")


def _rules(count: int, when: str) -> str:
    return _with("rules:", (f"  - {{id: r{i}, when: '{when.format(i)}', may: {{credit: 30 EUR}}}}" for i in range(count)))


#: Name -> how to make it. Each loads, or ends in a clear error, in about a second.
HOSTILE: dict[str, Callable[[], str]] = {
    "brackets": lambda: "[" * 5_000 + "\n" + "[" * 5_000,
    "brackets, one to a line": lambda: "[\n" * 100_000,
    "braces": lambda: "{a:\n" * 100_000,
    "dashes": lambda: "- " * 4_000,
    "question marks": lambda: "? " * 4_000,
    "staircase": lambda: "\n".join(" " * i + "a:" for i in range(1_400)),
    "one long line": lambda: "a: " + "x" * 2_000_000,
    "one long text": lambda: 'a: "' + "x\n" * 1_000_000 + '"',
    "one long key": lambda: "x\n " * 500_000 + ": a",
    "comments only": lambda: "# \n" * 600_000,
    "blank lines": lambda: "\n" * 2_000_000,
    "open quotes": lambda: 'a: "\n' * 300_000,
    "many items": lambda: "- a\n" * 400_000,
    "many keys": lambda: "\n".join(f"k{i}: 1" for i in range(200_000)),
    "one key over and over": lambda: "a: 1\n" * 300_000,
    "aliases": lambda: "\n".join(f"k{i}: *a" for i in range(150_000)),
    "anchors": lambda: "\n".join(f"k{i}: &a{i} 1" for i in range(100_000)),
    "alias bomb": lambda: "a: &a0 [x, x]\n" + "\n".join(f"a{i}: &a{i} [*a{i - 1}, *a{i - 1}, *a{i - 1}]" for i in range(1, 60)),
    "merge bomb": lambda: "a0: &a0 {x: 1}\n" + "\n".join(f"a{i}: &a{i} {{<<: [*a{i - 1}, *a{i - 1}]}}" for i in range(1, 60)),
    "tags": lambda: "\n".join(f"k{i}: !!python/object:os.system x" for i in range(50_000)),
    "null characters": lambda: "\0\n" * 900_000,
    "control characters": lambda: "a: \x01\n" * 300_000,
    "direction marks": lambda: "a: \u202e\n" * 300_000,
    "too large": lambda: "a: b\n" * 1_000_000,
    "too many": lambda: "a: [" + "[],\n" * 320_000 + "]",
    "split formulas": lambda: "x: [\n" + ",\n".join("f(x" for _ in range(50_000)) + "]",
    "a million rules' worth": lambda: big_policy(14_000),
    "too many rules": lambda: _rules(12_000, "stay.nights > {0}"),
    "thousands of rules": lambda: big_policy(3_000),
    "unknown keys": lambda: GOOD + "\n".join(f"k{i}: 1" for i in range(149_000)),
    "unknown keys of rules": lambda: _with("rules:", (f"  - {{id: r{i}, wenn{i}: x, dann{i}: y}}" for i in range(9_900))),
    "rules with mistakes": lambda: _with(
        "rules:", (f"  - {{id: r{i}, may: {{credit: 3 USD, nix: 1}}, wenn: x}}" for i in range(9_900))
    ),
    "one rule over and over": lambda: _with("rules:", ("  - {id: one, may: {credit: 30 EUR}}" for _ in range(9_900))),
    "unknown names": lambda: _rules(9_900, "unknwon.name{0} > 3"),
    "one unknown name": lambda: _rules(9_900, "guest.tir = 3"),
    "bad amounts of many digits": lambda: _rules(9_900, "stay.nights in [{0}9..{0}1]"),
    "formulas of every form": lambda: _with(
        "rules:",
        (f"  - {{id: r{i}, may: {{credit: {'9' * (i % 14 + 1)} EUR * {'1' * (i // 14 % 500 + 1)}}}}}" for i in range(9_900)),
    ),
    "different formulas": lambda: _rules(9_900, 'guest.id = "x{0}" and stay.nights > {0} or guest.id = "y{0}" and 3 > 2'),
    "long conjunctions": lambda: _rules(350, "true and " * 1_050 + 'guest.id = "x{0}"'),
    "long lists": lambda: _rules(350, "stay.nights in [" + ", ".join(map(str, range(1_500))) + '] and guest.id = "x{0}"'),
    "long texts": lambda: _rules(350, "guest.id in [" + ", ".join(f'"x{i}"' for i in range(1_000)) + ', "{0}"]'),
    "long lists of one form": lambda: _rules(350, "stay.nights in [" + ", ".join(map(str, range(1_500))) + ", {0}]"),
    "bare dates": lambda: _half_rate("2026-01-01 " * 800),
    "parentheses": lambda: _half_rate("(" * 9_000),
    "negations": lambda: _half_rate("not(" * 2_000 + "true"),
    "minus signs": lambda: _half_rate("- " * 4_500 + "1"),
    "a long sum": lambda: _half_rate("1+" * 4_500 + "1"),
    "a long conjunction": lambda: _half_rate("true and " * 1_000 + "true"),
    "nested conditions": lambda: _half_rate("if true then " * 700 + "1"),
    "a tower of powers": lambda: _half_rate("9**" * 3_000 + "9"),
    "a long chain of values": lambda: _with("values:", (f"  v{i}: v{i + 1} + 1" for i in range(900))).replace("v900 + 1", "1"),
    "a large circle": lambda: _with("values:", (f"  v{i}: v{(i + 1) % 900} + 1" for i in range(900))),
    "thousands of values": lambda: _with("values:", (f"  v{i}: {i}" for i in range(9_000))),
    "thousands of facts": lambda: _with("facts:", (f"  f{i}: {{type: text}}" for i in range(9_000))),
    "a long table": lambda: GOOD.replace(
        "        - [noise, ", '        - [noise, ">= 2", stay.nights]\n' * 10_000 + "        - [noise, "
    ),
    "a wide table": lambda: GOOD.replace(
        "inputs: [incident.kind", "inputs: [incident.kind, " + ",\n".join(["stay.nights"] * 9_000)
    ),
    "thousands of choices": lambda: GOOD.replace(
        "of: [none,", "of: [none,\n" + ",\n".join(f"w{i}" for i in range(9_000)) + ","
    ),
    "thousands of roles": lambda: GOOD.replace(
        "duty_manager]", "duty_manager,\n" + ",\n".join(f"r{i}" for i in range(9_000)) + "]"
    ),
    "thousands of remedies": lambda: _with("remedies:", (f"  m{i}: {{type: count}}" for i in range(9_000))),
    "wrong words among many": lambda: _with(
        "facts:", (f"  fact{i}.name{i}: {{type: choice, of: [w{i}, v{i}, u{i}]}}" for i in range(990))
    ).replace(
        "\nrules:\n",
        "\nrules:\n"
        + "".join(f"  - {{id: r{i}, when: {{fact{i}.name{i}: wx{i}}}, may: {{credit: 1 EUR}}}}\n" for i in range(900)),
    ),
    "wrong names among many": lambda: _with("facts:", (f"  fact{i}.name{i}: {{type: integer}}" for i in range(990))).replace(
        "\nrules:\n",
        "\nrules:\n" + "".join(f"  - {{id: r{i}, when: fakt{i}.nmae{i} > 3, may: {{credit: 1 EUR}}}}\n" for i in range(900)),
    ),
}
