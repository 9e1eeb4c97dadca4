"""A request from the words of the command line. Names that are not known are usage errors; values are the policy's to judge."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from remit.cli.support.policy_lookup import stated_currency
from remit.cli.support.request_options import Given
from remit.cli.support.spoken import read, spoken
from remit.errors import Problem, RequestError
from remit.language.locales.messages import Message, Sentence

if TYPE_CHECKING:
    from remit.deciding.policy import Policy
    from remit.policy.model import Model


__all__ = [
    "asked_from",
    "currency_meant",
    "day_of",
    "midnight_of",
    "facts_from",
    "login_name",
    "request_from",
    "supply",
    "unknown_names",
    "version_day",
]

F = TypeVar("F", bound=Callable[..., Any])


def login_name() -> str:
    """The name of this computer's user, or ``me``."""
    import getpass

    try:
        return getpass.getuser()
    except (OSError, KeyError, ImportError):
        return "me"


def request_from(model: Model, given: Given, today: date) -> dict[str, Any]:
    """The request as a mapping. Raises ``click.UsageError`` with all that is wrong where a name or an option is, and
    ``RequestError`` with every value that cannot be read where nothing else is."""
    from remit.decision.typed import parse_fact

    with _Reader() as reader:
        facts = reader.named("fact", given.fact, model.facts)
        asked = reader.named("remedy", given.give, model.remedies, bare=True)
        reader.known("role", [given.role] if given.role else [], model.ladder)
        evidence = reader.named("evidence", given.evidence, model.evidence, bare=True)
        reader.known("fact", given.from_evidence, model.facts)
        reader.usage += [
            f"--from-evidence {name}: add the fact, --fact {name}=..."
            for name in given.from_evidence
            if name not in dict(facts)
        ]
        return {
            "employee": {"id": given.employee or login_name(), "role": given.role or model.ladder[0]},
            "sources": {name: "evidence" if name in given.from_evidence else "stated" for name, _ in facts},
            "asked": _asked(model, asked, reader),
            "facts": reader.read("facts", facts, lambda name, text: parse_fact(read(model).facts[name], text, today=today)),
            "case": given.case,
            "occurred": reader.day(given.occurred, today),
            "evidence": [{"name": name, "reference": where} if where else name for name, where in evidence],
            "story": given.story,
            "use_discretion": given.use_discretion or given.story is not None,
            "key": given.key,
        }


def currency_meant(policy: Policy, given: Given) -> str | None:
    """The currency of a request to a policy in several: that of ``--currency``, or else of the amounts that were typed with
    theirs; ``None`` where nothing says it. Raises ``click.UsageError`` where it is none of the policy's, or two of them."""
    stated = stated_currency(policy, given.currency)
    if stated is not None or len(policy.currencies) < 2:
        return stated
    facts = policy.model.facts
    money = {name for name, fact in facts.items() if (fact.type.element or fact.type).kind == "money"}
    amounts = (*given.give, *(text for text in given.fact if text.partition("=")[0].strip() in money))
    typed = {code.upper() for text in amounts if (code := text.strip()[-3:]).isalpha()}
    found = sorted(typed.intersection(policy.currencies))
    if len(found) > 1:
        raise click.UsageError(Message("there are amounts in {codes}, and a request is in one currency.", codes=tuple(found)))
    return found[0] if found else None


def facts_from(model: Model, fact: Sequence[str], today: date) -> dict[str, Any]:
    """What ``--fact`` said; also the case, where a task lacks it. Raises as :func:`request_from`."""
    from remit.decision.typed import parse_fact

    with _Reader() as reader:
        facts = reader.named("fact", fact, [*model.facts, *(["case"] if "case" not in model.facts else [])])
        case = {name: text for name, text in facts if name not in model.facts}
        known = [(name, text) for name, text in facts if name in model.facts]
        return {
            **reader.read("facts", known, lambda name, text: parse_fact(read(model).facts[name], text, today=today)),
            **case,
        }


def asked_from(model: Model, given: Given) -> dict[str, Any]:
    """What ``--give`` said. Raises as :func:`request_from`."""
    with _Reader() as reader:
        return _asked(model, reader.named("remedy", given.give, model.remedies, bare=True), reader)


def _asked(model: Model, asked: list[tuple[str, str]], reader: _Reader) -> dict[str, Any]:
    from remit.decision.giving import parse_amount

    return reader.read("asked", asked, lambda name, text: parse_amount(model, model.remedies[name], text))


