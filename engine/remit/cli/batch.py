"""Many requests at once: ``decide``."""

from __future__ import annotations

import json
import os
import stat
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import cache, partial
from typing import IO, TYPE_CHECKING, Any, Final

import click

from remit.cli.support import exits
from remit.cli.support.policy_lookup import Choice, load_policies, policy_argument
from remit.cli.support.terminal import Progress, escaped, is_terminal
from remit.cli.support.workers import decided

if TYPE_CHECKING:
    from remit.decision.decision import Decision

__all__ = ["NotJson", "decide", "read_json"]

#: A request longer than this is not a request.
_LONGEST: Final = 1_000_000

#: How many lines are looked at to tell a document that runs over lines from lines of which the first is bad.
_LOOKED_AT: Final = 100


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
        """Number, length in bytes, and the request: as bytes still to be read, as read, or what is wrong with it."""
        first = True
        for number, line in enumerate(self.stream, 1):
            if not line.strip():
                continue
            if first and self._is_document(line):
                yield from self._document(line)
                return
            first = False
            yield number, len(line), line

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
        try:
            whole = _JSON.decode(text.decode("utf-8-sig"))
        except (ValueError, RecursionError) as error:
            lines = [(number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
            if any(_is_request(line) for _, line in lines[1:_LOOKED_AT]):  # lines after all, and the first is a bad one
                yield from ((number, len(line), line) for number, line in lines)
            else:
                yield 1, len(text), NotJson(f"not JSON: {error}")
            return
        requests = whole if isinstance(whole, list) else [whole]
        for number, each in enumerate(requests, 1):
            yield number, len(text) // max(len(requests), 1), each


def _is_request(line: bytes) -> bool:
    """Whether a line is a whole JSON object of its own."""
    try:
        return len(line) <= _LONGEST and isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return False


def _answer(decide: Callable[[Any], Decision], number: int, given: Any, brief: bool) -> tuple[str, str]:
    """The outcome of one request, or ``invalid``; and its line of JSON."""
    from remit.errors import Problem, RequestError

    try:
        try:
            request = read_json(given) if isinstance(given, bytes) else given
        except NotJson as error:
            raise RequestError([Problem("request/json", str(error))]) from None
        if isinstance(request, NotJson):
            raise RequestError([Problem("request/json", str(request))])
        if not isinstance(request, dict):
            raise RequestError([Problem("request/type", "a request is a JSON object")])
        decision = decide(request)
        text = _line({"case": request.get("case"), "outcome": decision.outcome}) if brief else decision.to_json()
    except RequestError as error:
        return "invalid", _line({"error": {"line": number, "problems": [each.to_dict() for each in error.problems]}})
    return decision.outcome, text


def _line(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _work(policy: Choice, brief: bool, batch: Sequence[tuple[int, Any]]) -> tuple[str, Counter[str]]:
    """Decide one batch: its lines, and how often each outcome came."""
    loaded = _load(policy)
    counts: Counter[str] = Counter()
    lines = []
    for number, given in batch:
        outcome, line = _answer(loaded, number, given, brief)
        counts[outcome] += 1
        lines.append(line)
    return "".join(f"{line}\n" for line in lines), counts


@cache
def _load(policy: Choice) -> Callable[[Any], Decision]:
    """What decides one request."""
    return load_policies(policy).decide


@click.command(short_help="Decide many requests: JSON Lines in, JSON Lines out.")
@policy_argument
@click.argument("file", type=click.File("rb"), default="-")
@click.option("--brief", is_flag=True, help="Only case and outcome of each, which is much faster.")
@click.option(
    "--jobs",
    type=click.IntRange(1, 64),
    help="How many processes share long work. [as many as processors for a file; 1 for a pipe, to answer at once]",
)
def decide(policy: Choice, file: IO[bytes], brief: bool, jobs: int | None) -> int:
    """Decide the requests in FILE (or standard input) by POLICY: a file, a folder (each request by the version in force on
    its day), or the name of a policy that comes with remit.

    FILE holds JSON Lines, one request a line; or one JSON object; or a JSON list of them. The decisions come out as JSON
    Lines, in the same order. A line that is not a valid request becomes a line {"error": {"line": 3, "problems": [...]}}, and
    the run goes on. Nothing is put on record.

    Leaves with 0, or with 4 if any line was not valid. For a single request it leaves with the code of its outcome.
    """
    if file is sys.stdin.buffer and is_terminal(sys.stdin):
        click.echo("Type requests as JSON, one a line; Ctrl-D ends.", err=True)
    _load(policy)  # what is wrong with the policy is told before anything is read
    size = _size(file)
    jobs = jobs or (1 if size is None else min(os.cpu_count() or 1, 8))
    total: Counter[str] = Counter()
    with Progress("Decided", size, "requests") as progress:
        for text, counts, length in decided(partial(_work, policy, brief), _Requests(file), jobs):
            sys.stdout.write(escaped(text))
            if size is None:  # somebody may be waiting for this answer before asking more
                sys.stdout.flush()
            total += counts
            progress.update(counts.total(), length)
        sys.stdout.flush()
    if is_terminal(sys.stderr):
        click.echo(_summary(total, progress.seconds), err=True)
    if total["invalid"]:
        return exits.INVALID
    return exits.OUTCOMES[next(iter(total))] if total.total() == 1 else exits.FINE


def _summary(counts: Counter[str], seconds: float) -> str:
    """What came out, in words."""
    parts = [f"{count:,} {'not valid' if what == 'invalid' else what}" for what, count in sorted(counts.items())]
    rate = f", {counts.total() / seconds:,.0f} a second" if seconds > 0.5 else ""
    return f"{counts.total():,} requests: {', '.join(parts) or 'none'} ({seconds:.1f} s{rate})"


def _size(file: IO[bytes]) -> int | None:
    try:
        known = os.fstat(file.fileno())
    except (OSError, ValueError):
        return None
    return known.st_size if stat.S_ISREG(known.st_mode) else None
