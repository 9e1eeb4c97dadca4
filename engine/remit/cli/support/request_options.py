"""The options that make up a request, and what they said."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import click

from remit.cli.support import complete
from remit.cli.support.spoken import state_language
from remit.language.fast_dataclass import dataclass

if TYPE_CHECKING:
    _Parameter = click.ParamType[str]
else:
    _Parameter = click.ParamType

__all__ = ["Given", "facts_from_option", "language_option", "person_options", "request_options", "spoken_option"]

F = TypeVar("F", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Given:
    """What the options of ``ask`` and ``grant`` said."""

    role: str | None = None
    employee: str | None = None
    fact: Sequence[str] = ()
    give: Sequence[str] = ()
    case: str | None = None
    occurred: str | None = None
    evidence: Sequence[str] = ()
    from_evidence: Sequence[str] = ()
    facts_from: Sequence[str] = ()
    story: str | None = None
    use_discretion: bool = False
    key: str | None = None
    language: str | None = None
    currency: str | None = None


class _CommandLine(_Parameter):
    """A command with its arguments; an environment variable has one on each of its lines."""

    name = "command"
    envvar_list_splitter = "\n"


def _stated(ctx: click.Context, _: click.Parameter, tag: str | None) -> str | None:
    state_language(tag)
    return tag


language_option = click.option(
    "--language",
    envvar="REMIT_LANGUAGE",
    metavar="TAG",
    callback=_stated,
    is_eager=True,
    help="The language of what you read, such as de; de, es and fr are there. [REMIT_LANGUAGE, or else the locale]",
)

#: The same where the command itself need not know it.
spoken_option = click.option(
    "--language",
    envvar="REMIT_LANGUAGE",
    metavar="TAG",
    callback=_stated,
    is_eager=True,
    expose_value=False,
    help="The language of what you read, such as de; de, es and fr are there. [REMIT_LANGUAGE, or else the locale]",
)


facts_from_option = click.option(
    "--facts-from",
    multiple=True,
    type=_CommandLine(),
    envvar="REMIT_FACTS_FROM",
    metavar="COMMAND",
    help="A command that prints facts as JSON, or a file of them: 'crm lookup C-17', guest.json; 'crm lookup {guest.id}' runs "
    "once the guest is known. Again for each. [REMIT_FACTS_FROM]",
)
_PERSON = (
    click.option(
        "--role",
        envvar="REMIT_ROLE",
        shell_complete=complete.roles,
        help="Your role on the policy's ladder. [REMIT_ROLE]",
    ),
    click.option("--employee", envvar="REMIT_EMPLOYEE", help="Who you are. [REMIT_EMPLOYEE, or else your login name]"),
)
_OPTIONS = (
    *_PERSON,
    click.option(
        "--fact",
        multiple=True,
        metavar="NAME=VALUE",
        shell_complete=complete.facts,
        help="What is known, such as incident.kind=noise. Again for each.",
    ),
    click.option(
        "--give",
        multiple=True,
        metavar="REMEDY[=AMOUNT]",
        shell_complete=complete.remedies,
        help="What you want to give, such as credit=45EUR or late_checkout. Again for each.",
    ),
    click.option("--case", help="The case that it belongs to, such as C-1001."),
    click.option("--occurred", metavar="DAY", help="The day of the incident: 2026-07-01, today (the default), yesterday."),
    click.option(
        "--evidence",
        multiple=True,
        metavar="NAME[=REFERENCE]",
        shell_complete=complete.evidence,
        help="What is on file, and where, such as photo=DOC-12. Again for each.",
    ),
    click.option(
        "--from-evidence",
        multiple=True,
        metavar="FACT",
        shell_complete=complete.facts,
        help="This fact was read from what is on file, not just said. Again for each.",
    ),
    facts_from_option,
    click.option("--story", help="Why you give more than the rules say; used with --use-discretion."),
    click.option("--use-discretion", is_flag=True, help="Use your own discretion where the rules fall short."),
    click.option("--key", help="Makes a grant count once, however often it is sent."),
    language_option,
    click.option(
        "--currency",
        envvar="REMIT_CURRENCY",
        metavar="CODE",
        help="In which currency, where the policy is in several and no amount says it. [REMIT_CURRENCY]",
    ),
)


def request_options(command: F) -> F:
    """The options that make up a request."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def person_options(command: F) -> F:
    """``--role`` and ``--employee`` alone."""
    for option in reversed(_PERSON):
        command = option(command)
    return command
