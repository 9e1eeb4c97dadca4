"""Formulas and tests that mean something else than they say, or that YAML has changed. Each is told before the language sees
it, in words that fit the mistake."""

from __future__ import annotations

import re
from collections.abc import Collection
from contextlib import suppress
from datetime import date
from typing import Final

from remit.language.checking.type_words import any_of
from remit.language.source import Source
from remit.language.suggestions import closest
from remit.language.types import Type
from remit.policy.reading.lines import in_quotes
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.yaml_tree import YamlList, YamlScalar

__all__ = ["bare_dates", "cut_short", "lost_word", "may_be_cut", "torn_range", "without_texts"]

#: A date that was meant as one: FEEL reads ``2026-01-01`` as two subtractions.
_BARE_DATE: Final = re.compile(r"""(?<![\w"'.-])[0-9]{4}-[0-9]{2}-[0-9]{2}(?:T[0-9:.Z+-]+)?(?![\w"'-])""")
#: A date with slashes: FEEL reads it as two divisions. What is multiplied or divided further is taken at its word.
_SLASHED: Final = re.compile(
    r"(?<![\w\"'/*])(?<!\w\.)(?<![/*] )(?:(?P<one>[0-9]{1,2})/(?P<two>[0-9]{1,2})/(?P<year>(?:19|20)[0-9]{2})"
    r"|(?P<first>(?:19|20)[0-9]{2})/(?P<month>[0-9]{1,2})/(?P<day>[0-9]{1,2}))(?![\w/*]|\.\w| [/*])"
)
_TEXT: Final = re.compile(r'"(?:[^"\\]|\\.)*"', re.DOTALL)
_WORD: Final = re.compile(r"[^\W\d][\w-]*(?: [\w-]+)*")


def without_texts(formula: str) -> str:
    """``formula`` with blanks for all that stands in quotes."""
    return _TEXT.sub(lambda quoted: " " * len(quoted[0]), formula)


def bare_dates(source: Source, report: ProblemReport) -> bool:
    """Whether there are dates without ``@`` and quotes, or with slashes."""
    if "-" not in source.text and "/" not in source.text:
        return False
    text = without_texts(source.text)
    dashed, slashed = list(_BARE_DATE.finditer(text)), list(_SLASHED.finditer(text))
    for match in dashed:
        message = f"`{match[0]}` is read as a subtraction, not as a date"
        report.error("policy/bare-date", message, source.place(match.span()), f'write `@"{match[0]}"`')
    for match in slashed:
        message = f"`{match[0]}` is read as two divisions, not as a date"
        days = [f'`@"{day}"`' for day in _days_of(match)]
        hint = f"write {' or '.join(days)}" if days else 'write year, month and day: `@"2026-01-31"`'
        report.error("policy/bare-date", message, source.place(match.span()), hint)
    return bool(dashed or slashed)


def _days_of(match: re.Match[str]) -> list[str]:
    """The days that a date with slashes can mean: the day first, or the month first."""
    year, one, two = (int(match[name] or match[other]) for name, other in (("year", "first"), ("two", "month"), ("one", "day")))
    found: list[str] = []
    for month, day in ((one, two), (two, one)) if match["year"] else ((one, two),):
        with suppress(ValueError):
            found.append(date(year, month, day).isoformat())
    return list(dict.fromkeys(found))


def may_be_cut(scalar: YamlScalar) -> bool:
    """Whether quotes or brackets are still open where a scalar without quotes ends."""
    text = scalar.text
    return scalar.style == "plain" and (text.count('"') % 2 == 1 or text.count("(") > text.count(")"))


def cut_short(scalar: YamlScalar, report: ProblemReport) -> bool:
    """Whether a formula ends where YAML saw a comment begin."""
    document = scalar.document.text
    if not may_be_cut(scalar):
        return False
    line_end = document.find("\n", scalar.end)
    rest = document[scalar.end : line_end if line_end >= 0 else len(document)].rstrip()
    if not rest.lstrip(" \t").startswith("#"):
        return False
    start = scalar.end + rest.index("#")
    whole = document[scalar.start : scalar.end] + rest
    place = scalar.document.place(start, scalar.end + len(rest))
    message = "YAML takes everything from `#` on for a comment"
    report.error("yaml/comment", message, place, f"put the formula in quotes: `{in_quotes(whole)}`")
    return True


def torn_range(cell: YamlList, report: ProblemReport) -> bool:
    """Whether it is a range without quotes: ``[4..5]`` is, to YAML, a list with one text."""
    first = cell.items[0]
    if len(cell.items) > 1 or not isinstance(first, YamlScalar) or ".." not in first.text or not (cell.flow and first.plain):
        return False
    written = cell.document.text[cell.start : cell.end]
    message = f"YAML reads `{written}` as a list, not as a range"
    report.error("yaml/needs-quotes", message, cell, f"put the range in quotes: `{in_quotes(written)}`")
    return True


def lost_word(scalar: YamlScalar, of: Type, name: str, names: Collection[str], report: ProblemReport) -> bool:
    """Whether a test of ``name``, of type ``of``, is a bare word that is neither one of its choices nor one of ``names``."""
    text = scalar.text
    kind = of.element.kind if of.kind == "list" and of.element else of.kind
    if kind not in ("choice", "text") or not _WORD.fullmatch(text) or text in ("true", "false", "null"):
        return False
    if any(text == known or known.startswith(text + ".") for known in names):
        return False
    if of.kind == "list":
        test = f'list contains(?, "{text}")'
        message = f"`{name}` is a list; say what to look for in it"
        report.error("policy/list-test", message, scalar, f"write `{in_quotes(test)}`")
    elif of.kind == "text":
        message = f"`{name}` is text, and text stands in double quotes"
        report.error("policy/unquoted-text", message, scalar, f"write `'\"{text}\"'`")
    else:
        meant = None if report.full else closest(text, of.choices)
        hint = f"did you mean `{meant}`?" if meant else f"the choices are {any_of(of.choices, 'and')}"
        hint = _sentence(text, of.choices) or hint
        report.error("types/impossible-choice", f"`{text}` is not one of the choices of `{name}`", scalar, hint)
    return True


def _sentence(text: str, choices: Collection[str]) -> str | None:
    """What to write for ``noise or cleanliness`` and ``not noise``."""
    words = [word for word in text.split() if word not in ("or", "and", "either")]
    negated = words[0] == "not"
    chosen = words[negated:]
    if not chosen or not all(word in choices for word in chosen) or len(chosen) == len(text.split()) == 1:
        return None
    listed = ", ".join(chosen)
    return f"write `{in_quotes(f'not({listed})')}`" if negated else f"write `[{listed}]`"
