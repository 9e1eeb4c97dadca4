"""Writes docs/policy-files.md from the loader's tables: ``python tests/support/policy_doc.py > docs/policy-files.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from remit.policy.outline import POLICY
from remit.policy.policy_expressions import FOR_EACH, MOST_TO_READ
from remit.policy.reading.yaml_reader import LIMITS
from remit.policy.sections.table_section import TABLE
from remit.policy.shapes.base import Shape
from remit.policy.shapes.collections import MOST_ENTRIES, ByKind, ListOf, Located, MapOf
from remit.policy.shapes.mappings import Key, Record
from remit.policy.shapes.scalar_shapes import OneOf

__all__ = ["page"]


def _most(key: str) -> int:
    """How many entries may stand under ``key`` of the policy, or of a table."""
    shape = next(each.shape for each in (*POLICY.keys, *TABLE.keys) if each.name == key)
    assert isinstance(shape, ListOf | MapOf)
    return shape.most


_HEAD = f"""\
# Policy files

A policy is one YAML file. This page lists every key; it is made of the same tables as the loader and the editor's schema.

**In an editor.** With the YAML language server (VS Code, Neovim, IntelliJ and others), this first line gives completion,
these explanations, and errors while you type, once `remit schema policy > policy.schema.json` has put the schema beside the
policy (`remit schema policy --path` says where it is installed):

```yaml
# yaml-language-server: $schema=policy.schema.json
```

The cases of a policy have a schema too: `remit schema cases > cases.schema.json`. What `remit new` writes begins with such
lines, which mean the same on every machine: the schema is looked for beside the file.

**Which files are policies.** Every command reads a file, a folder, or a pipe (`-` is standard input). In a folder, a file is
a policy if its name ends in `.yaml` or `.yml` but not in `_test.yaml` or `_test.yml`, no part of its path begins with a dot,
and one of its lines begins with `policy:`. All other files are left alone. `NAME_test.yaml` holds the cases of `NAME.yaml`, or
of the policy that it names; beside another program's file of that name it is left alone, too. Several versions of one policy
have the same `policy` and different `effective` days; no two may hold on the same day, and the day of the incident chooses.

**YAML, strictly.** A policy must mean the same to every tool that reads it. So duplicate keys, anchors, aliases, merge keys,
tags and second documents are errors, and so are words that YAML readers disagree about: `yes`, `no`, `on`, `off`, `010`,
`0x1F`, `1_000`, `1:30`, `.inf` without quotes (`y` and `n`, too, where a text or a choice belongs), and numbers, dates or
`true` where text belongs. Characters that nobody sees are errors, and so is a no-break space where YAML needs a space; each is
named. A formula needs quotes if it
begins with `>`, `[`, `{{`, `"`, `%`, `@`, `!`, `&`, `*`, `|` or a backtick, if it has `: ` or ` #` in it, or if it has a comma
and stands inside `{{ }}` or `[ ]`.

**How large.** A policy of 10,000 rules, or with a table of 10,000 rows, loads in time that grows with its size. The limits:

| what | at most |
|---|---|
| the file | {LIMITS.size_bytes // 1024 // 1024} MiB, {LIMITS.nodes:,} keys and values, {LIMITS.depth} levels |
| a line, or a single value | {LIMITS.line_characters:,} characters |
| `rules` | {_most("rules"):,} |
| `rows` of a table | {_most("rows"):,} |
| roles on the `ladder` | {_most("ladder")} |
| `remedies` | {_most("remedies")} |
| `facts`, `values`, words of a choice, and any other list or mapping | {MOST_ENTRIES:,} |
| formulas and tests | {MOST_TO_READ:,} characters together, and {FOR_EACH} more for each |

Formulas and tests that differ only in the digits of their numbers count once: `[10..20)` and `[30..45)`. Beyond a limit, the
file is refused with an error that names it. [The language](language.md#limits) has limits for a single formula.
"""


def page() -> str:
    """The whole page."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield _HEAD
    yield "## The file\n"
    yield from _table(POLICY)
    for record in _records():
        yield f"## {record.name.partition(' ')[2].capitalize()}\n"
        yield f"{record.doc}\n"
        yield f"```yaml\n{record.example}\n```\n"
        yield from _table(record)
    yield "## Words\n"
    for key, words in _words():
        yield f"### `{key}`\n"
        yield "| word | meaning |"
        yield "|---|---|"
        yield from (f"| `{word}` | {meaning} |" for word, meaning in words.items())
        yield ""


def _table(record: Record) -> Iterator[str]:
    yield "| key | what it is | for example |"
    yield "|---|---|---|"
    for key in record.keys:
        needed = " **Needed.**" if key.required else f" Default: `{_written(key.default)}`." if key.default is not None else ""
        examples = "<br>".join(f"`{example}`" for example in key.examples)
        yield f"| `{key.name}` | {key.doc}{needed} | {examples} |"
    if record.any_of:
        yield f"\nAt least one of {_either(record.any_of)} is needed."
    if record.one_of:
        yield f"\nExactly one of {_either(record.one_of)} is needed."
    yield ""


def _either(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{name}`" for name in names[:-1]) + f" and `{names[-1]}`"


def _written(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)


def _records() -> list[Record]:
    """Every record below the policy, in the order in which a reader meets them."""
    found: dict[str, Record] = {}
    waiting: list[Shape] = [key.shape for key in POLICY.keys]
    while waiting:
        shape = waiting.pop(0)
        if isinstance(shape, Record) and shape.name not in found:
            found[shape.name] = shape
        waiting[:0] = list(_inside(shape))
    return list(found.values())


def _words() -> Iterator[tuple[str, dict[str, str]]]:
    """The keys whose value is one of a few words."""
    for record in (POLICY, *_records()):
        for key in record.keys:
            for shape in _deep(key):
                if isinstance(shape, OneOf) and len(shape.words) > 1:
                    name = key.name if record is POLICY else f"{record.name.partition(' ')[2]}: {key.name}"
                    yield name, dict(shape.words)


def _deep(key: Key) -> Iterator[Shape]:
    waiting = [key.shape]
    while waiting:
        shape = waiting.pop(0)
        yield shape
        if not isinstance(shape, Record):
            waiting += [each for each in _inside(shape) if not isinstance(each, Record)]


def _inside(shape: Shape) -> Iterator[Shape]:
    match shape:
        case Record():
            yield from (key.shape for key in shape.keys)
        case ListOf():
            yield shape.item
        case MapOf():
            yield shape.value
        case Located():
            yield shape.shape
        case ByKind():
            yield from (each for each in (shape.scalar, shape.list, shape.mapping) if each)
        case _:
            inner = getattr(shape, "record", None)
            if isinstance(inner, Shape):
                yield inner


if __name__ == "__main__":
    sys.stdout.write(page())
