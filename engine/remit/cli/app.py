"""``remit`` itself: finds the command, runs it, and turns every error into words and an exit code.

To add a command, write a click command in a module here and name it in the table. It is imported only when it is called (or
when ``--help`` lists them all); what it needs beyond click and the policy it imports inside its function, so that the counter
never waits for the workbench.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any, Final

import click

from remit.cli.support import exits, terminal
from remit.cli.support.spoken import is_stated, spoken, state_language
from remit.errors import RemitError, one_line
from remit.language.locales.messages import ENGLISH, Message

__all__ = ["COMMANDS", "SECTIONS", "cli", "run"]

#: Heading in ``remit --help`` -> command -> where it stands.
SECTIONS: Final[dict[str, dict[str, str]]] = {
    "At the counter": {
        "counter": "remit.cli.counter.counter_loop:counter",
        "ask": "remit.cli.counter.staff:ask",
        "grant": "remit.cli.counter.staff:grant",
        "void": "remit.cli.counter.staff:void",
        "customer": "remit.cli.counter.customers:customer",
        "note": "remit.cli.counter.customers:note",
        "why": "remit.cli.counter.staff:why",
        "me": "remit.cli.counter.me:me",
        "dispute": "remit.cli.review.reviewing:dispute",
        "decide": "remit.cli.batch:decide",
    },
    "For policy authors": {
        "new": "remit.cli.proposals:new",
        "check": "remit.cli.checking:check",
        "fmt": "remit.cli.fmt:fmt",
        "test": "remit.cli.testing:test",
        "cases": "remit.cli.proposals:cases",
        "coverage": "remit.cli.testing:coverage",
        "mutate": "remit.cli.testing:mutate",
        "diff": "remit.cli.differing:diff",
        "prove": "remit.cli.proving:prove",
        "show": "remit.cli.author:show",
        "feel": "remit.cli.author:feel",
        "calendar": "remit.cli.author:calendar",
        "schema": "remit.cli.author:schema",
    },
    "For approvers": {
        "tasks": "remit.cli.review.approver:tasks",
        "approve": "remit.cli.review.approver:approve",
        "decline": "remit.cli.review.approver:decline",
    },
    "For reviewers": {
        "log": "remit.cli.review.reviewer:log",
        "report": "remit.cli.review.report_command:report",
        "review": "remit.cli.review.reviewing:review",
        "answer": "remit.cli.review.reviewing:answer",
        "calibrate": "remit.cli.review.calibrating:calibrate",
        "outcome": "remit.cli.review.outcomes_command:outcome",
        "twins": "remit.cli.review.twins:twins",
        "suggest": "remit.cli.review.suggest_command:suggest",
    },
    "The record": {
        "publish": "remit.cli.ledger_commands:publish",
        "ledger": "remit.cli.ledger_commands:ledger",
    },
    "Your shell": {
        "completion": "remit.cli.completion:completion",
    },
}

_STOPPED: Final = Message("Stopped. Nothing was given.")

COMMANDS: Final[dict[str, str]] = {name: where for section in SECTIONS.values() for name, where in section.items()}


class Remit(click.Group):
    """Commands that are imported when they are called, listed by who needs them."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        where = COMMANDS.get(cmd_name)
        if where is None:
            return None
        module, _, attribute = where.partition(":")
        command = getattr(import_module(module), attribute)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(self, ctx: click.Context, args: list[str]) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if name not in COMMANDS and not name.startswith("-") and not ctx.resilient_parsing:
            from remit.language.suggestions import closest

            near = closest(name, COMMANDS)
            told = Message("there is no command `{name}`. See `remit --help`.", name=name)
            ctx.fail(Message("there is no command `{name}`. Did you mean `{near}`?", name=name, near=near) if near else told)
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        longest = max(map(len, COMMANDS))
        for heading, names in SECTIONS.items():
            rows = []
            for name in names:
                command = self.get_command(ctx, name)
                assert command is not None
                rows.append((name.ljust(longest), command.get_short_help_str(formatter.width - longest - 6)))
            with formatter.section(heading):
                formatter.write_dl(rows)


