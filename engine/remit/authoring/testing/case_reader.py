"""Reads a test file: strict, typed by the policy it is about, all problems at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import Any

from remit.authoring.testing.casefile import ACTIONS, EXPECTATIONS, GIVEN_KEYS, OUTCOMES, Case, CaseFile, Expectation, Step
from remit.errors import Place, PolicyError, Problem
from remit.language.checking.type_words import any_of
from remit.language.suggestions import closest
from remit.language.types import Type
from remit.language.words import plural
from remit.policy.loader import load_model
from remit.policy.model import Model
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_reader import decode, read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["read_case_file", "read_cases"]

_TOP = ("policy", "defaults", "cases")
_BOOLEANS = {"true": True, "false": False}
#: What is expected of each remedy.
_BY_REMEDY = ("limits", "owed", "available", "offers", "still_owed")


def read_case_file(path: Path, model: Model | None = None) -> tuple[CaseFile | None, tuple[Problem, ...]]:
    """The cases of ``path``, or ``None`` and every problem. ``model`` is read from the file that it names unless given."""
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        hint = "`remit cases` proposes some"
        return None, (Problem("tests/unreadable", f"there are no cases: `{path}` is not there", hint=hint),)
    except OSError as error:
        return None, (Problem("tests/unreadable", f"`{path}` cannot be read: {error.strerror or error}"),)
    text, report = decode(data, str(path))
    if text is None:
        return None, report.sorted()
    return read_cases(text, path, model)


def read_cases(text: str, path: Path, model: Model | None = None) -> tuple[CaseFile | None, tuple[Problem, ...]]:
    """As :func:`read_case_file`, from text; ``path`` says where it would stand."""
    root, report = read_yaml(text, str(path))
    if root is None:
        return None, report.sorted()
    reading = _Reading(report, path)
    cases = reading.file(root, model)
    problems = report.sorted()
    return (None, problems) if problems or cases is None else (cases, ())


class _Reading:
    """One file being read; everything that is wrong goes into the report."""

    def __init__(self, report: ProblemReport, path: Path) -> None:
        self.report = report
        self.path = path
        self.model: Model | None = None

    def file(self, root: YamlMap, model: Model | None) -> CaseFile | None:
        self.keys(root, _TOP)
        named = root.get("policy")
        name = named.text if isinstance(named, YamlScalar) else f"{self.path.stem.removesuffix('_test')}.yaml"
        policy = self.path.parent / name
        self.model = model or self.load(policy, named or root)
        cases = root.get("cases")
        if not isinstance(cases, YamlList) or not cases.items:
            self.report.error("tests/no-cases", "there are no cases", cases or root, "write a list under `cases:`")
            return None
        if self.model is None:
            return None
        defaults = self.given(root.get("defaults"), {})
        return CaseFile(self.path, policy, tuple(self.case(each, defaults) for each in self.maps(cases)))

    def load(self, policy: Path, at: YamlNode) -> Model | None:
        try:
            return load_model(policy)
        except PolicyError as error:
            count = len(error.problems)
            message = f"`{policy.name}` has {count} {plural('problem', count)} of its own"
            self.report.error("tests/policy", message, at, "run `remit check` on it first")
        except OSError as error:
            message = f"`{policy.name}` beside it cannot be read: {error.strerror or error}"
            self.report.error("tests/policy", message, at, "name the policy of these cases: `policy: its-file.yaml`")
        return None

    def maps(self, nodes: YamlList) -> Iterable[YamlMap]:
        for node in nodes:
            if isinstance(node, YamlMap):
                yield node
            else:
                self.report.error("tests/shape", "a case is a mapping with `name`, `given`, `asked` and `expect`", node)

    def case(self, node: YamlMap, defaults: Mapping[str, Any]) -> Case:
        named = node.get("name")
        name = named.text if isinstance(named, YamlScalar) and named.text else ""
        if not name:
            self.report.error("tests/name", "this case has no name", node, "say in a few words what it shows")
        steps = node.get("steps")
        if steps is None:
            self.keys(node, (*GIVEN_KEYS, "name", "at", "expect"))
            return Case(name, (self.step(node, defaults),), False, node.place())
        self.keys(node, (*GIVEN_KEYS, "name", "steps"))
        shared = self.given(node, defaults, skip=("name", "steps"))
        if not isinstance(steps, YamlList):
            self.report.error("tests/shape", "`steps` is a list", steps)
            return Case(name, (), True, node.place())
        found = []
        for each in self.maps(steps):
            self.keys(each, (*GIVEN_KEYS, "at", "do", "of", "expect"))
            found.append(self.step(each, shared))
        return Case(name, tuple(found), True, node.place())

    def step(self, node: YamlMap, defaults: Mapping[str, Any]) -> Step:
        given = self.given(node, defaults, skip=("name", "expect", "at", "do", "of"))
        balances, history = given.pop("balances", None), given.pop("history", None)
        places = given.pop("places", {})
        expect = node.get("expect")
        do = self.word(node.get("do"), ACTIONS, "an action", "decide")
        if expect is None and do in ("decide", "grant", "hold"):
            self.report.error("tests/no-expectation", "nothing is expected", node, "add `expect: {outcome: grant}`")
        return Step(
            do=do,
            request=given,
            expect=tuple(self.expectations(expect)),
            place=node.place(),
            at=self.moment(node.get("at")),
            of=self.number(node.get("of")),
            balances=balances,
            history=history,
            places=places,
        )

    def given(self, node: YamlNode | None, defaults: Mapping[str, Any], skip: Iterable[str] = ()) -> dict[str, Any]:
        """What a case gives, laid over ``defaults``: facts and mappings are merged, everything else is replaced."""
        out: dict[str, Any] = {key: dict(value) if isinstance(value, Mapping) else value for key, value in defaults.items()}
        if node is None:
            return out
        if not isinstance(node, YamlMap):
            self.report.error("tests/shape", "a mapping is expected here", node)
            return out
        for key, (at, value) in node.entries.items():
            if key in skip or key not in GIVEN_KEYS:
                continue
            if key in ("given", "facts"):
                self.facts(value, "", out.setdefault("facts", {}), out.setdefault("places", {}))
            elif key == "role":
                out.setdefault("employee", {})["role"] = self.plain(value)
            elif key in ("employee", "asked", "balances", "history", "sources"):
                plain = self.plain(value, self.types(key))
                if isinstance(plain, dict):
                    out[key] = {**out.get(key, {}), **plain} if key != "asked" else plain
                else:
                    self.report.error("tests/shape", f"`{key}` is a mapping", at)
            else:
                out[key] = self.plain(value)
        return out

    def types(self, key: str) -> Mapping[str, Type]:
        assert self.model is not None
        return {name: fact.type for name, fact in self.model.facts.items()} if key == "history" else {}

    def facts(self, node: YamlNode, prefix: str, into: dict[str, Any], places: dict[str, Place]) -> None:
        assert self.model is not None
        if not isinstance(node, YamlMap):
            self.report.error("tests/shape", "facts are a mapping from name to value", node)
            return
        for key, (at, value) in node.entries.items():
            name = f"{prefix}{key}"
            fact = self.model.facts.get(name)
            if fact is not None:
                into[name], places[name] = self.plain(value, {"": fact.type}, ""), value.place()
            elif isinstance(value, YamlMap) and any(each.startswith(f"{name}.") for each in self.model.facts):
                self.facts(value, f"{name}.", into, places)
            else:
                near = closest(name, self.model.facts)
                hint = f"did you mean `{near}`?" if near else "the facts of a policy stand under its `facts:`"
                self.report.error("tests/unknown-fact", f"the policy has no fact `{name}`", at, hint)

    def expectations(self, node: YamlNode | None) -> Iterable[Expectation]:
        if node is None:
            return
        if not isinstance(node, YamlMap):
            self.report.error("tests/shape", "`expect` is a mapping, such as `{outcome: grant}`", node)
            return
        self.keys(node, tuple(EXPECTATIONS))
        for key, (_, value) in node.entries.items():
            if key in EXPECTATIONS:
                self.expected_words(key, value)
                yield Expectation(key, self.plain(value), value.place())

    def expected_words(self, key: str, node: YamlNode) -> None:
        """What can never come: another outcome, and a role, a remedy or a cap that the policy does not have."""
        assert self.model is not None
        text = node.text if isinstance(node, YamlScalar) else ""
        if key == "outcome" and text not in OUTCOMES:
            meant = next((outcome for outcome, others in OUTCOMES.items() if text.lower() in others), None)
            self.unknown(text, "an outcome", tuple(OUTCOMES), node, meant)
        elif key == "approver" and text not in (*self.model.ladder, "none", "null", "~"):
            self.unknown(text, "a role of the policy", self.model.ladder, node)
        known = {**dict.fromkeys(_BY_REMEDY, tuple(self.model.remedies)), "charges": tuple(cap.id for cap in self.model.caps)}
        if key in known and isinstance(node, YamlMap):
            for name, (at, _) in node.entries.items():
                if name not in known[key]:
                    self.unknown(name, "a cap of the policy" if key == "charges" else "a remedy of the policy", known[key], at)

    def unknown(self, text: str, what: str, known: Sequence[str], at: YamlNode, meant: str | None = None) -> None:
        meant = meant or closest(text, known)
        hint = f"did you mean `{meant}`?" if meant else f"write {any_of(known)}" if known else None
        self.report.error("tests/unknown-word", f"`{text}` is not {what}", at, hint)

    def moment(self, node: YamlNode | None) -> datetime | None:
        if node is None:
            return None
        try:
            moment = datetime.fromisoformat(node.text if isinstance(node, YamlScalar) else "")
        except ValueError:
            moment = None
        if moment is None or moment.tzinfo is None:
            hint = "write `2026-07-01T10:00:00+02:00`"
            self.report.error("tests/moment", "`at` is a date and time with its distance from UTC", node, hint)
        return moment

    def number(self, node: YamlNode | None) -> int | None:
        if node is None:
            return None
        number = self.plain(node)
        if isinstance(number, int) and not isinstance(number, bool):
            return number
        self.report.error("tests/step-number", "`of` is the number of a step, counted from 1", node)
        return None

    def word(self, node: YamlNode | None, words: Sequence[str], what: str, default: str) -> str:
        if node is None:
            return default
        text = node.text if isinstance(node, YamlScalar) else ""
        if text not in words:
            self.unknown(text, what, words, node)
        return text

    def keys(self, node: YamlMap, known: Iterable[str]) -> None:
        known = tuple(known)
        for key, (at, _) in node.entries.items():
            if key not in known:
                near = closest(key, known)
                hint = f"did you mean `{near}`?" if near else f"known here: {', '.join(known)}"
                self.report.error("tests/unknown-key", f"unknown key `{key}`", at, hint)

    def plain(self, node: YamlNode, types: Mapping[str, Type] | None = None, key: str = "") -> Any:
        """A node as plain data: numbers become exact, ``true`` and ``false`` truth values, ``null`` and ``~`` nothing; where a
        text or a choice is expected a word stays a word."""
        if isinstance(node, YamlMap):
            return {name: self.plain(value, types, name) for name, (_, value) in node.entries.items()}
        kind = (types or {}).get(key)
        if isinstance(node, YamlList):
            element = {key: kind.element} if kind is not None and kind.element is not None else None
            return [self.plain(item, element, key) for item in node]
        word = kind is not None and kind.kind in ("text", "choice") and node.text not in ("null", "~")
        return node.text if word or not node.plain else _guess(node.text)


def _guess(text: str) -> Any:
    if text in ("", "null", "~"):
        return None
    if text in _BOOLEANS:
        return _BOOLEANS[text]
    try:
        number = Decimal(text) if text[0] in "+-.0123456789" else None
    except InvalidOperation:
        return text
    if number is None or not number.is_finite():
        return text
    return int(number) if number == number.to_integral_value() and "." not in text and "e" not in text.lower() else number
