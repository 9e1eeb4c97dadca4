"""The command that tells what changed between two policies: ``diff``."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.cli.author_options import seconds_option
from remit.cli.support import exits
from remit.cli.support.piped import from_pipe, is_pipe
from remit.cli.support.policy_lookup import Choice, currency_option, in_currency, load_policy, policy_option

if TYPE_CHECKING:
    from remit.authoring.differences.changes import Difference
    from remit.authoring.proving.change.change_gates import Gate
    from remit.authoring.proving.change.change_proof import ChangeProof
    from remit.language.values import Money
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
    default=None,
    show_default="12, with --prove 0",
    metavar="COUNT",
    help="At most so many situations in which something is decided otherwise; 0 for none.",
)
@click.option("--prove", is_flag=True, help="Prove for every case whether more or less may be given, or is owed.")
@click.option(
    "--gate",
    type=click.Choice(["no-wider", "no-narrower", "equal"]),
    help="Leave with 0 only if it is proved that in no case more, less, or anything else is given. Proves.",
)
@click.option(
    "--max-increase",
    "increase",
    metavar="MONEY",
    help="Leave with 0 only if it is proved that no role may give more than that above what it may give now, as 50EUR. Proves.",
)
@click.option(
    "--allow",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The regions that are meant (`remit schema allow`), each by somebody on the roster who owns the policy.",
)
@click.option(
    "--roster",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="The roster for --allow, as staff.yaml.",
)
@seconds_option
@policy_option
@currency_option
def diff(
    old: str,
    new: str,
    form: str,
    most: int | None,
    policy_name: str | None,
    currency: str | None,
    **proving: Any,
) -> int:
    """Tell what changed from the policy OLD to NEW: what customers are owed, who may give more or less, guardrails, caps,
    tables row by row. Layout, comments and the order of rules are no changes.

    OLD and NEW are files, folders (what is in force there today), names of policies that come with remit, or files at a git
    revision:

    \b
    remit diff old.yaml new.yaml
    remit diff HEAD:rules/hotel.yaml rules/hotel.yaml

    The examples are situations that were tried in both policies. They are not a proof. With --prove, every case that both
    policies accept is looked at: the answer is equal, wider, narrower or both, each region of change with what makes it so, its
    lines, and a case. Caps, claims, discretion, evidence and approvals are no part of the proof; where they changed, nothing is
    called equal. Needs the extra `remit[prove]`.

    Leaves with 0 when nothing changed, 1 when something did, 4 when a policy is not valid. With a gate, leaves with 0 when it
    is passed and 1 when it is not: what is not proved passes no gate.
    """
    from remit.authoring.differences.declared import difference
    from remit.authoring.differences.examples import examples

    pairs = _in_each_currency(_policy(old, policy_name), _policy(new, policy_name), currency)
    wish = ProofWish(**proving)
    if (wish.allow is None) != (wish.roster is None) or (wish.allow is not None and wish.gate is None):
        raise click.UsageError("--allow, --roster and --gate go together.")
    most = (0 if wish.wanted else 12) if most is None else most
    found: list[Difference] = []
    proofs: list[ChangeProof] = []
    for before, after in pairs:
        each = difference(before, after)
        if each.changed:
            of = f", in {after.currency}" if len(pairs) > 1 else ""
            shown = examples(before, after, most=most) if most else None
            each = replace(each, old=each.old + of, new=each.new + of, examples=shown)
        found.append(each)
        if wish.wanted:
            proofs.append(_proved(before, after, each, wish))
    _REPORTERS[form](found, proofs)
    if wish.has_gates:
        return exits.FINE if all(gate.passed for proof in proofs for gate in proof.gates) else exits.FAILED
    return exits.FAILED if any(each.changed for each in found) else exits.FINE


@dataclass(frozen=True)
class ProofWish:
    """What is to be proved of a change."""

    prove: bool
    gate: Gate | None
    increase: str | None
    allow: Path | None
    roster: Path | None
    seconds: float

    @property
    def has_gates(self) -> bool:
        """Whether anything must be proved."""
        return self.gate is not None or self.increase is not None

    @property
    def wanted(self) -> bool:
        """Whether to prove at all."""
        return self.prove or self.has_gates


def _proved(old: Model, new: Model, difference: Difference, wish: ProofWish) -> ChangeProof:
    from remit.authoring.proving.change.change_gates import gated
    from remit.authoring.proving.change.change_proof import prove_change
    from remit.cli.support.terminal import Progress

    most = None if wish.increase is None else _money(wish.increase, new)
    over = None if most is None else most.minor
    last = None
    with Progress(f"{new.id}: answered", unit="questions") as progress:
        for done, total, proof in prove_change(old, new, difference, seconds=wish.seconds, increase_over=over):
            progress.total, last = total, proof
            progress.reach(done)
    assert last is not None
    return gated(last, wish.gate, most, _allowed(last, wish))


def _allowed(proof: ChangeProof, wish: ProofWish) -> Mapping[str, str]:
    """The regions that are meant, each with who says so."""
    if wish.allow is None or wish.roster is None:
        return {}
    from remit.authoring.proving.change.allowed_changes import allowed_regions
    from remit.ledger.people.roster_file import load_roster

    return allowed_regions(wish.allow, proof, load_roster(wish.roster), date.today())


def _money(text: str, model: Model) -> Money:
    """``50EUR`` or ``50 EUR``, in the currency of the policy."""
    from remit.language.values import Money

    number, currency = text[:-3].strip(), text[-3:]
    try:
        amount = Money.of(f"{number} {currency}")
    except ValueError:
        raise click.BadParameter(f"`{text}` is no amount of money; write it as 50EUR.", param_hint="--max-increase") from None
    if amount.currency != model.currency:
        told = f"`{text}` is not in the currency of the policy, which is {model.currency or 'none'}."
        raise click.BadParameter(told, param_hint="--max-increase")
    if amount.minor < 0:
        raise click.BadParameter(f"`{text}` is below nothing.", param_hint="--max-increase")
    return amount


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


def _human(found: Sequence[Difference], proofs: Sequence[ChangeProof]) -> None:
    from remit.authoring.differences.telling import human
    from remit.cli.support.terminal import fitted
    from remit.errors import one_line

    told = [each for each in found if each.changed] or found[:1]
    for number, each in enumerate(told):
        if number:
            click.echo()
        for line in human(each):
            click.echo(fitted(_coloured(one_line(line))))
    for proof in proofs:
        from remit.authoring.proving.change.change_telling import proof_as_lines

        click.echo()
        for line in proof_as_lines(proof):
            click.echo(fitted(_coloured(one_line(line))))


def _coloured(line: str) -> str:
    if line and not line.startswith(" "):
        return click.style(line, bold=True)
    colour = {"+": "green", "-": "red", "~": "yellow"}.get(line[2:3]) if line[3:4] == " " else None
    return click.style(line, fg=colour) if colour else line


def _markdown(found: Sequence[Difference], proofs: Sequence[ChangeProof]) -> None:
    from remit.authoring.differences.telling import markdown

    told = ["\n".join(markdown(each)) for each in [each for each in found if each.changed] or found[:1]]
    for proof in proofs:
        from remit.authoring.proving.change.change_telling import proof_as_markdown

        told.append("\n".join(proof_as_markdown(proof)))
    click.echo("\n\n".join(told))


def _json(found: Sequence[Difference], proofs: Sequence[ChangeProof]) -> None:
    """The difference; where there are several currencies, a list of them under ``currencies``."""
    from remit.cli.support.terminal import tell_json

    plain = [each.to_dict() for each in found]
    for each, proof in zip(plain, proofs, strict=False):
        each["proof"] = proof.to_dict()
    several = {"changed": any(each.changed for each in found), "currencies": plain}
    tell_json(several if len(plain) > 1 else plain[0], indent=2)


_REPORTERS: dict[str, Callable[[Sequence[Difference], Sequence[ChangeProof]], None]] = {
    "human": _human,
    "json": _json,
    "markdown": _markdown,
}
