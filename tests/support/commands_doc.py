"""Writes docs/commands.md from what ``--help`` says: ``python tests/support/commands_doc.py > docs/commands.md``."""

from __future__ import annotations

from collections.abc import Iterator

import click

from remit.cli.app import SECTIONS, cli

_HEAD = """\
# Commands

Every command tells about itself with `--help`; this page is made of those texts, and a test sees to it that it stays so.

| exit code | means |
|---|---|
| 0 | granted, or all is well |
| 1 | a check found something, or something broke |
| 2 | the command was not understood |
| 3 | escalate: somebody else can grant it |
| 4 | the policy or the request is not valid |
| 5 | deny |
| 6 | ask: facts or evidence are missing |
| 7 | the ledger could not be used: the answer is the policy's alone, nothing is on record, and nothing was given |
| 130 | you left with Ctrl-C |
| 141 | whoever read the output has gone (`| head`) |

| environment variable | means |
|---|---|
| `REMIT_POLICY` | the policy, where a command is given none |
| `REMIT_ROLE` | your role on the policy's ladder |
| `REMIT_EMPLOYEE` | who you are; without it, your login name |
| `REMIT_LEDGER` | the ledger: a file, or a `postgresql://` address |
| `REMIT_TASK_HOOK` | a command to run when a task arrives or is overdue; it gets a notice as JSON on standard input |
| `REMIT_TASK_WEBHOOK` | an https address to which the same notice is posted |
| `REMIT_TASK_LINK` | how a notice says where to open the task, such as `https://desk.example/tasks/{number}`; also `{id}` |
| `REMIT_LANGUAGE` | the language of what staff, approvers and reviewers read, such as `de`, as with `--language` |
| `REMIT_PLAIN` | where set, everything is shown plainly, as with `--plain` |
| `REMIT_DEBUG` | where set, a fault in remit shows where it happened |
| `NO_COLOR`, `FORCE_COLOR` | no colours, or colours also where the output is not a terminal |
| `COLUMNS` | how wide the output may be |

Without `--ledger` and `REMIT_LEDGER`, decisions are kept in `remit/remit.db` in your data folder: `$XDG_DATA_HOME` or
`~/.local/share`, on macOS `~/Library/Application Support`, on Windows `%LOCALAPPDATA%`. It is the same ledger whatever
folder you are in, so that caps hold. Policies that were read and checked once are kept in `remit` in your cache folder
(`$XDG_CACHE_HOME` or `~/.cache`), which may be emptied at any time.
"""


def commands(command: click.Command, names: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command below ``command`` with its names, those without commands of their own and groups alike."""
    if isinstance(command, click.Group):
        context = click.Context(command, info_name=" ".join(("remit", *names)))
        for name in command.list_commands(context):
            found = command.get_command(context, name)
            assert found is not None
            yield (*names, name), found
            yield from commands(found, (*names, name))


def help_of(names: tuple[str, ...], command: click.Command) -> str:
    """The help text as a terminal of 100 columns shows it."""
    context = click.Context(command, info_name=" ".join(("remit", *names)), max_content_width=100, terminal_width=100)
    context.help_option_names = ["-h", "--help"]
    return command.get_help(context)


def page() -> str:
    """The whole page."""
    lines = [_HEAD]
    found = dict(commands(cli))
    for heading, names in SECTIONS.items():
        lines.append(f"## {heading}\n")
        for path, command in found.items():
            if path[0] in names:
                lines.append(f"### remit {' '.join(path)}\n\n```text\n{help_of(path, command)}\n```\n")
    return "\n".join(lines).rstrip("\n") + "\n"


if __name__ == "__main__":
    print(page(), end="")
