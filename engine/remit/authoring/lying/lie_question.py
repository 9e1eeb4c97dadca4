"""The question whether a lie gains something: two cases in one script over the same terms.

Nothing in it is a maximum. The lie is given at least ``gain`` and ``most``, and the truth no more than ``most``: a condition on
some rule, and conditions on every rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from remit.authoring.lying.lie_pairs import LiePair, LiePairs
from remit.authoring.proving.proof_cases import ProofFrame
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.question import ProofQuestion
from remit.core.lowering.opaque import Native
from remit.core.term import Term, every_term
from remit.errors import RequestError
from remit.readings.smt.encoding import Codes, EncodedCall
from remit.readings.smt.script import Script, all_of, any_of

__all__ = ["LieQuestion", "variables"]

#: So often an amount is learnt that the truth is given, too.
_MOST_AMOUNTS: Final = 12
#: What is added to the names of the constants of the lie.
_TOLD: Final = "'"


class LieQuestion:
    """Looks for pairs in which the lie gives more of what ``limit`` is the limit of. Where it depends on what is asked how much
    may be given, the truth is not given the next unit above ``most`` either, nor any of the ``amounts`` that are more than
    that: it may be given a large amount where it is not given a small one."""

    def __init__(self, prover: Prover, pairs: LiePairs, limit: Term, amounts: Sequence[int]) -> None:
        self.prover = prover
        self.amounts = amounts
        self.pairs = pairs
        self.limit = limit
        #: Amounts that a truth was given though it was thought not to be.
        self.more: list[int] = []
        self._asked = f"asked.{pairs.remedy}"
        self._script, self._codes = Script(), Codes()
        self.true = self._frame()
        self.told = self._frame(_TOLD, frozenset((*pairs.known, self._asked)))
        #: The constants for what is gained, and for the most that the truth may be given.
        self.gain, self._most = self._script.fresh("Int", "gain"), self._script.fresh("Int", "most")
        self._others: list[ProofFrame] = []
        sought = [*self._sought(), *(self._not_given(each) for each in amounts)]
        frames = (self.true, self.told, *self._others)
        self.question = ProofQuestion(self._script, frames, all_of(sought), self._confirm, self._lessons, (self.gain,))

    def _frame(self, name: str = "", apart: frozenset[str] = frozenset()) -> ProofFrame:
        wholes = self.prover.meaning.lowered.role(0).lowering.wholes
        return ProofFrame(
            self._script,
            self.prover.model,
            wholes,
            self._codes,
            asked=(self.pairs.remedy,),
            name=name,
            beside=self.true if name else None,
            apart=apart,
        )

    def _sought(self) -> Iterator[str]:
        given = self._script.define(f"(+ {self.gain} {self._most})", "Int")
        yield from (f"(>= {self.gain} 1)", f"(>= {self._most} 0)")
        yield self.told.encoding.at_least([(1, self.limit)], 0, given)
        yield self.true.encoding.at_least([(-1, self.limit)], 0, f"(- {self._most})")
        for frame in (self.true, self.told):
            for each in variables(self.limit):
                frame.variable(each)
            self._name_ids(frame)
            frame.read_by_calls()
        if self.true.symbol(self._asked):
            yield f"(= {self.true.symbol(self._asked)} (+ {self._most} 1))"
            yield f"(= {self.told.symbol(self._asked)} {given})"
        yield from self._honest_pasts()
        yield from self._same_calls()

    def _not_given(self, amount: int) -> str:
        """That the truth is not given this amount when just that is asked, if it is more than ``most``."""
        frame = self._frame(f"@{amount}", frozenset((self._asked,)))
        self._others.append(frame)
        refused = frame.encoding.at_least([(-1, self.limit)], 1 - amount)
        asks = f"(= {frame.symbol(self._asked)} {amount})"
        return all_of((asks, any_of((f"(>= {self._most} {amount})", refused))))

    # One side alone

    def room(self, ceiling: int) -> ProofQuestion[int]:
        """Asks for a truth that is given ``gain`` less than ``ceiling``; what is shown is how much less."""
        little = self.true.encoding.at_least([(-1, self.limit)], -ceiling, self.gain)
        return self._alone(self.true, little, lambda due: ceiling - due)

    def grant(self) -> ProofQuestion[int]:
        """Asks for a case that is given ``gain``."""
        return self._alone(self.told, self.told.encoding.at_least([(1, self.limit)], 0, self.gain), lambda given: given)

    def beside(self, most: int) -> ProofQuestion[LiePair]:
        """Asks for pairs in which the truth is given no more than ``most``."""
        return replace(self.question, sought=all_of((self.question.sought, f"(<= {self._most} {most})")))

    def _alone(self, frame: ProofFrame, sought: str, value: Callable[[int], int]) -> ProofQuestion[int]:
        def confirm(values: Mapping[str, int | bool]) -> int | None:
            try:
                found = value(self.pairs.most(replace(frame.case(values, self.prover.redecided.usual), asked={})))
            except RequestError:
                return None
            return found if found >= values[self.gain] else None

        asked = self.question
        return ProofQuestion(
            asked.script, asked.frames, all_of((f"(>= {self.gain} 0)", sought)), confirm, self._lessons, (self.gain,)
        )

    # Lies that can be told

    def _name_ids(self, frame: ProofFrame) -> None:
        wholes = self.prover.meaning.lowered.role(0).lowering.wholes
        for key in dict.fromkeys(key for keys in self.pairs.known.values() for key in keys):
            frame.variable(wholes.variable(key))

    def _honest_pasts(self) -> Iterator[str]:
        """Another past only with another id."""
        for name, keys in self.pairs.known.items():
            if keys:
                yield any_of((self._same(name), *(f"(not {self._same(key)})" for key in keys)))

    def _same(self, name: str) -> str:
        return f"(= {self.true.symbol(name)} {self.told.symbol(name)})"

    def at_most_differ(self, count: int) -> str:
        """That no more facts than this are told otherwise."""
        differs = (f"(ite {self._same(name)} 0 1)" for name in self.pairs.known if self.told.symbol(name))
        return f"(<= (+ {' '.join(differs)} 0) {count})"

    # What the evaluator says

    def _same_calls(self) -> Iterator[str]:
        """The evaluator says the same of the same."""
        others = {call.term: call for call in self.told.encoding.calls}
        for call in self.true.encoding.calls:
            other = others.get(call.term)
            if other is not None:
                reads = zip(self._read(self.true, call), self._read(self.told, other), strict=True)
                same = all_of(f"(= {one} {two})" for one, two in reads if one != two)
                says = [f"(= {call.value} {other.value})"]
                if call.null is not None and other.null is not None:
                    says.append(f"(= {call.null} {other.null})")
                yield f"(=> {same} {all_of(says)})"

    def _read(self, frame: ProofFrame, call: EncodedCall) -> list[str]:
        if isinstance(call.term.value, Native):
            return [frame.encoding.value(each) for each in call.term.args if each.sort in ("i", "s")]
        return [frame.symbol(name) or name for name in frame.read_by(call.term)]

    # Decided again

    def learnt(self) -> Sequence[int] | None:
        """The amounts of which it is known that a truth is given them, with one that was just found; ``None`` where there is no
        other, or there are too many."""
        more = [each for each in self.more if each and each not in self.amounts]
        return (*self.amounts, more[0]) if more and len(self.amounts) < _MOST_AMOUNTS else None

    def _confirm(self, values: Mapping[str, int | bool]) -> LiePair | None:
        usual = self.prover.redecided.usual
        true, told = (replace(frame.case(values, usual), asked={}) for frame in (self.true, self.told))
        pair = self.pairs.pair(true, told)
        if pair is None or pair.gain >= values[self.gain]:
            return pair
        self.more.append(pair.due)
        return None

    def _lessons(self, values: Mapping[str, int | bool]) -> list[str]:
        frames, by = self.question.frames, self.prover.redecided
        return [each for frame in frames for each in frame.lessons(values, by)]


def variables(term: Term) -> list[Term]:
    """The variables in a term, but for those that only hand values on."""
    found = [each for each in every_term(term) if each.kind == "var" and not each.value.startswith("@")]
    return sorted(found, key=lambda each: each.number)
