"""The command that gives policies their layout: ``fmt``."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from pathlib import Path
from typing import TYPE_CHECKING

import click

from remit.cli.support import exits
from remit.cli.support.piped import from_pipe, is_pipe
from remit.cli.support.terminal import tell
from remit.language.words import plural

if TYPE_CHECKING:
    from remit.authoring.formatting.formatted_files import Formatted

__all__ = ["fmt"]


@click.command(short_help="One layout for all policies.")
@click.argument("paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path, allow_dash=True))
@click.option("--check", is_flag=True, help="Write nothing; leave with 1 where something would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def fmt(paths: Sequence[Path], check: bool, diff: bool) -> int:
    """Give the policies and cases at PATHS the one layout: files, or folders with all files in them; `-` or a pipe is
    read, and written to standard output.

    Indentation, columns and quotes change; comments, order and your line breaks stay, and so does what the policy means: every
    file is read again before it is written. Files with errors are told and left as they are.

    Leaves with 0 when all is well, 1 when --check finds something to change, 4 when a file has errors.
    """
    files = list(dict.fromkeys(paths))
    pipe = next(filter(is_pipe, files), None)
    if pipe is not None:
        if len(files) > 1:
            raise click.UsageError(f"`{pipe}` is a pipe, whose layout goes to standard output: give it alone.")
        return _piped(pipe, check, diff)
    done, broken = _all(files)
    changed = [each for each in done if each.changed]
    if diff:
        _show(changed)
    elif not check:
        _write(changed)
    _tell(changed, len(done), writes=not (check or diff), quiet=diff)
    return exits.INVALID if broken else exits.FAILED if check and changed else exits.FINE


def _piped(pipe: Path, check: bool, diff: bool) -> int:
    from remit.authoring.formatting.formatted_files import format_bytes

    source = from_pipe(pipe, None)
    found = format_bytes(source.read_bytes(), str(source))
    if diff:
        _show([found] if found.changed else [])
    elif not check:
        click.echo(found.after, nl=False)
    return exits.FAILED if check and found.changed else exits.FINE


def _all(paths: Sequence[Path]) -> tuple[list[Formatted], bool]:
    from remit.authoring.author_files import cases_and_policies_in
    from remit.authoring.formatting.formatted_files import format_file
    from remit.cli.support.terminal import Progress
    from remit.errors import PolicyError

    files = list(dict.fromkeys(file for path in paths for file in cases_and_policies_in(path)))
    if not files:
        raise click.UsageError("there is no policy in " + ", ".join(map(str, paths)) + "; policies are *.yaml files.")
    done, broken = [], False
    with Progress("Read", len(files), "files") as progress:
        for file in files:
            try:
                done.append(format_file(file))
            except PolicyError as error:
                exits.tell(error)
                broken = True
            progress.update()
    return done, broken


def _write(changed: Sequence[Formatted]) -> None:
    from remit.authoring.formatting.formatted_files import replace_file

    for each in changed:
        replace_file(Path(each.name), each.after)


def _tell(changed: Sequence[Formatted], count: int, *, writes: bool, quiet: bool) -> None:
    files = f"{count} {plural('file', count)}"
    if not quiet:
        for each in changed:
            tell(each.name)
    if not changed:
        click.echo(f"{files}, all in the one layout", err=quiet)
    else:
        click.echo(f"{len(changed)} of {files} {'now in the one layout' if writes else 'would change'}", err=True)


def _show(changed: Sequence[Formatted]) -> None:
    for each in changed:
        for line in _difference(each):
            colour = _COLOURS.get(line[:1])
            click.echo(click.style(line, fg=colour) if colour else line)


_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def _difference(each: Formatted) -> Iterator[str]:
    yield from unified_diff(each.before.splitlines(), each.after.splitlines(), each.name, each.name, lineterm="")
