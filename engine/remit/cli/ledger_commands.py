"""``remit ledger``: the record itself, for those who must be able to trust it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.cli.review.record_filters import filter_of, filter_options
from remit.cli.support import exits
from remit.cli.support.employee import employee_of, first_publisher
from remit.cli.support.ledger_session import ledger_option, open_ledger, record_id
from remit.cli.support.policy_lookup import Choice, load_policies, policy_argument
from remit.cli.support.request_options import person_options
from remit.cli.support.request_words import login_name
from remit.cli.support.terminal import Progress, interactive, tell, tell_json

if TYPE_CHECKING:
    from remit.ledger.log.entry import Entry

__all__ = ["ledger", "publish"]


@click.command(short_help="Put a policy, or the roster, into the ledger: from now on it counts.")
@policy_argument
@click.option("--by", metavar="ID", help="Who publishes it. [your login]")
@ledger_option
def publish(policy: Choice, by: str | None, ledger_url: str | None) -> int:
    """Publish POLICY into the ledger, on record as done by you. Of a folder, every version. A file that begins with
    `roster:` is the roster: who works here, in which role, and what each may do.

    A ledger takes a policy that it has never seen with its first use. After that, a changed text needs a version of its own,
    and every new version is published before it decides anything. Says what happens to the balances of caps and claims.

    \b
    remit publish policies/hotel-guest-recovery.yaml
    remit publish staff.yaml
    """
    from remit.deciding.policyset import PolicySet
    from remit.ledger.people.roster_file import is_roster

    if policy.path.is_file() and is_roster(policy.path):
        return _publish_roster(policy.path, by, ledger_url)
    loaded = load_policies(policy)
    with open_ledger(ledger_url) as found:
        who = employee_of(found, by, None)["id"] if found.has_roster() else by or login_name()
        for each in loaded.versions if isinstance(loaded, PolicySet) else (loaded,):
            warnings = found.compare(each)
            entry = found.publish(each, by=who)
            for warning in warnings if not entry.repeated else ():
                tell(str(warning))
            _published(f"{each.id} {each.version}", entry)
    return exits.FINE


def _publish_roster(path: Path, by: str | None, ledger_url: str | None) -> int:
    import remit

    roster = remit.load_roster(path)
    with open_ledger(ledger_url) as found:
        who = employee_of(found, by, None)["id"] if found.has_roster() else first_publisher(roster, by)
        _published(f"the roster {roster.name} {roster.version}", found.publish(roster, by=who))
    return exits.FINE


def _published(what: str, entry: Entry) -> None:
    state = "is published already" if entry.repeated else "is published"
    tell(f"{what} {state}, on record as number {entry.seq}")


@click.group(short_help="The record itself: verify, prove, erase, export, back up.")
def ledger() -> None:
    """The record of decisions: anchors, verification, proofs, erasure, copies."""


@ledger.command(short_help="Print an anchor: a short note of the whole log as it is now.")
@ledger_option
def head(ledger_url: str | None) -> None:
    """Print an anchor of the log as one line of JSON.

    Keep it where nobody who can write the ledger can change it. `remit ledger verify --anchor FILE` shows later whether any
    record up to now was changed, removed or put in another order.
    """
    with open_ledger(ledger_url, create=False) as found:
        click.echo(found.head().to_json())


@ledger.command(short_help="Is the record as it was written?")
@click.option("--anchor", multiple=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="An anchor's file.")
@click.option("--thorough", is_flag=True, help="Work out again all that stands beside the log too: balances, keys, texts.")
@click.option("--decide", is_flag=True, help="Decide every record again too, and name those that come out otherwise.")
@ledger_option
def verify(anchor: tuple[Path, ...], thorough: bool, decide: bool, ledger_url: str | None) -> int:
    """Hash every record again, and name the first that was edited, removed, reordered, cut off or written anew.

    Leaves with 0 when all is well, with 1 when something was found.
    """
    with open_ledger(ledger_url, create=False) as found, Progress("Verified", found.head().size, "records") as progress:
        result = found.verify(
            list(anchor) or None, thorough=thorough, decide=decide, progress=lambda done: progress.reach(done)
        )
    for finding in result.findings:
        where = f"record {finding.seq}: " if finding.seq is not None else ""
        tell(f"{where}{finding.kind}: {finding.text}")
    if result.ok:
        tell(f"{result.size:,} records, all as they were written. Root: {result.root}")
    return exits.FINE if result.ok else exits.FAILED


@ledger.command(short_help="Erase one person's facts; the chain still verifies.")
@click.option("--fact", required=True, metavar="NAME=VALUE", help="Whose: a personal fact, such as guest.id=g-7.")
@click.option("--yes", is_flag=True, help="Do not ask again.")
@person_options
@ledger_option
def erase(fact: str, yes: bool, employee: str | None, role: str | None, ledger_url: str | None) -> int:
    """Erase what stands apart from the log in all records where --fact holds. It cannot be undone.

    The log itself stays: it still verifies, and caps still count.
    """
    name, sign, value = fact.partition("=")
    if not sign or not name:
        raise click.BadParameter(f"`{fact}` is not NAME=VALUE.", param_hint="--fact")
    if not yes:
        if not interactive():
            raise click.UsageError("this cannot be undone; add --yes.")
        click.confirm(f"Erase all that is personal where {name} is {value}? It cannot be undone.", abort=True)
    with open_ledger(ledger_url, create=False) as found:
        who = employee_of(found, employee, role) if role or employee or found.has_roster() else None
        entry = found.erase(name, value, employee=who)
        tell(f"Erased, and on record as number {entry.seq}, {entry.id}")
    return exits.FINE


@ledger.command(short_help="Prove that one record is in the log.")
@click.argument("record")
@click.option(
    "--anchor",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The file of an older anchor, to be checked against that. [the log as it is now]",
)
@ledger_option
def prove(record: str, anchor: Path | None, ledger_url: str | None) -> None:
    """Print a proof, as JSON, that RECORD (its id or its number) is in the log: as it is now, or as it was at --anchor.

    With that anchor, or one of the same size, `remit ledger check-proof` checks it without the ledger.
    """
    from remit.ledger.log.anchor import Anchor

    size = Anchor.of(anchor).size if anchor else None
    with open_ledger(ledger_url, create=False) as found:
        tell_json(found.prove(record_id(found, record), size=size))


@ledger.command("check-proof", short_help="Check a proof against an anchor, without the ledger.")
@click.argument("proof", type=click.File("r", encoding="utf-8"))
@click.option(
    "--anchor", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="The anchor's file."
)
def check_proof(proof: Any, anchor: Path) -> None:
    """Check PROOF, a file of `remit ledger prove`, against an anchor; prints the record that it proves.

    Leaves with 0, or with 1 where it proves nothing.
    """
    from remit.ledger.log.anchor import check_proof as check

    tell_json(check(proof.read(), anchor))


@ledger.command(short_help="Write the records to a file: JSON Lines, CSV or Parquet.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--whole", is_flag=True, help="All of the ledger, so that it can be imported (JSON Lines).")
@click.option(
    "--rows",
    type=click.Choice(("records", "remedies")),
    default="records",
    show_default=True,
    help="A row for each record; or, for sums in a spreadsheet, one for each remedy of a record, with its amounts as numbers.",
)
@click.option("--reveal", is_flag=True, help="With personal and masked facts, stories and notes. Only you can read the file.")
@filter_options
@ledger_option
def export(file: Path, whole: bool, rows: str, reveal: bool, ledger_url: str | None, **wanted: Any) -> None:
    """Write the records to FILE, by its ending: .jsonl, .csv or .parquet (which needs an extra).

    \b
    remit ledger export grants.csv --rows remedies --kind grant --since 2026-07-01
    remit ledger export everything.jsonl --whole
    """
    found = filter_of(**wanted)
    with open_ledger(ledger_url, create=False) as ledger, Progress("Exported", ledger.head().size, "records") as progress:
        if rows == "remedies":
            if whole or reveal:
                raise click.UsageError("--rows remedies has amounts only: leave out --whole and --reveal.")
            from remit.review.remedy_sheet import export_remedies

            count = export_remedies(ledger, file, progress=progress.reach, **found)
            tell(f"{count:,} rows written to {file}")
            return
        count = ledger.export(file, whole=whole, reveal=reveal, progress=lambda done, of: progress.reach(done), **found)
    tell(f"{count:,} records written to {file}")


@ledger.command("import", short_help="Make a new ledger from a whole export.")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--secret",
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The secret's file of the ledger that was exported (it stands beside it: remit.db.secret).",
)
@click.option(
    "--ledger", "ledger_url", required=True, metavar="PATH", help="The new ledger: a file or a postgresql:// address."
)
@click.option("--through", type=click.IntRange(1), metavar="NUMBER", help="The last record to import. [all]")
def import_(file: Path, secret: Path, ledger_url: str, through: int | None) -> None:
    """Make a new ledger from FILE, a whole export (`remit ledger export --whole`). Every record is verified on the way.

    With --through, the new ledger ends with that record: for a ledger in which a wrong clock wrote the later ones.
    """
    from remit.ledger import import_ledger

    try:
        known = bytes.fromhex(secret.read_text(encoding="ascii").strip())
    except ValueError:
        raise click.BadParameter(f"`{secret}` does not hold a secret.", param_hint="--secret") from None
    with Progress("Imported", unit="records") as progress:
        found = import_ledger(file, ledger_url, secret=known, progress=lambda done, of: progress.reach(done), through=through)
    with found:
        tell(f"{found.head().size:,} records taken in from {file}")


@ledger.command(short_help="Copy the whole ledger while others write.")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@ledger_option
def backup(file: Path, ledger_url: str | None) -> None:
    """Copy the ledger as it is now into FILE, which opens as a ledger itself. Others may go on writing.

    The secret that names the series of caps is written beside it: keep the two apart where you keep them.
    """
    with open_ledger(ledger_url, create=False) as found:
        found.backup(file)
        tell(f"Copied to {file}")
