"""What all statements about one policy share: its meaning, cases as people read them, and how a question is put."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

from remit.authoring.differences.saying import situation
from remit.authoring.proving.meaning import Meaning
from remit.authoring.proving.proof_cases import EMPLOYEE, ProofCase, ProofFrame
from remit.authoring.proving.question import Answer, FoundCase, Open, ProofQuestion, Proved, ask
from remit.authoring.proving.redecided import Redecided
from remit.core.authorities import Authority
from remit.core.lowering.opaque import Native
from remit.core.term import Term
from remit.decision.quantities import as_quantity
from remit.language import words
from remit.language.source import place_of
from remit.ledger.recorded_facts import to_plain
from remit.policy.model import Model
from remit.readings.smt.encoding import Codes
from remit.readings.smt.script import Script

__all__ = ["Prover", "because"]

Shown = TypeVar("Shown")


class Prover:
    """Proves statements about one policy; each question has ``seconds``."""

    def __init__(self, model: Model, seconds: float) -> None:
        self.model = model
        self.seconds = seconds
        self.meaning = Meaning(model)
        self.redecided = Redecided(model)
        self.terms = self.meaning.terms

    def frame(self, *asked: str) -> ProofFrame:
        """A case of its own in a script of its own, in which an amount of ``asked`` is asked."""
        wholes = self.meaning.lowered.role(0).lowering.wholes
        return ProofFrame(Script(), self.model, wholes, Codes(), asked=asked)

    def question(self, frame: ProofFrame, sought: str, confirm: Callable[[ProofCase], Shown | None]) -> ProofQuestion[Shown]:
        """Looks for a case that meets ``sought``; ``confirm`` decides it again."""

        def confirmed(values: Mapping[str, int | bool]) -> Shown | None:
            return confirm(frame.case(values, self.redecided.usual))

        def lessons(values: Mapping[str, int | bool]) -> Sequence[str]:
            return frame.lessons(values, self.redecided)

        return ProofQuestion(frame.script, (frame,), sought, confirmed, lessons)

    def seek(
        self,
        term: Term,
        confirms: Callable[[ProofCase], bool],
        *,
        asked: Sequence[str] = (),
        within_calendars: bool = False,
    ) -> Answer[ProofCase]:
        """Look for a case in which ``term`` is true; one that is found is told short. ``asked`` are the remedies of which an
        amount may be asked. ``within_calendars``: only among those whose working days are days of the calendars."""
        if term.kind == "const" and not term.value:
            return Proved()
        frame = self.frame(*asked)
        sought = frame.encoding.truth(term)
        if within_calendars:
            for call in frame.encoding.calls:
                if isinstance(call.term.value, Native) and call.null is not None:
                    frame.script.require(f"(not {call.null})")
        question = self.question(frame, sought, lambda case: case if confirms(case) else None)
        answer = ask(question, self.seconds)
        if isinstance(answer, FoundCase):
            return FoundCase(self.redecided.shortened(answer.shown, confirms))
        return answer

    def exists(self, term: Term) -> Proved | Open | None:
        """``None`` where there is a case in which ``term`` is true, whatever is asked; that there is none is
        :class:`Proved`."""
        if term.kind == "const":
            return None if term.value else Proved()
        frame = self.frame(*self.model.remedies)
        answer = ask(self.plain_question(frame, frame.encoding.truth(term)), self.seconds)
        return None if isinstance(answer, FoundCase) else answer

    def plain_question(self, frame: ProofFrame, condition: str) -> ProofQuestion[bool]:
        """Looks for a case of which the evaluator says what the solver assumes: terms say all else of it. It is not shown."""

        def lessons(values: Mapping[str, int | bool]) -> Sequence[str]:
            return frame.lessons(values, self.redecided) if frame.encoding.calls else ()

        return ProofQuestion(frame.script, (frame,), condition, lambda values: None if lessons(values) else True, lessons)

    # Words

    def situation(self, case: ProofCase) -> str:
        """The facts of a case in words."""
        return situation(self.model, self.redecided.worth_saying(case))

    def facts(self, case: ProofCase) -> dict[str, Any]:
        """All of them for programs, as a request has them, with the day and the employee where they are not the usual ones."""
        day = {"occurred": case.occurred} if case.occurred is not None else {}
        who = {"employee.id": case.employee} if case.employee != EMPLOYEE else {}
        return {name: to_plain(value) for name, value in {**case.facts, **day, **who}.items()}

    def amount(self, remedy: str, minor: int) -> str:
        """An amount of a remedy in words."""
        return words.quantity(as_quantity(self.model, self.model.remedies[remedy], minor))

    def title(self, remedy: str) -> str:
        """What a remedy is called inside a sentence."""
        return words.in_sentence(self.model.remedies[remedy].title)

    def responsible(self, authority: Authority) -> list[str]:
        """Which rules and guardrails set an amount, each with its line."""
        found: list[Any] = []
        if authority.claim and authority.owed >= authority.limit:
            found.append(self.model.rules[authority.owed_rule] if authority.owed_rule >= 0 else None)
        elif authority.rule >= 0:
            found.append(self.model.rules[authority.rule])
        if 0 <= authority.narrowed < len(self.model.guardrails) and authority.ceiling <= authority.limit:
            found.append(self.model.guardrails[authority.narrowed])
        return [self._lined(each) for each in found if each is not None]

    def _lined(self, owner: Any) -> str:
        place = place_of(owner.source)
        kind = type(owner).__name__.lower()
        return f"{kind} `{owner.id}`" + (f" (line {place.line})" if place is not None else "")


def because(answer: Open) -> Sequence[str]:
    """Why something is open."""
    return (f"not proved: {answer.reason}",)
