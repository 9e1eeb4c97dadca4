"""A syntax error, with what is needed to explain it."""

from __future__ import annotations

from dataclasses import dataclass

from remit.errors import Problem
from remit.policy.reading.lines import Lines
from remit.policy.reading.yaml_tree import YamlScalar

__all__ = ["Fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """What the YAML library complains about: at which offset, and where the thing begins that it was reading."""

    lines: Lines
    last: YamlScalar | None
    at: int
    begin: int
    context: str

    @property
    def char(self) -> str:
        return self.lines.text[self.at : self.at + 1]

    @property
    def brackets(self) -> str:
        """Those of the list or mapping that was being read."""
        return "[]" if self.lines.text[self.begin : self.begin + 1] == "[" else "{}"

    def problem(self, code: str, message: str, start: int, end: int, hint: str) -> Problem:
        return Problem(f"yaml/{code}", message, self.lines.document.place(start, end), hint=hint)

    def whole_line(self, number: int, code: str, message: str, hint: str) -> Problem:
        start, end = self.lines.extent(number)
        return self.problem(code, message, start, end, hint)
