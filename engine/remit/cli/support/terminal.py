"""What the terminal can show: colour, width, which characters; and a progress line for long work.

``remit --plain`` is decided here, too: nothing is coloured, aligned or broken into lines for the eye.
"""

from __future__ import annotations

import json
import os
import re
import sys
import time
from types import TracebackType
from typing import IO, Any, Final
from unicodedata import normalize

import click

from remit.cli.support.spoken import spoken
from remit.errors import one_line

__all__ = [
    "Progress",
    "be_plain",
    "colour_wanted",
    "columns",
    "escaped",
    "fitted",
    "interactive",
    "is_plain",
    "prepare",
    "speaks_unicode",
    "tell",
    "tell_json",
    "width",
]

#: Set to anything where what is shown is read by a machine: aloud, or in a pipe.
_PLAIN: Final = "REMIT_PLAIN"

_UNBROKEN: Final = 1_000_000

#: Lines longer than this are hard to read, however wide the window is.
WIDEST = 100


def prepare() -> None:
    """Never fail on a character that the terminal does not have (show a stand-in for it), nor on a stream that is closed."""
    _reopen()
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            unicode = (getattr(stream, "encoding", None) or "").lower().replace("-", "").startswith("utf")
            reconfigure(errors="backslashreplace" if unicode else "replace")


def _reopen() -> None:
    """Standard streams that were closed lead nowhere: else the next file that is opened would take their place."""
    for number, (name, mode) in enumerate((("stdin", "r"), ("stdout", "w"), ("stderr", "w"))):
        if getattr(sys, name) is None:
            try:
                os.fstat(number)
            except OSError:
                os.open(os.devnull, os.O_RDWR)  # takes the lowest number that is free, which is this one
            setattr(sys, name, open(number, mode, encoding="utf-8", closefd=False))  # noqa: SIM115 - as long as we run


def be_plain(wanted: bool) -> None:
    """Show everything plainly from now on, or not."""
    os.environ[_PLAIN] = "1" if wanted else ""


def is_plain() -> bool:
    """Whether everything is shown plainly, for screen readers and pipes."""
    return bool(os.environ.get(_PLAIN))


def columns(*cells: str) -> str:
    """One line of a list: its cells, which are padded to their widths, beside each other. Plainly, ``first: second, third``."""
    if not is_plain():
        return " ".join(cells).rstrip()
    first, *rest = (text for cell in cells if (text := cell.strip()))
    return f"{first}: {', '.join(rest)}"


def colour_wanted(stream: IO[Any] | None = None) -> bool:
    """Whether to send colours: NO_COLOR and FORCE_COLOR decide, then whether ``stream`` (standard output) is a terminal.

    See https://no-color.org and https://force-color.org: set to anything but nothing, and NO_COLOR wins.
    """
    if os.environ.get("NO_COLOR") or is_plain():
        return False
    if os.environ.get("FORCE_COLOR", "0") not in ("", "0"):
        return True
    return os.environ.get("TERM") != "dumb" and is_terminal(stream or sys.stdout)


def is_terminal(stream: IO[Any] | None) -> bool:
    """Whether ``stream`` is open and a terminal."""
    try:
        return stream is not None and stream.isatty()
    except ValueError:  # closed
        return False


def interactive() -> bool:
    """Whether there is somebody to ask: both ends are a terminal."""
    return is_terminal(sys.stdin) and is_terminal(sys.stdout)


def width(widest: int = WIDEST) -> int:
    """How many characters a line may have, at most ``widest``; COLUMNS decides, then the window, then 80. Plainly, any number:
    a line that is read aloud is not broken."""
    if is_plain():
        return _UNBROKEN
    columns = os.environ.get("COLUMNS", "")
    if columns.isascii() and columns.isdigit() and len(columns) < 6 and int(columns):
        return max(20, min(widest, int(columns)))
    try:
        return max(20, min(widest, os.get_terminal_size(sys.stdout.fileno()).columns or 80))
    except (OSError, ValueError, AttributeError):  # not a terminal
        return min(widest, 80)


def speaks_unicode(stream: IO[Any] | None = None) -> bool:
    """Whether dashes, bullets and quotation marks beyond ASCII can be written."""
    encoding = getattr(stream or sys.stdout, "encoding", None) or "ascii"
    try:
        "\u2022\u2014\u201c\u201d\u2026".encode(encoding)
    except (UnicodeEncodeError, LookupError):
        return False
    return True


