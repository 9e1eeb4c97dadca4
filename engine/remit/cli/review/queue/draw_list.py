"""What was drawn, and what was shared with the team, as lists; and which of them, or the queue, ``remit review`` opens."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import click

from remit.cli.review.queue.draw_options import DrawWish
from remit.cli.review.record_text import line
from remit.cli.support import exits
from remit.cli.support.terminal import interactive, is_plain, tell, tell_json
from remit.decision.page.answer import AnswerPage, PageBlock, PageRow
from remit.errors import NotAllowed
from remit.language import words

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.review.drawing.draw import Draw
    from remit.review.rosters import Rosters
    from remit.review.said_since import SharedPraise

__all__ = ["drawn_headline", "open_queue", "refuse_options"]


def open_queue(ledger: Ledger, wish: DrawWish) -> int:
    """The queue where somebody can be asked, or else the list; returns the exit code."""
    if wish.stories:
        return _stories(ledger, wish)
    if interactive() and not (wish.as_list or wish.as_json):
        from remit.cli.review.queue.review_queue import ReviewQueue

        return ReviewQueue(ledger, wish).run()
    found = wish.draw(ledger, wish.rights(ledger))
    for each in found.records:
        entry = ledger.record(each.id)
        if wish.as_json:
            tell_json({"number": each.seq, "id": each.id, "seed": found.seed, **_reasons(each)})
            continue
        tell(line(entry))
        said = words.capital(each.words)
        for part in [said] if is_plain() else wrap(said, 80, initial_indent=" " * 8, subsequent_indent=" " * 8):
            tell(part)
    if not wish.as_json:
        tell(drawn_headline(found, wish), err=True)
    return exits.FINE


def _reasons(each: Any) -> dict[str, Any]:
    reasons = [{"name": reason.name, "words": reason.words} for reason in each.reasons]
    return {"at_random": each.at_random, "agent": each.agent, "reasons": reasons}


def drawn_headline(found: Draw, wish: DrawWish) -> str:
    """How many were drawn, of how many, and how to draw the same again."""
    if not found.considered:
        return f"There is nothing that you may review since {wish.begin:%Y-%m-%d}."
    count, of = len(found.records), f"{found.considered:,}"
    at_random = sum(each.at_random for each in found.records)
    return (
        f"{count} of {of} {words.plural('record', found.considered)} since {wish.begin:%Y-%m-%d}, {at_random} of them at "
        f"random. The same again: --seed '{found.seed}'."
    )


# What was shared


def _stories(ledger: Ledger, wish: DrawWish) -> int:
    from remit.cli.support.prompt import show
    from remit.review.rosters import Rosters
    from remit.review.said_since import shared_praise

    _refuse_stranger(ledger, wish)
    rosters = Rosters(ledger)
    shared = shared_praise(ledger, since=wish.begin, policy=wish.policy)
    found = [each for each in shared if wish.site is None or _is_at(rosters, each, wish.site)]
    if wish.as_json:
        for each in found:
            tell_json(each.to_dict())
        return exits.FINE
    if not found:
        tell(f"Nothing was shared with the team since {wish.begin:%Y-%m-%d}.", err=True)
        return exits.FINE
    blocks = tuple(PageBlock(_about(ledger, each), tuple(_told(each))) for each in found)
    show(AnswerPage(f"What went well, shared with the team since {wish.begin:%Y-%m-%d}", "heading", blocks))
    return exits.FINE


def _refuse_stranger(ledger: Ledger, wish: DrawWish) -> None:
    """What was shared is for those who work here: who is on the roster, or has a role of a policy of this ledger. Raises
    ``click.UsageError`` and :class:`remit.errors.NotAllowed`."""
    from remit.cli.support.employee import employee_of

    who = employee_of(ledger, wish.employee, wish.role)
    if ledger.has_roster():
        return
    newest = next((each for each in ledger.records(newest_first=True) if each.body.get("policy")), None)
    if newest is not None:
        model = ledger.policy_of(newest).model
        if who["role"] not in (*model.ladder, model.owner_role):
            raise NotAllowed(f"`{who['role']}` is no role of `{model.id}`; there are {', '.join(model.ladder)}")


def _is_at(rosters: Rosters, each: SharedPraise, site: str) -> bool:
    from remit.cli.review.queue.reviewed_case import site_of

    found = site_of(rosters, each.done)
    return found is not None and found.casefold() == site.casefold()


def _about(ledger: Ledger, each: SharedPraise) -> str:
    from remit.cli.review.queue.reviewed_case import what_was_done

    role = f" ({words.name(each.done.role)})" if each.done.role else ""
    return f"{each.done.employee}{role}, {each.done.recorded.astimezone():%Y-%m-%d}: {what_was_done(ledger, each.done)}"


def _told(each: SharedPraise) -> Iterator[PageRow]:
    if each.story:
        yield PageRow("Their story", each.story)
    yield PageRow(f"{each.review.employee}", each.note or "well done")


def refuse_options(given: dict[str, Any]) -> None:
    """Raises ``click.UsageError`` where options about one record came without one."""
    named = [f"--{name}" for name, value in given.items() if value]
    if named:
        belongs = "belongs" if len(named) == 1 else "belong"
        raise click.UsageError(
            f"which record? {words.listing(named)} {belongs} to one, such as `remit review 14 --verdict agree`."
        )
