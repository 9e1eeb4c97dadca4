"""Tables on a terminal, with rich. Only where tables are shown: the counter does not wait for it."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import IO

import click
from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from remit.authoring.show import Section, Sheet
from remit.cli.support.terminal import colour_wanted, fitted, is_plain, speaks_unicode, width
from remit.errors import one_line

__all__ = ["print_sheet"]

#: Tables may be wider than sentences.
_WIDEST = 140


def console(file: IO[str]) -> Console:
    """What writes to ``file`` as standard output would show it: as wide and colourful, no codes where it is no terminal."""
    colour = colour_wanted()
    return Console(
        file=file,
        width=width(_WIDEST),
        force_terminal=colour,
        no_color=not colour,
        highlight=False,
        markup=False,
        emoji=False,
    )


def print_sheet(sheet: Sheet) -> None:
    """Print a policy."""
    if is_plain():
        click.echo(fitted("\n".join(_plain_lines(sheet))), color=False)
        return
    page = StringIO()
    out = console(page)
    out.print(_text(sheet.title, style="bold"))
    about = Table.grid(padding=(0, 2))
    for label, text in sheet.about:
        about.add_row(_text(label, style="dim"), _text(text))
    out.print(about)
    for section in sheet.sections:
        _print_section(out, section, "bold underline")
    lines = [line.rstrip() for line in page.getvalue().splitlines()]
    click.echo(fitted("\n".join(lines)), color=colour_wanted())


def _print_section(out: Console, section: Section, style: str) -> None:
    out.print()
    out.print(_text(section.heading, style=style))
    for text in section.lead:
        out.print(_text(text, style="dim"))
    if section.columns:
        lines = box.SIMPLE_HEAD if speaks_unicode() else box.ASCII2
        table = Table(box=lines, show_edge=False, pad_edge=False, header_style="dim", collapse_padding=True)
        for number, column in enumerate(section.columns):
            # A name is not broken where the other columns can give way.
            name = not number and all(len(row[0]) <= out.width // 3 and " " not in row[0] for row in section.rows)
            table.add_column(column, overflow="fold", no_wrap=name)
        for row in section.rows:
            table.add_row(*(_text(cell) for cell in row))
        out.print(table)
    for note in section.notes:
        out.print(_text(note, style="dim" if section.columns else ""))
    for part in section.parts:
        _print_section(out, part, "bold")


def _plain_lines(sheet: Sheet) -> Iterator[str]:
    """The policy without columns: each row of a table is a line, with the name of its column before each cell."""
    yield _one(sheet.title)
    yield from (f"{_one(label)}: {_one(text)}" for label, text in sheet.about)
    for section in sheet.sections:
        yield from _plain_section(section)


def _plain_section(section: Section) -> Iterator[str]:
    yield ""
    heading = _one(section.heading)
    yield heading if heading[-1:] in ".?!:" else f"{heading}:"
    yield from map(_one, section.lead)
    for row in section.rows:
        named = ((_one(column), _one(cell)) for column, cell in zip(section.columns, row, strict=True))
        yield "; ".join(f"{column}: {cell}" for column, cell in named if cell)
    yield from map(_one, section.notes)
    for part in section.parts:
        yield from _plain_section(part)


def _one(text: str) -> str:
    return " ".join(one_line(text).split())


def _text(text: str, style: str = "") -> Text:
    return Text("\n".join(map(one_line, text.split("\n"))), style=style)
