"""The largest gain of a lie for one remedy and role: two cases in one question, climbed to the largest difference.

Nothing is a maximum there: the lie is given at least ``gain`` and ``most``, and the truth no more than ``most``, which are a
condition on some rule and conditions on every rule.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from remit.authoring.lying.believed import Believed, believed
from remit.authoring.lying.lie_pairs import LiePair, LiePairs
from remit.authoring.proving.climbing import Largest, climb
from remit.authoring.proving.edges import UNBOUNDED
from remit.authoring.proving.proof_cases import ProofFrame
from remit.authoring.proving.prover import Prover
from remit.authoring.proving.question import Disagreement, FoundCase, Inquiry, ProofQuestion
from remit.core.lowering.opaque import Native
from remit.core.term import Term
from remit.readings.smt.calendar_days import counted_days
from remit.readings.smt.encoding import Codes, EncodedCall
from remit.readings.smt.script import Script, all_of, any_of, number
from remit.readings.smt.solver import SolverFailure

__all__ = ["FoundLie", "LieSearch"]

#: What is added to the names of the constants of the lie.
_TOLD: Final = "'"
#: Where a gain has no end, it grows with facts from here on; else only what is as large as it can be says so.
_LARGE: Final = 10**5
_LARGEST: Final = 10**8
#: So many times more is tried where a gain is looked for from below.
_STEP: Final = 10
_DEPENDS: Final = "how much may be given depends on how much is asked"


@dataclass(frozen=True, slots=True)
class FoundLie:
    """``largest`` is how far it was climbed; its ``shown`` is told short, and is everyday where the gain has no bound: it then
    grows with the facts ``unbounded``. ``assumes`` are facts of which not every value was looked at, with how many were."""

    largest: Largest[LiePair]
    unbounded: tuple[str, ...] = ()
    assumes: Mapping[str, int] | None = None

    @property
    def is_unbounded(self) -> bool:
        """Whether the gain has no bound of its own."""
        return self.largest.reached >= UNBOUNDED or bool(self.unbounded)


class LieSearch:
    """Looks for it. ``known`` is what can be lied about and matters here."""

    def __init__(self, prover: Prover, remedy: str, rank: int) -> None:
        self.prover = prover
        self.remedy = remedy
        self.role = prover.model.ladder[rank]
        self.asked = f"asked.{remedy}"
        self.limit = prover.meaning.authority(rank, remedy).limit
        self.pairs = LiePairs(prover.redecided, prover.meaning.policy, remedy, self.role, self._that_matters())

    @property
    def known(self) -> Believed:
        """What can be lied about and matters here; ids where a history of theirs does."""
        return self.pairs.known

    def _that_matters(self) -> Believed:
        frame = self.prover.frame(self.remedy)
        frame.encoding.value(self.limit)
        for each in _variables(self.limit):
            frame.variable(each)
        frame.read_by_calls()
        every = believed(self.prover.model)
        read = {name for name in every if name in frame.symbols}
        read |= {key for name in read for key in every[name]}
        return {name: keys for name, keys in every.items() if name in read}

    def largest(self) -> FoundLie:
        """The largest gain. Raises :class:`remit.authoring.proving.question.Disagreement`."""
        if not self.known or self.limit.high == 0:
            return FoundLie(Largest(0, 0, None))
        question, found = self.question, self._climbed()
        if found.shown is None:
            return FoundLie(found, (), question.assumes)
        pair = self._fewest(self.pairs.fewer(found.shown, found.reached), found.reached)
        has_end = found.reached < UNBOUNDED
        plain = self.pairs.everyday(pair, found.reached) if has_end else pair
        unbounded = tuple(self._unbounded(plain, _LARGEST if has_end else _LARGE))
        if unbounded or not has_end:
            modest = self.pairs.modest(pair, unbounded)
            plain = self.pairs.everyday(pair, 1) if modest is None else self.pairs.everyday(modest, 1, unbounded)
        return FoundLie(replace(found, shown=plain), unbounded, question.assumes)

    def _climbed(self) -> Largest[LiePair]:
        ceiling = UNBOUNDED if self.limit.high is None else min(self.limit.high, UNBOUNDED)
        if self.prover.model.remedies[self.remedy].kind == "exception":
            ceiling = 1
        try:
            found = self._climb(ceiling)
            return found if found.exact or found.reached else self._from_below(found)
        except Disagreement:
            if self.remedy not in self.prover.meaning.policy.reads_asked:
                raise
            return Largest(0, ceiling, None, _DEPENDS)

    def _climb(self, ceiling: int) -> Largest[LiePair]:
        return climb(self.question, self._gain, ceiling, lambda pair: min(pair.gain, UNBOUNDED), self.prover.seconds)

    def _from_below(self, found: Largest[LiePair]) -> Largest[LiePair]:
        """What can be reached where the ceiling is out of sight: a little first, and then ever more."""
        aim = 1
        while aim <= found.at_most:
            more = self._climb(aim)
            if more.shown is None:
                break
            found, aim = Largest(more.reached, found.at_most, more.shown, found.reason), more.reached * _STEP
        return found

    def _unbounded(self, pair: LiePair, large: int) -> list[str]:
        """The facts without a highest value that the gain grows with, if it has no bound of its own: with an everyday value,
        each would bound it."""
        every = [name for name in self.prover.model.facts if self.pairs.is_large(pair, name, large)]
        modest = {name: self.pairs.modest(pair, (name,)) for name in every}
        alone = [name for name, each in modest.items() if each is None or each.gain <= pair.gain // 2]
        return alone or every

    # The question

    @cached_property
    def _frames(self) -> tuple[ProofFrame, ProofFrame]:
        """How it is, and how it is told."""
        script, codes, wholes = Script(), Codes(), self.prover.meaning.lowered.role(0).lowering.wholes
        model, asked = self.prover.model, (self.remedy,)
        true = ProofFrame(script, model, wholes, codes, asked=asked)
        apart = frozenset((*self.known, self.asked))
        return true, ProofFrame(script, model, wholes, codes, asked=asked, name=_TOLD, beside=true, apart=apart)

    @cached_property
    def _gain(self) -> str:
        return self._frames[0].script.fresh("Int", "gain")

    @cached_property
    def question(self) -> ProofQuestion[LiePair]:
        """Asks for two cases of which the one that is told gives more."""
        true, told = self._frames
        script, gain = true.script, self._gain
        most = script.fresh("Int", "most")
        given = script.define(f"(+ {gain} {most})", "Int")
        sought = [f"(>= {gain} 1)", f"(>= {most} 0)"]
        sought.append(told.encoding.at_least([(1, self.limit)], 0, given))
        sought.append(true.encoding.at_least([(-1, self.limit)], 0, f"(- {most})"))
        for frame in (true, told):
            for each in _variables(self.limit):
                frame.variable(each)
            self._ids(frame)
            frame.read_by_calls()
        if self.asked in true.symbols:  # the truth does not give one more, the lie all of that
            sought += [f"(= {true.symbol(self.asked)} (+ {most} 1))", f"(= {told.symbol(self.asked)} {given})"]
        sought += self._honest_pasts()
        sought += self._same_calls()
        sought += [counted_days(self.prover.model, call) for frame in (true, told) for call in frame.encoding.calls]
        usual = self.prover.redecided.usual

        def confirm(values: Mapping[str, int | bool]) -> LiePair | None:
            one, other = (replace(frame.case(values, usual), asked={}) for frame in (true, told))
            pair = self.pairs.pair(one, other)
            return pair if pair is not None and pair.gain >= values[gain] else None

        def lessons(values: Mapping[str, int | bool]) -> Sequence[str]:
            return [each for frame in (true, told) for each in frame.lessons(values, usual, self.role)]

        return ProofQuestion(script, (true, told), all_of(sought), confirm, lessons, (gain,))

    def _ids(self, frame: ProofFrame) -> None:
        wholes = self.prover.meaning.lowered.role(0).lowering.wholes
        for key in dict.fromkeys(key for keys in self.known.values() for key in keys):
            frame.variable(wholes.variable(key))

    def _honest_pasts(self) -> Iterator[str]:
        """Another past only with another id."""
        for name, keys in self.known.items():
            if keys:
                yield any_of((self._same(name), *(f"(not {self._same(key)})" for key in keys)))

    def _same(self, name: str) -> str:
        true, told = self._frames
        return f"(= {true.symbol(name)} {told.symbol(name)})"

    def _same_calls(self) -> Iterator[str]:
        """The evaluator says the same of the same."""
        true, told = self._frames
        others = {call.term: call for call in told.encoding.calls}
        for call in true.encoding.calls:
            other = others.get(call.term)
            if other is not None:
                reads = zip(self._read(true, call), self._read(told, other), strict=True)
                same = all_of(f"(= {one} {two})" for one, two in reads if one != two)
                says = [f"(= {call.value} {other.value})"]
                if call.null is not None and other.null is not None:
                    says.append(f"(= {call.null} {other.null})")
                yield f"(=> {same} {all_of(says)})"

    def _read(self, frame: ProofFrame, call: EncodedCall) -> list[str]:
        if isinstance(call.term.value, Native):
            return [frame.encoding.value(each) for each in call.term.args if each.sort in ("i", "s")]
        return [frame.symbol(name) or name for name in frame.read_by(call.term)]

    # Fewest

    def _fewest(self, pair: LiePair, least: int) -> LiePair:
        """The pair in which the fewest facts differ, as far as that can be found in time."""
        try:
            with Inquiry(self.question, self.prover.seconds) as inquiry:
                while len(pair.differing) > 1:
                    differs = [f"(ite {self._same(name)} 0 1)" for name in self.known if self._frames[1].symbol(name)]
                    fewer = f"(<= (+ {' '.join(differs)} 0) {len(pair.differing) - 1})"
                    enough = f"(>= {self._gain} {number(least)})"
                    answer = inquiry.seek(inquiry.step(enough), inquiry.step(fewer))
                    if not isinstance(answer, FoundCase) or len(answer.shown.differing) >= len(pair.differing):
                        return pair
                    pair = self.pairs.fewer(answer.shown, least)
        except (SolverFailure, Disagreement):
            pass  # it is a lie all the same
        return pair


def _variables(term: Term) -> list[Term]:
    """The variables in a term, but for those that only hand values on."""
    found: dict[Term, None] = {}
    seen, queue = set[Term](), [term]
    while queue:
        each = queue.pop()
        if each not in seen:
            seen.add(each)
            queue += each.args
            if each.kind == "var" and not each.value.startswith("@"):
                found[each] = None
    return sorted(found, key=lambda each: each.number)
