"""Commands that begin things for authors: ``new``, ``cases``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from remit.cli.support import exits
from remit.cli.support.piped import Piped
from remit.cli.support.policy_lookup import PolicyPath, currency_option, in_currency, load_policy
from remit.cli.support.terminal import interactive, tell
from remit.errors import one_line

if TYPE_CHECKING:
    from remit.authoring.proposing.case_maker import Proposal
    from remit.authoring.starting import Wishes

__all__ = ["cases", "new"]


#: As in `remit.authoring.industries`, which is not loaded for the help.
_INDUSTRIES: Final = (
    "hotel", "airline", "retail", "rail", "telecom", "energy", "water", "parcel", "bank", "insurance", "support",
)  # fmt: skip


@click.command(short_help="A starter policy for your line of business.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--industry", type=click.Choice(_INDUSTRIES), help="The words of which industry. [the one that FILE is named after]"
)
@click.option("--currency", metavar="CODE", help="Three letters. [EUR]")
@click.option("--roles", metavar="A,B,C", help="The ladder, least authority first. [as usual in the industry]")
@click.option("--amounts", metavar="N,N,N", help="How much each role may give, as many as roles. [as usual in the industry]")
@click.option("--owner", metavar="WHO", help="Who answers for the policy. [policy-owner]")
def new(
    file: Path, industry: str | None, currency: str | None, roles: str | None, amounts: str | None, owner: str | None
) -> int:
    """Write a starter policy to FILE and its cases beside it, by questions where this is a terminal, or by the options.

    It is small, complete, and passes check and test: change its words and figures from there.
    """
    from remit.authoring.formatting.formatted_files import format_text
    from remit.authoring.industries import INDUSTRIES, industry_in, industry_near
    from remit.authoring.starting import Wishes, starter
    from remit.deciding.loading import loads

    file = file if file.suffix else file.with_name(f"{file.name}.yaml")
    if file.suffix not in (".yaml", ".yml"):
        raise click.UsageError(f"a policy's file ends in `.yaml`, and `{file.name}` does not.")
    if not file.parent.is_dir():
        raise click.UsageError(f"there is no folder `{file.parent}`; make it first.")
    cases_file = file.with_name(f"{file.stem}_test.yaml")
    taken = [each for each in (file, cases_file) if each.exists()]
    if taken:
        raise click.UsageError(f"{taken[0]} is there already; choose another name.")
    named, near = industry_in(file.stem), industry_near(file.stem)
    if near and not (industry or named or interactive()):
        raise click.UsageError(f"which line of business is `{file.stem}`? Did you mean `--industry {near}`?")
    industry = _answer(
        industry or (None if interactive() else named or ""), "Line of business", named or "hotel", choice=_INDUSTRIES
    )
    usual = INDUSTRIES[industry or "hotel"]
    start = date.today().replace(day=1).isoformat()
    wishes = Wishes(file.stem, industry, "EUR", usual.ladder, tuple(map(Decimal, usual.amounts)), "policy-owner", start)
    if interactive():
        _refuse(wishes)  # its name; before anything is asked
    currency = _answer(currency, "Currency", "EUR", lambda text: replace(wishes, currency=text.upper()))
    wishes = replace(wishes, currency=currency.upper())
    ladder = _listed(_answer(roles, "Roles, least authority first", ",".join(usual.ladder), lambda text: _roles(wishes, text)))
    figures = _answer(
        amounts,
        "How much each may give",
        ",".join(str(each) for each in usual.amounts[: len(ladder)]),
        lambda text: replace(wishes, ladder=ladder, amounts=_figures(text)),
    )
    who = _answer(owner, "Who answers for the policy", "policy-owner")
    wishes = replace(wishes, ladder=ladder, amounts=_figures(figures), owner=who)
    _refuse(wishes)
    text = format_text(_modeline("policy") + starter(wishes))
    loads(text, str(file))  # what would not load is not written
    file.write_text(text, encoding="utf-8")
    _write_cases(file, cases_file)
    tell(f"{file} and {cases_file.name} are written, with the words of the industry `{industry}`.")
    for verb in ("show", "test", "ask"):
        tell(f"  remit {verb} {file}")
    for each in ("policy", "cases"):  # for editors
        tell(f"  remit schema {each} > {file.with_name(f'{each}.schema.json')}")
    return exits.FINE


def _answer(
    given: str | None, question: str, usual: str, then: Callable[[str], Wishes] | None = None, choice: tuple[str, ...] = ()
) -> str:
    """What was given as an option, or is answered at a terminal, or is usual. At a terminal it is asked again while what is
    wished ``then`` does not fit."""

    def fits(text: str) -> str:
        if then is not None:
            _refuse(then(text))
        return text

    if given is not None:
        return given
    if not interactive():
        return usual
    kind = click.Choice(choice) if choice else None
    return str(click.prompt(question, default=usual, type=kind, value_proc=None if kind else fits))


def _refuse(wishes: Wishes) -> None:
    """Raises ``click.UsageError`` with all that does not fit."""
    problems = wishes.problems()
    if problems:
        raise click.UsageError("; ".join(problems) + ".")


def _roles(wishes: Wishes, text: str) -> Wishes:
    """With these roles, and some amount for each."""
    ladder = _listed(text)
    return replace(wishes, ladder=ladder, amounts=tuple(Decimal(number) for number in range(1, len(ladder) + 1)))


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _figures(text: str) -> tuple[Decimal, ...]:
    out = []
    for each in _listed(text):
        try:
            out.append(Decimal(each))
        except InvalidOperation:
            raise click.UsageError(f"`{each}` is not an amount; write `30,150,600`.") from None
    return tuple(out)


def _write_cases(policy: Path, file: Path) -> int:
    from remit.authoring.formatting.formatted_files import format_text
    from remit.authoring.proposing.proposing import propose
    from remit.authoring.proposing.writing import as_file

    loaded = load_policy(policy)
    found = list(propose(loaded))
    file.write_text(format_text(_modeline("cases") + as_file(loaded.model, policy.name, found)), encoding="utf-8")
    return len(found)


def _modeline(schema: str) -> str:
    """What tells an editor with a YAML language server which keys there are, once `remit schema` has put the schema beside it.
    A path of this machine would mean nothing on another."""
    return f"# yaml-language-server: $schema={schema}.schema.json\n"


@click.command(short_help="Proposes cases: every rule, every guardrail, every boundary.")
@click.argument("policy", type=PolicyPath())
@click.option("--write", is_flag=True, help="Write them without asking, if there is no test file yet.")
@currency_option
def cases(policy: Path, write: bool, currency: str | None) -> int:
    """Propose cases for the POLICY file: one for each rule and guardrail, for each boundary one just below, at and just above,
    each with something asked for.

    They say what the policy answers today. Read the table: is that what was meant? If so, they become NAME_test.yaml beside the
    policy, for you to go on from. A test file that is there is never changed; then they are only printed.
    """
    from remit.authoring.formatting.formatted_files import format_text
    from remit.authoring.proposing.proposing import propose
    from remit.authoring.proposing.writing import as_file
    from remit.authoring.testing.casefile import test_file_of

    if policy.is_dir():
        raise click.UsageError(f"`{policy}` is a folder; cases are proposed for one policy file.")
    loaded = in_currency(load_policy(policy), currency)
    found = list(propose(loaded))
    if not found:
        click.echo("there is nothing to propose: no rule gives anything", err=True)
        return exits.FINE
    name = f"{loaded.id}.yaml" if isinstance(policy, Piped) else policy.name
    text, file = format_text(as_file(loaded.model, name, found)), test_file_of(policy)
    if file.exists() or isinstance(policy, Piped) or not (write or interactive()):
        click.echo(text, nl=False)
        if file.exists():
            tell(f"{file.name} is there already and stays as it is; take from these what it lacks", err=True)
        return exits.FINE
    if not write:
        for line in _table(found):
            tell(line)
        if not click.confirm(one_line(f"Is this what the policy should do? Write them to {file.name}?")):
            return exits.FINE
    file.write_text(text, encoding="utf-8")
    tell(f"{len(found)} cases are in {file}; `remit test {policy}` runs them")
    return exits.FINE


def _table(found: list[Proposal]) -> Iterator[str]:
    from remit.language.words import show_value

    wide = min(60, max(len(each.name) for each in found))
    for each in found:
        facts = ", ".join(f"{name} {show_value(value)}" for name, value in each.facts.items())
        yield f"{each.name:<{wide}}  {each.decision.outcome:<8}  {each.role}: {facts}"
