"""One question: what is looked for, and how an answer becomes proved, refuted or open."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from remit.authoring.proving.proof_cases import ProofFrame
from remit.readings.smt.script import Script
from remit.readings.smt.solver import Solver, SolverFailure

__all__ = ["Answer", "Disagreement", "FoundCase", "Inquiry", "Open", "Proved", "ProofQuestion", "ask"]

#: How often the evaluator is asked what it really says before a question is left open.
_MOST_LESSONS = 60

#: The parts of the time in which a question is tried, and how. How long a solver takes is a matter of luck: a question of half
#: a second may take minutes on another way through it, so a new start is better than patience.
_TRIES: Final[tuple[tuple[float, tuple[str, ...]], ...]] = (
    (0.05, ()),
    (0.05, ("smt.random_seed=11",)),
    (0.1, ("smt.relevancy=0",)),
    (0.2, ("smt.random_seed=3",)),
    (0.6, ()),
)

Shown = TypeVar("Shown")


class Disagreement(Exception):
    """The solver found a case that the definition does not confirm, though terms say all of it: a fault of remit.
    ``script`` is the question, in SMT-LIB."""

    def __init__(self, script: str) -> None:
        super().__init__(
            "a case that was found is decided otherwise by the definition: this is a fault of remit, not of the policy"
        )
        self.script = script


@dataclass(frozen=True, slots=True)
class Proved:
    """There is no such case."""


@dataclass(frozen=True, slots=True)
class FoundCase(Generic[Shown]):
    """A case that the definition confirms."""

    shown: Shown


@dataclass(frozen=True, slots=True)
class Open:
    """Not proved, and why."""

    reason: str


Answer = Proved | FoundCase[Shown] | Open


@dataclass(frozen=True, slots=True)
class ProofQuestion(Generic[Shown]):
    """``script`` and the cases in it, ``sought`` being what they are asserted to meet. ``confirm`` takes a case by what its
    constants are, decides it again, and gives what is shown of it; ``None``, where it is no such case."""

    script: Script
    frames: Sequence[ProofFrame]
    sought: str
    confirm: Callable[[Mapping[str, int | bool]], Shown | None]
    lessons: Callable[[Mapping[str, int | bool]], Sequence[str]]
    #: More constants whose values ``confirm`` looks at.
    watched: Sequence[str] = ()

    @property
    def names(self) -> list[str]:
        """All constants that a case is read from."""
        names = [*self.watched, *(symbol for frame in self.frames for symbol in frame.symbols.values())]
        for frame in self.frames:
            for call in frame.encoding.calls:
                names += [call.value, *call.arguments, *([call.null] if call.null else [])]
        return [each for each in dict.fromkeys(names) if each[0] not in "(-0123456789" and each not in ("true", "false")]

    @property
    def assumes(self) -> list[str]:
        """The facts of which not every value is looked at."""
        return sorted({name for frame in self.frames for name in frame.tried if not frame.has_all(name)})


def ask(question: ProofQuestion[Shown], seconds: float) -> Answer[Shown]:
    """Put a question to the solver, in a process of its own; where that takes long, in another one that begins elsewhere.
    Raises :class:`Disagreement`."""
    for part, options in _TRIES:
        try:
            with Inquiry(question, seconds * part, options) as inquiry:
                return inquiry.seek()
        except SolverFailure as failure:
            if not failure.timed_out:
                return Open(str(failure))
    return Open(f"no answer in {seconds:g} s")


class Inquiry(Generic[Shown]):
    """One question and the process that it is put to, asked more than once with more or less assumed. A context manager; its
    methods raise :class:`SolverFailure` when the time is over."""

    def __init__(self, question: ProofQuestion[Shown], seconds: float, options: Sequence[str] = ()) -> None:
        for frame in question.frames:
            frame.read_by_calls()
        self.question = question
        self.text = f"{question.script.text}(assert {question.sought})\n"
        self._names = question.names
        self._more = self.text
        self._steps = 0
        self._solver = Solver(seconds, options=options)

    def __enter__(self) -> Inquiry[Shown]:
        return self

    def __exit__(self, *given: object) -> None:
        self._solver.__exit__(*given)

    def step(self, condition: str) -> str:
        """A name for ``condition``, to be assumed for once."""
        self._steps += 1
        name = f"step!{self._steps}"
        self._more += f"(declare-fun {name} () Bool)\n(assert (=> {name} {condition}))\n"
        return name

    def _unmet(self) -> Proved | Open:
        """No case among those that were looked at: a proof only where that is all of them."""
        some = ", ".join(f"`{name}`" for name in self.question.assumes)
        return Open(f"not every value of {some} was looked at") if some else Proved()

    def seek(self, *assuming: str) -> Answer[Shown]:
        """Look for a case, where these steps are assumed, too."""
        for _ in range(_MOST_LESSONS):
            more, self._more = self._more, ""
            verdict = self._solver.check(more, assuming)
            if verdict == "unsat":
                return self._unmet()
            if verdict == "unknown":
                return Open("the solver does not know")
            values = self._solver.values(self._names)
            shown = self.question.confirm(values)
            if shown is not None:
                return FoundCase(shown)
            lessons = self.question.lessons(values)
            if not lessons:
                raise Disagreement(self.text)
            self._more = "".join(f"(assert {each})\n" for each in lessons)
        return Open("it depends on what only the evaluator works out")
