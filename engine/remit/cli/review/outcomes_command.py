"""``outcome``: what became of a customer."""

from __future__ import annotations

from pathlib import Path

import click

from remit.cli.support.employee import employee_of
from remit.cli.support.ledger_session import ledger_option, open_ledger, record_id
from remit.cli.support.request_options import person_options
from remit.cli.support.terminal import tell

__all__ = ["outcome"]


@click.command(short_help="Record what became of the customer: did they stay, were they content?")
@click.argument("record", required=False)
@click.option("--case", help="The newest decision of this case, instead of RECORD.")
@click.option("--kept", type=click.Choice(("yes", "no")), help="Whether the customer stayed, or came back.")
@click.option("--csat", type=click.IntRange(1, 5), metavar="1-5", help="How content they were, from 1 to 5.")
@click.option(
    "--from",
    "file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A file of another system: .csv or .jsonl with record or case, and kept, csat or both.",
)
@person_options
@ledger_option
def outcome(
    record: str | None,
    case: str | None,
    kept: str | None,
    csat: int | None,
    file: Path | None,
    employee: str | None,
    role: str | None,
    ledger_url: str | None,
) -> None:
    """Record what became of the customer after RECORD (its id or its number). It changes no decision and no budget; the report
    says what generosity achieved. Of several, the newest counts.

    \b
    remit outcome 12 --kept yes --csat 4
    remit outcome --from survey.csv
    """
    if sum(each is not None for each in (record, case, file)) != 1:
        raise click.UsageError("name one of these: a record, --case, or a file with --from.")
    if file is not None and (kept is not None or csat is not None):
        raise click.UsageError("with --from, the file says what became of them: leave --kept and --csat out.")
    if file is not None and file.suffix not in (".csv", ".jsonl"):
        raise click.UsageError(f"`{file.name}`: a file of outcomes ends in .csv or .jsonl.")
    from remit.review.outcome_file import contact_of, read_outcomes, record_outcomes

    with open_ledger(ledger_url, create=False) as ledger:
        if file is not None:
            lines = read_outcomes(ledger, file)
            new, old = record_outcomes(ledger, lines, employee_of(ledger, employee, role, None))
            known = f"; {old:,} were there already" if old else ""
            tell(f"{new:,} recorded{known}")
            return
        found = contact_of(ledger, case) if case is not None else ledger.record(record_id(ledger, str(record)))
        policy = found.body.get("policy") or {}
        who = employee_of(ledger, employee, role, policy.get("id"))
        entry = ledger.outcome(found.id, kept=None if kept is None else kept == "yes", csat=csat, employee=who)
        tell(f"On record as number {entry.seq}: what became of number {found.seq}")
