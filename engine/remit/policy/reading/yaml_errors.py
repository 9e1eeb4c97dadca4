"""YAML's own syntax errors, told to the person who wrote the file.

The YAML library says ``mapping values are not allowed in this context``; a policy author needs to hear which line lost its
indentation, or which formula wants quotes. Each kind of error is one small function; the table says which.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from remit.errors import Problem
from remit.language.source import Document
from remit.policy.reading import layout_errors, quoting
from remit.policy.reading.faults import Fault
from remit.policy.reading.lines import Lines
from remit.policy.reading.yaml_tree import YamlScalar

__all__ = ["BrokenText", "explain"]

#: What must stand in the context and in the problem that the YAML library reports, and who explains it. The first that has
#: something to say is taken. Both of PyYAML's parsers (in C and in Python) are covered; their words differ a little.
_CASES: Final[tuple[tuple[str, str, Callable[[Fault], Problem | None]], ...]] = (
    ("", "", quoting.cut_by_comment),
    ("", "cannot start any token", layout_errors.tab),
    ("", "tab character", layout_errors.tab),
    ("quoted scalar", "unexpected end of stream", quoting.open_quote),
    ("quoted scalar", "unexpected document", quoting.open_quote),
    ("quoted scalar", "", quoting.escape),
    ("block scalar", "", quoting.block_text),
    ("anchor", "", quoting.sign),
    ("alias", "", quoting.sign),
    ("tag", "", quoting.sign),
    ("directive", "", layout_errors.directive),
    ("", "expected", quoting.runaway_quote),
    ("while parsing a", "", quoting.after_quote),
    ("", "cannot start any token", quoting.needs_quotes),
    ("", "mapping values are not allowed", layout_errors.colon),
    ("simple key", "", layout_errors.no_colon),
    ("", "sequence entries are not allowed", layout_errors.list_on_line),
    ("", "mapping keys are not allowed", quoting.needs_quotes),
    ("", "expected", quoting.half_open_range),
    ("", "expected", quoting.after_bracket),
    ("flow", "',' or", quoting.formula_in_brackets),
    ("flow", "',' or", layout_errors.brackets_left_open),
    ("", "node content", layout_errors.comma),
    ("", "expected", layout_errors.no_key),
    ("", "expected", layout_errors.stray_bracket),
    ("", "expected", layout_errors.indentation),
)


@dataclass(frozen=True, slots=True)
class BrokenText:
    """How far the reading came: the last scalar before the error is often the one to blame."""

    document: Document
    last: YamlScalar | None


def explain(reading: BrokenText, error: Any) -> Problem:
    """The problem that ``error``, an exception of the YAML library, stands for."""
    lines = Lines(reading.document)
    mark = getattr(error, "problem_mark", None)
    begin = getattr(error, "context_mark", None)
    at = min(mark.index, len(lines.text)) if mark else 0
    context, said = (str(getattr(error, name, "") or "") for name in ("context", "problem"))
    fault = Fault(lines, reading.last, at, begin.index if begin else at, context)
    for in_context, in_problem, tell in _CASES:
        if in_context in context and in_problem in said:
            found = tell(fault)
            if found is not None:
                return found
    return layout_errors.unclear(fault)
