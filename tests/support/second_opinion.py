"""What cvc5 says of the questions to which Z3 says that there is no such case."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import cvc5

from remit.authoring.proving import question
from remit.readings.smt.solver import Solver, Verdict

__all__ = ["Opinions", "said_by_cvc5", "second_opinions"]

#: Milliseconds for one question.
_MOST_TIME = 20_000


class Opinions:
    """What the second solver said, with the scripts to which it did not say ``unsat``."""

    def __init__(self) -> None:
        self.confirmed = 0
        self.unknown: list[str] = []
        self.contradicted: list[str] = []

    def add(self, script: str, verdict: str) -> None:
        """Count one."""
        if verdict == "unsat":
            self.confirmed += 1
        else:
            (self.contradicted if verdict == "sat" else self.unknown).append(script)


def said_by_cvc5(script: str, milliseconds: int = _MOST_TIME) -> str:
    """The answer to a script in SMT-LIB 2.6 that asks once: ``sat``, ``unsat`` or ``unknown``. Raises ``RuntimeError`` where it
    is not one."""
    terms = cvc5.TermManager()
    solver = cvc5.Solver(terms)
    solver.setOption("tlimit-per", str(milliseconds))
    parser, said = cvc5.InputParser(solver), ""
    parser.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "question.smt2")
    while not (command := parser.nextCommand()).isNull():
        said += command.invoke(solver, parser.getSymbolManager())
    return said.strip()


@contextmanager
def second_opinions() -> Iterator[Opinions]:
    """Give every ``unsat`` within to cvc5, too."""
    opinions = Opinions()

    class Doubted(Solver):
        """A solver that keeps what it was asked."""

        def check(self, text: str = "", assuming: Sequence[str] = ()) -> Verdict:
            self.asked: str = getattr(self, "asked", "") + text
            verdict = super().check(text, assuming)
            if verdict == "unsat":
                known = "".join(f"(assert {each})\n" for each in assuming)
                script = f"(set-logic ALL)\n{self.asked}\n{known}(check-sat)\n"
                opinions.add(script, said_by_cvc5(script))
            return verdict

    first, question.Solver = question.Solver, Doubted  # type: ignore[misc]
    try:
        yield opinions
    finally:
        question.Solver = first  # type: ignore[misc]
