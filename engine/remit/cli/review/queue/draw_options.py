"""The options of a draw, and the draw that they ask for."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import TYPE_CHECKING, Any, Final, TypeVar

import click

from remit.cli.support.employee import employee_of
from remit.cli.support.request_words import day_of, login_name
from remit.language.fast_dataclass import dataclass

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.quality.review_rights import ReviewRights
    from remit.review.drawing.draw import Draw

__all__ = ["DrawWish", "draw_options"]

F = TypeVar("F", bound=Callable[..., Any])

_DAYS: Final = 30
_OPTIONS: Final = (
    click.option("--list", "as_list", is_flag=True, help="Print what was drawn, and ask nothing."),
    click.option("--stories", is_flag=True, help="Show the praise and the stories that were shared with the team."),
    click.option("--json", "as_json", is_flag=True, help="JSON Lines: one record, or one story, a line."),
    click.option("--count", type=click.IntRange(1, 1000), default=20, show_default=True, help="How many records to look at."),
    click.option("--since", metavar="DAY", help="From this day on: 2026-07-01, yesterday. [the last 30 days]"),
    click.option("--policy", help="Only decisions of this policy (its name)."),
    click.option("--site", help="Only decisions at this site, by the roster."),
    click.option("--seed", help="Draw as with this seed. [the day and who you are: the same all day, another for others]"),
    click.option(
        "--agent-rate",
        type=click.FloatRange(0, 0.5),
        default=0.2,
        show_default=True,
        metavar="SHARE",
        help="Which share of the draw is decisions of AI agents, where there are any.",
    ),
)


def draw_options(command: F) -> F:
    """The options of the queue, gathered in keyword arguments as :class:`DrawWish` takes them."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@dataclass(frozen=True, slots=True)
class DrawWish:
    """What was asked for, and by whom; a roster knows better."""

    employee: str | None = None
    role: str | None = None
    as_list: bool = False
    stories: bool = False
    as_json: bool = False
    count: int = 20
    since: str | None = None
    policy: str | None = None
    site: str | None = None
    seed: str | None = None
    agent_rate: float = 0.2

    @property
    def begin(self) -> datetime:
        """Midnight here, when the first day begins. Raises ``click.UsageError``."""
        try:
            today = date.today()
            day = today - timedelta(_DAYS) if self.since is None else day_of(self.since, today, "--since")
            return datetime.combine(day, time()).astimezone()
        except (OverflowError, ValueError):
            raise click.UsageError(f"--since: `{self.since}` is too far away.") from None

    def rights(self, ledger: Ledger, role: str | None = None) -> ReviewRights:
        """What they may review. Raises as :func:`remit.cli.support.employee.employee_of`."""
        stated = self.role or role
        if not ledger.has_roster():
            return ledger.review_rights(employee_of(ledger, self.employee, stated))
        who: dict[str, Any] = {"id": employee_of(ledger, self.employee, None)["id"]}
        return ledger.review_rights(who if stated is None else {**who, "role": stated})

    def draw(self, ledger: Ledger, rights: ReviewRights) -> Draw:
        """The draw; how far it is shows on standard error where it takes long."""
        from remit.cli.support.terminal import Progress
        from remit.review.drawing.draw import draw

        seed = self.seed or f"{date.today()} {rights.id}"
        with Progress("Looked through", unit="records") as progress:
            return draw(
                ledger,
                rights,
                since=self.begin,
                count=self.count,
                seed=seed,
                policy=self.policy,
                site=self.site,
                agent_rate=self.agent_rate,
                progress=progress.update,
            )

    @property
    def name(self) -> str:
        """Who they say they are."""
        return self.employee or login_name()
