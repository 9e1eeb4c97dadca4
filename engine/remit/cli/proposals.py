"""Commands that begin things for authors: ``cases``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli import exits
from remit.cli.find import load_policy

if TYPE_CHECKING:
    from remit.authoring.proposing.proposing import Proposal

__all__ = ["cases"]


@click.command(short_help="Proposes cases: every rule, every guardrail, every boundary.")
@click.argument("policy", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Write them without asking, if there is no test file yet.")
def cases(policy: Path, write: bool) -> int:
    """Propose cases for the POLICY file: one for each rule and guardrail, for each boundary one just below, at and just above.

    They say what the policy answers today. Read the table: is that what was meant? If so, they become NAME_test.yaml beside the
    policy, for you to go on from. A test file that is there is never changed; then they are only printed.
    """
    from remit.authoring.proposing.proposing import propose
    from remit.authoring.proposing.writing import as_file
    from remit.authoring.testing.casefile import test_file_of
    from remit.cli.terminal import interactive

    loaded = load_policy(policy, None)
    found = list(propose(loaded))
    if not found:
        click.echo("there is nothing to propose: no rule gives anything", err=True)
        return exits.FINE
    text, file = as_file(loaded.model, policy.name, found), test_file_of(policy)
    if file.exists() or not (write or interactive()):
        click.echo(text, nl=False)
        if file.exists():
            click.echo(f"{file.name} is there already and stays as it is; take from these what it lacks", err=True)
        return exits.FINE
    if not write:
        click.echo("\n".join(_table(found)))
        if not click.confirm(f"Is this what the policy should do? Write them to {file.name}?"):
            return exits.FINE
    file.write_text(text, encoding="utf-8")
    click.echo(f"{len(found)} cases are in {file}; `remit test {policy}` runs them")
    return exits.FINE


def _table(found: list[Proposal]) -> Iterator[str]:
    from remit.policy.facts import show_value

    wide = min(60, max(len(each.name) for each in found))
    for each in found:
        facts = ", ".join(f"{name} {show_value(value)}" for name, value in each.facts.items())
        yield f"{each.name:<{wide}}  {each.decision.outcome:<8}  {each.role}: {facts}"
