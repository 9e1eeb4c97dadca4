"""A policy file to a checked model. All that is wrong with a file is told at once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

from remit.errors import Place, PolicyError, Problem
from remit.language.nodes import names_in
from remit.language.types import ANY, DATE, DATE_TIME, TEXT, Type, choice
from remit.policy.fact_values import in_zone_of
from remit.policy.load_context import Context
from remit.policy.model import Fact, Model
from remit.policy.outline import POLICY
from remit.policy.reading.collector import collector_paused
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_reader import LIMITS, decode, read_yaml
from remit.policy.reading.yaml_tree import YamlMap
from remit.policy.sections.calendar_section import read_calendars
from remit.policy.sections.caps import read_caps, read_discretion
from remit.policy.sections.currency_section import refuse_unrated_claims
from remit.policy.sections.fact_section import read_facts
from remit.policy.sections.guardrails import read_guardrails
from remit.policy.sections.header import read_header, read_own_account
from remit.policy.sections.histories import read_histories
from remit.policy.sections.remedies import read_remedies
from remit.policy.sections.requires import read_approvals, read_evidence, read_promises, read_requires
from remit.policy.sections.rule_section import read_claims, read_rules
from remit.policy.sections.value_section import declare_values, read_shows, read_values
from remit.policy.shapes.by_currency import currencies_of, in_currency, problems_together
from remit.policy.shapes.lost_lines import with_sections
from remit.policy.shapes.mappings import Fields

__all__ = ["inspect_file", "inspect_model", "load_model", "read_model"]

#: No file that a person wrote, and lost a line of, is longer (in characters).
_MOST_TO_READ_AGAIN: Final = 100_000


def load_model(path: str | Path) -> Model:
    """The policy in the file ``path``.

    Raises :class:`~remit.errors.PolicyError` with all problems of the file, in reading order, and ``OSError`` where the file
    cannot be read.
    """
    return _or_raise(*inspect_file(path))


def read_model(text: str, name: str = "policy.yaml", *, is_stored: bool = False) -> Model:
    """The policy in ``text``; ``name`` is what messages call the file. ``is_stored``: a version read it without errors before,
    and what only newer versions refuse is no error. Raises :class:`~remit.errors.PolicyError`."""
    return _or_raise(*inspect_model(text, name, is_stored=is_stored))


def inspect_file(path: str | Path) -> tuple[Model | None, tuple[Problem, ...]]:
    """Like :func:`inspect_model`, for a file. Raises only ``OSError``."""
    with Path(path).open("rb") as file:
        data = file.read(LIMITS.size_bytes + 1)
    text, report = decode(data, str(path))
    return (None, report.sorted()) if text is None else inspect_model(text, str(path))


def unreadable(path: str | Path, error: OSError) -> Problem:
    """That the file ``path`` cannot be read, as one of the problems of a folder."""
    place = Place(str(path), 1, 1, 2, "")
    return Problem("policy/unreadable", f"the file cannot be read: {error.strerror or error}", place)


def inspect_model(text: str, name: str = "policy.yaml", *, is_stored: bool = False) -> tuple[Model | None, tuple[Problem, ...]]:
    """The policy in ``text``, or ``None`` where it has errors; and all its problems in reading order. Never raises."""
    with collector_paused():
        root, report = read_yaml(text, name, is_stored)
        if root is None:
            return None, report.sorted()
        currencies = currencies_of(root)
        found = [_in_one(root, code, currencies, report.copy(), text, name) for code in currencies or (None,)]
    models = [model for model, _ in found]
    if len(found) == 1:
        problems = found[0][1]
    else:
        problems = problems_together(dict(zip(currencies, (each for _, each in found), strict=True)))
    model = replace(models[0], others=tuple(models[1:]))
    return (None if any(problem.severity == "error" for problem in problems) else model), problems


def _in_one(
    root: YamlMap, code: str | None, currencies: tuple[str, ...], report: ProblemReport, text: str, name: str
) -> tuple[Model, tuple[Problem, ...]]:
    """The policy in one currency, and its problems; incomplete where there are any."""
    fields, report = _read_sections(root if code is None else in_currency(root, code, currencies, report), report)
    assert fields is not None  # a mapping is always read, however little of it is right
    model = _assemble(fields, report, text, name)
    several = len(currencies) > 1
    problems = tuple(map(_by_currency, report.sorted())) if several else report.sorted()
    return replace(model, currencies=currencies if several else ()), problems


def _by_currency(problem: Problem) -> Problem:
    """In a policy in several currencies, an amount in one of them can be given in the others, too."""
    if problem.code != "types/currencies":
        return problem
    return replace(problem, hint="write it by currency, as a value with a name: `{EUR: 25 EUR, USD: 30 USD}`")


def _read_sections(root: YamlMap, report: ProblemReport) -> tuple[Fields | None, ProblemReport]:
    """The sections. Where something is wrong with them, they are read again with the lines that are missing, if any are."""
    first = report.copy()
    fields = POLICY.read(root, "the file", first)
    if len(first) == len(report) or len(root.document.text) > _MOST_TO_READ_AGAIN:
        return fields, first
    whole = with_sections(root, POLICY.shapes(), POLICY.required(), report)
    return POLICY.read(whole, "the file", report), report


def _has_moments(fact: Fact) -> bool:
    return "date-time" in (fact.type.kind, fact.type.element and fact.type.element.kind)


def _or_raise(model: Model | None, problems: tuple[Problem, ...]) -> Model:
    if model is None:
        raise PolicyError(problems)
    return model


def _assemble(policy: Fields, report: ProblemReport, text: str, name: str) -> Model:
    """Section by section, each after those that it needs. Where there are problems, the result is incomplete."""
    context = Context(report)
    header = read_header(policy, context)
    context.calendars = calendars = read_calendars(policy, context)
    context.remedies = read_remedies(policy, context)
    report.own_words = dict(_own_words(context))
    facts, types = read_facts(policy, context)
    context.facts = types
    read_histories(policy, context, facts, types)
    declared = declare_values(policy, context, types)
    context.set_scope({"requested": DATE_TIME, **types, **_always_there(context)}, [value.text for value, _ in declared])
    values = read_values(declared, context)
    rules, namings = read_rules(policy, context)
    guardrails = read_guardrails(policy, context)
    requires = read_requires(policy, context)
    caps = read_caps(policy, context)
    discretion = read_discretion(policy, context)
    claims = read_claims(policy, context, rules, namings)
    owes_money = any(context.remedies[each].kind == "money" for claim in claims for each in claim.remedies)
    refuse_unrated_claims(policy, context, owes_money=owes_money)
    own_account = read_own_account(policy, context)
    kept = {*own_account, *(name for cap in caps for name in cap.per), *(name for claim in claims for name in claim.per)}
    kept.update(name for fact in facts.values() if fact.history is not None for name in fact.history.per)
    facts = {name: replace(fact, is_id=name in kept and fact.type.kind == "text") for name, fact in facts.items()}
    rest: dict[str, Any] = {each: getattr(header, each) for each in header.__slots__}
    model = Model(
        **rest,
        own_account=own_account,
        facts=facts,
        remedies=context.remedies,
        values=values,
        shows=read_shows(policy, context, values, facts),
        rules=rules,
        guardrails=guardrails,
        claims=claims,
        caps=caps,
        rates=context.rates,
        rate=context.rates[-1] if context.rates else None,
        discretion=discretion,
        requires=requires,
        approvals=read_approvals(policy, context),
        promises=read_promises(policy, context),
        otherwise=policy.get("otherwise") or "escalate",
        calendars=calendars,
        evidence=read_evidence(policy, context, requires),
        digest="sha256:" + sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        text=text,
        file=name,
    )
    timed = "requested" in text and "requested" not in {**facts, **values} and _reads_requested(model)
    zone = model.timezone if timed else policy.get("timezone")
    facts = {name: _in_zone(fact, zone, local=timed) if _has_moments(fact) else fact for name, fact in facts.items()}
    return replace(model, facts=facts, texts=tuple(context.texts.values()), reads_requested=timed)


def _reads_requested(model: Model) -> bool:
    return any("requested" in names_in(each.node) for each in model.expressions())


def _in_zone(fact: Fact, zone: str | None, *, local: bool) -> Fact:
    """The fact with its bounds and its default in the time zone that values are brought to."""
    fact = replace(fact, zone=zone, local=local)
    low, high, default = (in_zone_of(fact, each) for each in (fact.low, fact.high, fact.default))
    return replace(fact, low=low, high=high, default=default)


def _own_words(context: Context) -> Iterator[tuple[str, str]]:
    """For the currency, the roles and the remedy of the examples in hints: those of the policy, where it has others."""
    if context.currency is not None:
        yield "EUR", context.currency
    yield from zip(("associate", "supervisor"), context.ladder, strict=False)
    for kind, example in (("money", "credit"), ("count", "points")):
        own = [name for name, remedy in context.remedies.items() if remedy.kind == kind]
        if own and example not in context.remedies:
            yield example, own[0]


def _always_there(context: Context) -> dict[str, Type]:
    """The names that every condition may use."""
    asked = {f"asked.{name}": context.amount_type(name, whole=True) for name in context.remedies}
    role = choice(context.ladder) if context.ladder_is_whole else ANY
    return {"employee.id": TEXT, "employee.role": role, "occurred": DATE, **asked}
