"""Many requests at once: ``decide``."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, Final

import click

from remit.cli import exits
from remit.cli.find import policy_argument
from remit.cli.terminal import Progress, is_terminal

if TYPE_CHECKING:
    from remit.decision.decision import Decision
    from remit.decision.policy import Policy
    from remit.decision.policyset import PolicySet

__all__ = ["NotJson", "decide", "read_json"]

#: A request longer than this is not a request.
_LONGEST: Final = 1_000_000


class NotJson(ValueError):
    """What was read is not JSON; the text says where."""


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    out = dict(pairs)
    if len(out) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise NotJson(f"`{twice}` is there twice")
    return out


def _constant(word: str) -> Any:
    raise NotJson(f"`{word}` is not a number")


#: Numbers stay exact: a fraction becomes a Decimal, never a float.
_JSON: Final = json.JSONDecoder(parse_float=Decimal, parse_constant=_constant, object_pairs_hook=_pairs)


def read_json(raw: bytes) -> Any:
    """One JSON text. Raises :class:`NotJson`."""
    if len(raw) > _LONGEST:
        raise NotJson(f"longer than {_LONGEST:,} bytes")
    try:
        return _JSON.decode(raw.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise NotJson(f"not JSON: {error.msg.lower()} at column {error.colno}") from None
    except UnicodeDecodeError:
        raise NotJson("not UTF-8 text") from None
    except RecursionError:
        raise NotJson("nested too deeply") from None
    except NotJson:
        raise
    except ValueError as error:  # a whole number of thousands of digits
        raise NotJson(str(error)) from None


class _Requests:
    """The requests of a stream with their numbers."""

    def __init__(self, stream: IO[bytes]) -> None:
        self.stream = stream

    def __iter__(self) -> Iterator[tuple[int, int, Any]]:
        """Number, length in bytes, and the request, or the :class:`NotJson` that stands in its place."""
        first = True
        for number, line in enumerate(self.stream, 1):
            if not line.strip():
                continue
            if first and self._is_document(line):
                yield from self._document(line)
                return
            first = False
            yield number, len(line), _tried(line)

    @staticmethod
    def _is_document(line: bytes) -> bool:
        """Whether the first line begins a JSON text that runs over several lines, or is a list."""
        start = line.removeprefix(b"\xef\xbb\xbf").lstrip()
        if start[:1] == b"[":
            return True
        if start[:1] != b"{":
            return False
        try:
            json.loads(start)
        except json.JSONDecodeError as error:
            return error.pos >= len(error.doc.rstrip())
        except (ValueError, RecursionError):
            return False
        return False

    def _document(self, first: bytes) -> Iterator[tuple[int, int, Any]]:
        text = first + self.stream.read()
        if text.lstrip().removeprefix(b"\xef\xbb\xbf")[:1] == b"[":
            try:
                whole = _JSON.decode(text.decode("utf-8-sig"))
            except (ValueError, RecursionError) as error:
                whole = [NotJson(f"not JSON: {error}")]
            for number, each in enumerate(whole, 1):
                yield number, len(text) // max(len(whole), 1), each
            return
        yield 1, len(text), _tried(text)


def _tried(raw: bytes) -> Any:
    try:
        return read_json(raw)
    except NotJson as error:
        return error


class _Run:
    """Decides one request after the other and counts what came out."""

    def __init__(self, policy: Policy | PolicySet) -> None:
        self.policy = policy
        self.counts: dict[str, int] = {}

    def line(self, number: int, request: Any) -> str:
        """The decision on ``request``, or what is wrong with it, as one line of JSON."""
        from remit.errors import Problem, RequestError

        try:
            if isinstance(request, NotJson):
                raise RequestError([Problem("request/json", str(request))])
            if not isinstance(request, dict):
                raise RequestError([Problem("request/type", "a request is a JSON object")])
            decision: Decision = self.policy.decide(request)
            text = decision.to_json()
        except RequestError as error:
            self._count("invalid")
            problems = [problem.to_dict() for problem in error.problems]
            return json.dumps({"error": {"line": number, "problems": problems}}, ensure_ascii=False, separators=(",", ":"))
        self._count(decision.outcome)
        return text

    def _count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    def summary(self, seconds: float) -> str:
        """What came out, in words."""
        total = sum(self.counts.values())
        parts = [f"{count:,} {'not valid' if what == 'invalid' else what}" for what, count in sorted(self.counts.items())]
        rate = f", {total / seconds:,.0f} a second" if seconds > 0.5 else ""
        return f"{total:,} requests: {', '.join(parts) or 'none'} ({seconds:.1f} s{rate})"


@click.command(short_help="Decide many requests: JSON Lines in, JSON Lines out.")
@policy_argument
@click.argument("file", type=click.File("rb"), default="-")
def decide(policy: Path, file: IO[bytes]) -> int:
    """Decide the requests in FILE (or standard input) by POLICY.

    FILE holds JSON Lines, one request a line; or one JSON object; or a JSON list of them. The decisions come out as JSON
    Lines, in the same order. A line that is not a valid request becomes a line {"error": {"line": 3, "problems": [...]}}, and
    the run goes on. Nothing is put on record.

    Leaves with 0, or with 4 if any line was not valid. For a single request it leaves with the code of its outcome.
    """
    import remit

    if file is sys.stdin.buffer and is_terminal(sys.stdin):
        click.echo("Type requests as JSON, one a line; Ctrl-D ends.", err=True)
    run, requests = _Run(remit.load_folder(policy) if policy.is_dir() else remit.load(policy)), _Requests(file)
    with Progress("Decided", _size(file), "requests") as progress:
        write = sys.stdout.write
        for number, length, request in requests:
            write(run.line(number, request) + "\n")
            progress.update(1, length)
        sys.stdout.flush()
        seconds = progress.seconds
    if is_terminal(sys.stderr):
        click.echo(run.summary(seconds), err=True)
    if run.counts.get("invalid"):
        return exits.INVALID
    only = next(iter(run.counts)) if sum(run.counts.values()) == 1 else "grant"
    return exits.OUTCOMES[only]


def _size(file: IO[bytes]) -> int | None:
    import os
    import stat

    try:
        known = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return known.st_size if stat.S_ISREG(known.st_mode) else None
