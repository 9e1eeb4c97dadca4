"""The command that tells what changed between two policies: ``diff``."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.support import exits
from remit.cli.support.piped import from_pipe, is_pipe
from remit.cli.support.policy_lookup import Choice, currency_option, in_currency, load_policy, policy_option

if TYPE_CHECKING:
    from remit.authoring.differences.changes import Difference
    from remit.policy.model import Model

__all__ = ["diff"]


@click.command(short_help="What changed between two policies, in words.")
@click.argument("old")
@click.argument("new")
@click.option(
    "--format",
    "form",
    type=click.Choice(["human", "json", "markdown"]),
    default="human",
    show_default=True,
    help="For a terminal, for programs, or for a pull request.",
)
@click.option(
    "--examples",
    "most",
    type=click.IntRange(0, 100),
    default=12,
    show_default=True,
    metavar="COUNT",
    help="At most so many situations in which something is decided otherwise; 0 for none.",
)
@policy_option
@currency_option
def diff(old: str, new: str, form: str, most: int, policy_name: str | None, currency: str | None) -> int:
    """Tell what changed from the policy OLD to NEW: what customers are owed, who may give more or less, guardrails, caps,
    tables row by row. Layout, comments and the order of rules are no changes.

    OLD and NEW are files, folders (what is in force there today), names of policies that come with remit, or files at a git
    revision:

    \b
    remit diff old.yaml new.yaml
    remit diff HEAD:rules/hotel.yaml rules/hotel.yaml

    The examples are situations that were tried in both policies. They are not a proof.

    Leaves with 0 when nothing changed, 1 when something did, 4 when a policy is not valid.
    """
    from remit.authoring.differences.declared import difference
    from remit.authoring.differences.examples import examples

    pairs = _in_each_currency(_policy(old, policy_name), _policy(new, policy_name), currency)
    found = []
    for before, after in pairs:
        each = difference(before, after)
        if each.changed:
            of = f", in {after.currency}" if len(pairs) > 1 else ""
            shown = examples(before, after, most=most) if most else None
            each = replace(each, old=each.old + of, new=each.new + of, examples=shown)
        found.append(each)
    _REPORTERS[form](found)
    return exits.FAILED if any(each.changed for each in found) else exits.FINE


def _in_each_currency(old: Model, new: Model, currency: str | None) -> list[tuple[Model, Model]]:
    """Both in the currency that is meant, or in each that both have; or else in the first of each."""
    from remit.deciding.policy import Policy

    if currency is not None:
        return [(in_currency(Policy(old), currency).model, in_currency(Policy(new), currency).model)]
    after = {each.currency: each for each in new.each}
    both = [(each, after[each.currency]) for each in old.each if each.currency in after]
    return both or [(old.each[0], new.each[0])]


def _policy(where: str, name: str | None) -> Model:
    from remit.authoring.differences.revisions import policy_at
    from remit.policy.shipped import shipped_policies

    path = Path(where)
    if is_pipe(path):
        return load_policy(Choice(from_pipe(path, None), name)).model
    if path.is_dir():
        return load_policy(Choice(path, name)).model
    shipped = None if path.exists() else shipped_policies().get(where)
    return policy_at(str(shipped or where))


def _human(found: Sequence[Difference]) -> None:
    from remit.authoring.differences.telling import human
    from remit.cli.support.terminal import fitted
    from remit.errors import one_line

    told = [each for each in found if each.changed] or found[:1]
    for number, each in enumerate(told):
        if number:
            click.echo()
        for line in human(each):
            click.echo(fitted(_coloured(one_line(line))))


def _coloured(line: str) -> str:
    if line and not line.startswith(" "):
        return click.style(line, bold=True)
    colour = {"+": "green", "-": "red", "~": "yellow"}.get(line[2:3]) if line[3:4] == " " else None
    return click.style(line, fg=colour) if colour else line


def _markdown(found: Sequence[Difference]) -> None:
    from remit.authoring.differences.telling import markdown

    told = [each for each in found if each.changed] or found[:1]
    click.echo("\n\n".join("\n".join(markdown(each)) for each in told))


def _json(found: Sequence[Difference]) -> None:
    """The difference; where there are several currencies, a list of them under ``currencies``."""
    from remit.cli.support.terminal import tell_json

    plain = [each.to_dict() for each in found]
    several = {"changed": any(each.changed for each in found), "currencies": plain}
    tell_json(several if len(plain) > 1 else plain[0], indent=2)


_REPORTERS: dict[str, Callable[[Sequence[Difference]], None]] = {"human": _human, "json": _json, "markdown": _markdown}