def _version(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    if wanted and not ctx.resilient_parsing:
        from remit import __version__

        click.echo(f"remit {__version__}")
        ctx.exit()


def _plain(ctx: click.Context, _: click.Parameter, wanted: bool) -> None:
    terminal.be_plain(wanted)
    if wanted:
        ctx.color = False


@click.command(
    cls=Remit,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=(
        "Exit codes: 0 granted, or all is well; 1 a check failed, or something broke; 2 the command was not understood; "
        "3 escalate; 4 the policy or the request is not valid; 5 deny; 6 something is missing; 7 answered without the ledger: "
        "nothing is on record."
    ),
)
@click.option(
    "--version", is_flag=True, is_eager=True, expose_value=False, callback=_version, help="Show the version and leave."
)
@click.option(
    "--plain",
    is_flag=True,
    envvar="REMIT_PLAIN",
    is_eager=True,
    expose_value=False,
    callback=_plain,
    help="For screen readers and pipes: no colour, no columns, one thing on a line. [REMIT_PLAIN]",
)
@click.pass_context
def cli(ctx: click.Context) -> Any:
    """What may I give this customer, right now, without asking anyone?

    At a terminal, `remit` alone opens the counter.

    \b
    Try:  remit counter hotel-guest-recovery
    """
    if ctx.invoked_subcommand is not None:
        return None
    if not terminal.interactive():
        click.echo(ctx.get_help())
        return None
    from remit.cli.counter.counter_loop import counter

    with counter.make_context("counter", [], parent=ctx) as own:
        return counter.invoke(own)


def run(args: Sequence[str]) -> int:
    """Run one command line and return its exit code; writes to standard output and error, never raises."""
    terminal.prepare()
    state_language(None)
    code = exits.FINE
    try:
        code = _run(list(args))
        sys.stdout.flush()
    except OSError as error:
        # Nothing more can be written, not even at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):  # the reader (`head`, a pager) has seen enough
            return exits.UNHEARD
        return code if code == exits.FAILED else _unwritten(error)
    return code


def _hear(error: click.ClickException, args: Sequence[str]) -> None:
    """Find the language of a command line that click could not read to its end."""
    if isinstance(error, click.UsageError) and not is_stated():
        from remit.cli.usage_words import language_in

        name = next((each for each in args if each in COMMANDS), None)
        command = cli if name is None else cli.get_command(click.Context(cli), name)
        if command is not None and (tag := language_in(args, command)) is not None:
            state_language(tag)


def _show(error: click.ClickException) -> None:
    """Tell an error of use; click has words in English only."""
    _ = spoken()
    if _ is ENGLISH or not isinstance(error, click.UsageError):
        error.show()
        return
    from remit.cli.usage_words import usage_text

    if error.ctx is not None:
        usage = error.ctx.get_usage().removeprefix("Usage: ")
        click.echo(_("Usage: {usage}", usage=usage), err=True)
        click.echo(_("Help: {command} --help", command=error.ctx.command_path) + "\n", err=True)
    click.echo(_("Error: {message}", message=usage_text(error, _)), err=True)


def _unwritten(error: OSError) -> int:
    terminal.tell(f"remit: {error.filename or 'input or output'}: {error.strerror or error}", err=True)
    return exits.FAILED


def _run(args: list[str]) -> int:
    """As click's own ``main``, but that leaving, broken pipes and errors end as this program says."""
    if "_REMIT_COMPLETE" in os.environ:
        from remit.cli.completion import answer_shell

        return answer_shell()
    try:
        with cli.make_context("remit", args) as context:
            result = cli.invoke(context)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as error:
        _hear(error, args)
        error.message = "\n".join(map(one_line, spoken().of(error.message).split("\n")))  # type: ignore[misc]
        _show(error)
        return error.exit_code
    except (click.Abort, KeyboardInterrupt, EOFError):
        click.echo(f"\n{spoken()(_STOPPED)}", err=True)
        return exits.LEFT
    except RemitError as error:
        return exits.tell(error)
    except BrokenPipeError:
        raise
    except OSError as error:
        return _unwritten(error)
    except (Exception, RecursionError) as error:
        return exits.tell_fault(error)
    return result if isinstance(result, int) else exits.FINE
