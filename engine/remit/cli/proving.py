"""``remit prove``: what holds in every possible case, and what does not."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.author_options import faults_kept, findings_format_option, seconds_option
from remit.cli.support import exits
from remit.cli.support.policy_lookup import currency_option, in_currency, paths_argument

if TYPE_CHECKING:
    from remit.authoring.exposure.subject import Who
    from remit.authoring.proving.proof_result import ProofResult
    from remit.authoring.proving.proof_telling import ProvedPolicy
    from remit.language.values import Money
    from remit.policy.model import Model

__all__ = ["prove"]

_KINDS = ("promise", "fails", "ladder", "floor", "claim", "dead", "edge")


@click.command(short_help="What holds in every possible case.")
@paths_argument
@click.option(
    "--only",
    "kinds",
    type=click.Choice(_KINDS),
    multiple=True,
    help="Only statements of this kind; may be given more than once.",
)
@seconds_option
@findings_format_option
@click.option("--lies", is_flag=True, help="Also tell the most that a false statement can gain, with the truth beside the lie.")
@click.option(
    "--max-lie",
    metavar="AMOUNT",
    help="The same, and leave with 1 where a false statement can gain more than this, such as 50EUR.",
)
@click.option(
    "--exposure",
    "who",
    type=click.Choice(["customer", "case", "employee", "site"]),
    multiple=True,
    help="Also tell the most that one of these can receive or give over time, and how; may be given more than once.",
)
@click.option("--role", "roles", multiple=True, metavar="ROLE", help="With --exposure: only what this role gives.")
@click.option(
    "--days",
    type=click.IntRange(1, 3660),
    multiple=True,
    help="With --exposure: in so many days (365); may be given more than once.",
)
@click.option("--again", is_flag=True, help="Prove everything anew, also what was proved of the same text before.")
@currency_option
def prove(
    paths: Sequence[Path],
    kinds: Sequence[str],
    seconds: float,
    form: str,
    lies: bool,
    max_lie: str | None,
    who: Sequence[Who],
    roles: Sequence[str],
    days: Sequence[int],
    again: bool,
    currency: str | None,
) -> int:
    """Prove statements about the policies at PATHS, for every case that the types of their facts allow: files, or folders with
    all policies in them.

    \b
    promise  every promise of the policy holds
    fails    every amount and every condition can be worked out
    ladder   a higher role may give at least as much as a lower one
    floor    what is owed may be given, unless a guardrail names it
    claim    what is owed has a claim, so that it is paid once
    dead     every rule, guardrail, row of a table and cap counts in some case
    edge     the most that each role can give at once, with a case

    A statement that does not hold comes with a case, which the policy decides just so. A statement that could not be proved in
    time is told as not proved. What is settled is remembered for the same text of the policy.

    Needs the extra `remit[prove]`. Leaves with 0 when everything is proved, 1 when something is not, 4 when a policy is not
    valid.
    """
    from remit.authoring.author_files import policies_in
    from remit.authoring.lying.lies import held_to
    from remit.authoring.proving.proof_telling import PROOF_REPORTERS

    files = list(dict.fromkeys(file for path in paths for file in policies_in(path)))
    if not files:
        raise click.UsageError("there is no policy in " + ", ".join(map(str, paths)) + "; policies are *.yaml files.")
    if not who and (roles or days):
        raise click.UsageError("--role and --days go with --exposure, such as `--exposure customer --role ROLE --days 30`.")
    most = _money(max_lie) if max_lie is not None else None
    wanted = (*(kinds or _KINDS), *(["lie"] if lies or most else []))
    models = [model for file in files for model in _models(file, currency)]
    if most is not None and all(model.currency != most.currency for model in models):
        raise click.BadParameter(f"no policy here is in {most.currency}", param_hint="--max-lie")
    found: list[ProvedPolicy] = []
    with faults_kept():
        for model in models:
            results = list(_proved(model, wanted, seconds, again=again))
            results += _exposed(model, who, roles, days or (365,), seconds) if who else []
            found.append((model, results if most is None else held_to(model, results, most)))
    click.echo(_shown(PROOF_REPORTERS[form](found), form), nl=False)
    return exits.FAILED if any(each.verdict != "proved" for _, results in found for each in results) else exits.FINE


def _money(text: str) -> Money:
    from remit.language.values import Money

    try:
        most = Money.of(text)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="--max-lie") from None
    if most.amount < 0:
        raise click.BadParameter(f"`{text}` is less than nothing", param_hint="--max-lie")
    return most


def _models(file: Path, currency: str | None) -> Sequence[Model]:
    from remit.deciding.loading import load

    policy = load(file)
    return policy.model.each if currency is None else (in_currency(policy, currency).model,)


def _proved(model: Model, kinds: Sequence[str], seconds: float, *, again: bool) -> Iterator[ProofResult]:
    from remit.authoring.proving.proof_memory import ProofMemory
    from remit.authoring.proving.proof_run import prove as statements
    from remit.cli.support.home_folders import cache_folder
    from remit.cli.support.terminal import Progress

    memory = ProofMemory(cache_folder() / "proofs")
    with Progress(f"{model.id}: proved", unit="statements") as progress:
        for each, total in statements(model, kinds, seconds=seconds, memory=memory, again=again):
            progress.total = total
            progress.update()
            yield each


def _exposed(
    model: Model, who: Sequence[Who], roles: Sequence[str], days: Sequence[int], seconds: float
) -> Iterator[ProofResult]:
    from remit.authoring.exposure.exposed import exposed
    from remit.authoring.proving.prover import Prover
    from remit.cli.support.terminal import Progress

    strange = [each for each in roles if each not in model.ladder]
    if strange:
        known = ", ".join(f"`{each}`" for each in model.ladder)
        raise click.BadParameter(f"`{strange[0]}` is not a role of {model.id}; its roles are {known}", param_hint="--role")
    with Progress(f"{model.id}: added up", unit="answers") as progress:
        for each, total in exposed(Prover(model, seconds), who, roles or model.ladder, days):
            progress.total = total
            progress.update()
            yield each


def _shown(text: str, form: str) -> str:
    from remit.cli.support.terminal import escaped

    return text if form == "human" else escaped(text)