#: What stands in for signs beyond ASCII where the terminal has none.
_ASCII = str.maketrans(
    {
        "\u201c": '"',
        "\u201d": '"',
        "\u2019": "'",
        "\u2022": "*",
        "\u2013": "-",
        "\u2014": "-",
        "\u2212": "-",
        "\u00d7": "x",
        "\u2026": "...",
        "\u20ac": "EUR",
        "\u00a3": "GBP",
        "\u2260": "!=",
        "\u2264": "<=",
        "\u2265": ">=",
    }
)

#: German has two letters for each of its own, where it lacks them.
_LETTERS = {"ä": "ae", "ö": "oe", "ü": "ue", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue", "ß": "ss"}


def fitted(text: str) -> str:
    """``text`` in signs that standard output can write: near ones for what it has not, or else question marks."""
    if speaks_unicode():
        return text
    encoding = sys.stdout.encoding or "ascii"
    known = text.translate(_ASCII)
    return known if known.isascii() else "".join(_nearest(char, encoding) for char in known)


def _nearest(char: str, encoding: str) -> str:
    """A letter without what the terminal cannot write of it: its accent, or itself."""
    for near in (char, _LETTERS.get(char, ""), normalize("NFKD", char).encode("ascii", "ignore").decode()):
        if near and near.encode(encoding, "ignore"):
            return near
    return "?"


def tell(line: str, *, err: bool = False, **style: Any) -> None:
    """One line for people, whatever stands in it, in the language of the command; ``style`` as :func:`click.style` has it."""
    text = fitted(one_line(spoken().of(line)))
    click.echo(click.style(text, **style) if style else text, err=err)


def tell_json(value: Any, *, indent: int | None = None, separators: tuple[str, str] | None = None) -> None:
    """``value`` as JSON on standard output."""
    click.echo(escaped(json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)))


def escaped(text: str) -> str:
    """JSON of the same value that steers no terminal: what people are not shown (:func:`remit.errors.one_line`) is written as
    an escape.

    >>> print(escaped('{"a": "\x9b2J\u202ex\U000e0001"}'))
    {"a": "\\u009b2J\\u202ex\\udb40\\udc01"}
    """
    return _UNUSUAL.sub(_escape, text)


#: All but ASCII that is seen, and the ends of lines between values.
_UNUSUAL: Final = re.compile("[^\n -~]")


def _escape(found: re.Match[str]) -> str:
    char = found[0]
    if one_line(char) == char:
        return char
    units = char.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


class Progress:
    """One line on standard error that tells how far long work is; nothing at all where that is not a terminal.

    ``unit`` is what is counted, in the plural. ``total`` may be unknown; it is in the measure of ``weight`` where steps weigh
    differently (the bytes of a line, say). Work under half a second shows nothing.
    """

    def __init__(self, label: str, total: int | None = None, unit: str = "lines") -> None:
        self.label, self.total, self.unit = label, total, unit
        self.done = self.weight = 0
        self.shown = False
        self._on = is_terminal(sys.stderr) and os.environ.get("TERM") != "dumb" and not is_plain()
        self._began = time.monotonic()
        self._next = self._began + 0.5

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        if self.shown:
            click.echo("\r\x1b[K", nl=False, err=True, color=True)

    @property
    def seconds(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began

    def update(self, steps: int = 1, weight: int | None = None) -> None:
        """``steps`` more are done, which weigh as much as ``weight`` (by default, their number)."""
        self.done += steps
        self.weight += steps if weight is None else weight
        if self._on and time.monotonic() >= self._next:
            self._next = time.monotonic() + 0.1
            self._show(self.seconds)

    def reach(self, done: int) -> None:
        """``done`` are done by now."""
        self.update(done - self.done)

    def _show(self, seconds: float) -> None:
        parts = [f"{self.label} {self.done:,} {self.unit}"]
        if self.total:
            share = min(1.0, self.weight / self.total)
            filled = int(share * 20)
            parts.append(f"[{'#' * filled}{'.' * (20 - filled)}] {share:.0%}")
            if share:
                minutes, rest = divmod(round(seconds / share - seconds), 60)
                parts.append(f"{minutes}:{rest:02d} left")
        parts.append(f"{self.done / seconds:,.0f} a second" if seconds else "")
        click.echo(f"\r{'  '.join(parts)[: width() - 1]}\x1b[K", nl=False, err=True, color=True)
        self.shown = True
