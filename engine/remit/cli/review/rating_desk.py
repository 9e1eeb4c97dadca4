"""The cases of a calibration at a terminal, one after another, each judged with one key. Neither what others think of a case
nor what they said of it before is shown."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final

import click

from remit.cli.review.queue.reviewed_case import case_of_record, policy_line, what_was_done
from remit.cli.review.queue.verdict_form import VerdictDraft, fill_in
from remit.cli.review.tasks.task_screen import screen
from remit.cli.support.prompt import Back, Quit, Talk, sentence, show
from remit.cli.support.terminal import width
from remit.errors import RemitError
from remit.language import words
from remit.review.rosters import Rosters

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.quality.calibrations import Calibration

__all__ = ["judge"]

_VERDICTS: Final = {"a": "agree", "p": "praise", "c": "coach", "o": "policy"}
_KEYS: Final = "a agree, p praise, c coach, o policy should change, s later, q quit"


def judge(ledger: Ledger, calibration: Calibration, waiting: Sequence[str], who: Mapping[str, Any]) -> None:
    """Ask for a verdict on each record of ``waiting``, and put it on record at once: it cannot be changed."""
    talk = Talk()
    if not waiting:
        talk.say("Nothing of this calibration waits for you.")
        return
    until = f"{calibration.until.astimezone():%Y-%m-%d %H:%M}"
    talk.say(f"{len(waiting)} of {len(calibration.records)} cases wait for you, until {until}.")
    talk.say("Nobody sees your verdict on a case before giving their own.")
    click.echo()
    done = 0
    with suppress(Quit):
        for place, record in enumerate(waiting, 1):
            done += _one(ledger, calibration, record, f"{place} of {len(waiting)}", talk, who)
    left = len(waiting) - done
    rest = f" {left} {'is' if left == 1 else 'are'} left; `remit calibrate rate {calibration.seq}` goes on." if left else ""
    talk.say(f"{done} {words.plural('case', done)} judged.{rest}")


def _one(ledger: Ledger, calibration: Calibration, record: str, place: str, talk: Talk, who: Mapping[str, Any]) -> bool:
    """Show a case and take a verdict; whether there is one."""
    entry = ledger.record(record)
    case = list(case_of_record(ledger, Rosters(ledger), entry, is_agent=False))
    headline = f"Record {entry.seq} ({place}): {what_was_done(ledger, entry)}"
    show(screen(headline, case, list(policy_line(ledger, entry)), "What the policy said", width(), 0))
    click.echo()
    draft = VerdictDraft(readers="The other reviewers will read it.")
    talk.say(_KEYS, dim=True)
    while True:
        typed = talk.line().casefold()
        if typed == "s":
            return False
        if typed == "q":
            raise Quit
        if typed not in _VERDICTS:
            talk.say(f"Type one of these: {_KEYS}.")
            continue
        try:
            fill_in(talk, draft, _VERDICTS[typed], is_review=False)
            verdict, said = str(draft.verdict), {"note": draft.note, "cause": draft.cause}
            given = ledger.rate(calibration.id, record, verdict=verdict, employee=who, **said)
        except Back:
            talk.say("Back to the case. What you typed is kept.")
            continue
        except RemitError as error:
            talk.say(f"Your verdict is not on record. {sentence(str(error))}")
            return False
        talk.say(f"Record {entry.seq}: {draft.verdict}, on record as number {given.seq}.", bold=True)
        click.echo()
        return True