class _Reader:
    """Reads options and collects what is wrong with them; on leaving, all of it is raised as one error."""

    def __init__(self) -> None:
        self.usage: list[str] = []
        self.problems: list[Problem] = []

    def __enter__(self) -> _Reader:
        return self

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if error is None and self.usage:
            _ = spoken()
            values = [f"{problem.path}: {_.of(problem.message)}" for problem in self.problems]
            lines = [each if each[-1] in "?." else f"{each}." for each in (*map(_.of, self.usage), *values)]
            raise click.UsageError("\n       ".join(lines))
        if error is None and self.problems:
            raise RequestError(self.problems)

    def named(self, what: str, texts: Iterable[str], known: Iterable[str], *, bare: bool = False) -> list[tuple[str, str]]:
        """``NAME=VALUE`` texts as pairs; with ``bare``, a name alone will do. Those whose names are known once."""
        known, found = list(known), dict[str, str]()
        for text in texts:
            name, sign, value = (part.strip() for part in text.partition("="))
            if not sign and not bare:
                self.usage.append(Message("`{typed}` is not NAME=VALUE", typed=text))
            elif name in found:
                self.usage.append(Message(_TWICE[what], name=name))
            else:
                found[name] = value
        self.known(what, found, known)
        return [(name, value) for name, value in found.items() if name in known]

    def known(self, what: str, names: Iterable[str], known: Iterable[str]) -> None:
        self.usage += unknown_names(what, names, known)

    def read(self, path: str, pairs: list[tuple[str, str]], parse: Callable[[str, str], Any]) -> dict[str, Any]:
        values = {}
        for name, text in pairs:
            try:
                values[name] = parse(name, text)
            except ValueError as error:
                self.problems.append(Problem("request/value", error.args[0], path=f"{path}.{name}"))
        return values

    def day(self, text: str | None, today: date) -> date:
        try:
            return _day(text, today)
        except ValueError as error:
            self.usage.append(Message("--occurred: {why}", why=error.args[0]))
            return today


def version_day(given: Given, today: date) -> date:
    """The day whose version of the policy is wanted; today where ``--occurred`` cannot be read, which :func:`request_from`
    tells together with all else."""
    try:
        return _day(given.occurred, today)
    except ValueError:
        return today


def length_of(text: str, option: str) -> timedelta:
    """A length of time as people write it: ``90 min``, ``4 h``. Raises :class:`click.BadParameter`."""
    from remit.decision.typed import parse_fact
    from remit.language.types import Type
    from remit.policy.model import Fact

    fact = Fact(option, Type("duration"), low=timedelta(minutes=1))
    try:
        found = parse_fact(fact, text)
    except ValueError as error:
        raise click.BadParameter(Message("{what}.", what=error.args[0]), param_hint=option) from None
    assert isinstance(found, timedelta)
    return found


def midnight_of(text: str, option: str, days: int = 0) -> datetime:
    """Midnight here at the beginning of the day that ``option`` says, or so many ``days`` later. Raises
    ``click.BadParameter``."""
    day = day_of(text, date.today(), option)
    try:
        return datetime.combine(day + timedelta(days), time()).astimezone()
    except (OverflowError, ValueError):
        raise click.BadParameter(f"`{text}` is too far away.", param_hint=option) from None


def day_of(text: str | None, today: date, option: str = "--occurred") -> date:
    """What ``option`` says, as a day. Raises ``click.BadParameter``."""
    try:
        return _day(text, today)
    except ValueError as error:
        raise click.BadParameter(Message("{what}.", what=error.args[0]), param_hint=option) from None


def _day(text: str | None, today: date) -> date:
    from remit.decision.typed import parse_fact
    from remit.language.types import DATE
    from remit.policy.model import Fact

    day: date = today if text is None else parse_fact(Fact("occurred", DATE), text, today=today)
    return day


#: That something of this kind is said twice.
_TWICE: Final = {
    "evidence": Sentence("evidence `{name}` is given twice"),
    "fact": Sentence("fact `{name}` is given twice"),
    "remedy": Sentence("remedy `{name}` is given twice"),
}

#: That a policy has nothing of this name.
_UNKNOWN: Final = {
    "evidence": Sentence("the policy has no evidence `{name}`; {hint}"),
    "fact": Sentence("the policy has no fact `{name}`; {hint}"),
    "remedy": Sentence("the policy has no remedy `{name}`; {hint}"),
    "role": Sentence("the policy has no role `{name}`; {hint}"),
}


def unknown_names(what: str, names: Iterable[str], known: Iterable[str]) -> list[Message]:
    from remit.language.suggestions import closest

    known = list(known)
    out = []
    for name in names:
        if name not in known:
            near = closest(name, known)
            hint = Message("there are none")
            if near:
                hint = Message("did you mean `{near}`?", near=near)
            elif known:
                hint = Message("there are {names}", names=", ".join(known))
            out.append(Message(_UNKNOWN[what], name=name, hint=hint))
    return out


def supply(model: Model) -> Callable[[str, str], str]:
    """Which option gives something that is missing."""
    from remit.decision.typed import expected

    def how(kind: str, name: str) -> str:
        if kind == "evidence":
            return f"--evidence {name}"
        if kind == "story":
            return "--story '...'"
        fact = model.facts.get(name)
        if fact is not None and fact.weakest_source == "system":
            return Message("it must come from a system: --facts-from '...', with a command that the roster trusts")
        if fact is not None and fact.weakest_source == "evidence":
            return Message("from what is on file: --fact {name}=... --from-evidence {name}", name=name)
        if fact is None:
            return {"case": "--case ...", "key": "--key ..."}.get(name, "--occurred 2026-07-01")
        return Message("--fact {name}=... ({expected})", name=name, expected=expected(fact))

    return how
