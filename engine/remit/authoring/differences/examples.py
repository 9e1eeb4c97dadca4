"""Where two policies decide otherwise, shown by trying situations in both. Never a proof.

Situations are made at the values where either policy changes its mind: for each condition and each table row facts under which
it holds, each such value alone, each threshold of what is worked out from several, and a number of mixtures. A situation may
also say on which day it occurred, and what is asked (``asked.REMEDY``). The same two policies are tried in the same situations
every time.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice
from typing import Any, Final

from remit.authoring.differences.changes import Example, Examples
from remit.authoring.differences.saying import Differs, Fate, lines, situation, written
from remit.authoring.differences.tried_situations import situations
from remit.authoring.proposing.situations import Facts, Situations
from remit.authoring.thresholds import usual_time
from remit.core.authorities import Authority
from remit.core.laws import Bundle
from remit.core.texts import Texts
from remit.core.views import PolicyView
from remit.decision.detail import Quantity
from remit.decision.inputs import check_request
from remit.decision.quantities import as_quantity
from remit.errors import RequestError
from remit.language import words
from remit.policy.model import Model
from remit.readings.numbers.definition import NumberCase

__all__ = ["examples"]

_MOST_SITUATIONS: Final = 600
_MOST_SHOWN: Final = 12
_MOST_VALUES: Final = 8


def examples(old: Model, new: Model, *, most: int = _MOST_SHOWN) -> Examples:
    """Up to ``most`` situations in which the two decide otherwise, each told with the facts that matter in it."""
    pair = _Pair(old, new)
    tried = differing = 0
    found: dict[tuple[Any, ...], tuple[Facts, Differs]] = {}
    values: dict[str, dict[str, Any]] = {}
    for facts in islice(situations(old, new), _MOST_SITUATIONS):
        tried += 1
        for name, value in facts.items():
            values.setdefault(name, {})[repr(value)] = value
        differs = pair.differs(facts)
        if differs:
            differing += 1
            kinds = ((key, *map(_outcome, each)) for key, each in differs.items())
            found.setdefault(tuple(sorted(kinds, key=repr)), (facts, differs))
    shown, worth = [], {name: _spread(list(each.values())) for name, each in values.items()}
    for facts, differs in _telling(list(found.values()), most):
        known = {name: value for name, value in pair.mattering(facts, differs, worth).items() if not _is_asked(new, name)}
        said = tuple((name, written(value)) for name, value in known.items())
        given = tuple((name, value) for name, value in facts.items() if name in new.facts and value is not None)
        day = facts.get("occurred", pair.day)
        shown.append(Example(situation(new, known), said, tuple(lines(old, new, differs)), given, day))
    return Examples(tried, differing, _together(shown))


def _spread(values: Sequence[Any]) -> Sequence[Any]:
    """Some of the values that a fact had, beside which an example's is seen to matter."""
    return values[:: max(1, len(values) // _MOST_VALUES)]


def _together(shown: Sequence[Example]) -> tuple[Example, ...]:
    """Examples of the same situation and the same lines once."""
    return tuple({(each.situation, each.lines): each for each in shown}.values())


def _telling(found: Sequence[tuple[Facts, Differs]], most: int) -> list[tuple[Facts, Differs]]:
    """Those that show something that none before them shows, then others until there are enough."""
    seen: set[Any] = set()
    first: list[tuple[Facts, Differs]] = []
    more: list[tuple[Facts, Differs]] = []
    for facts, differs in found:
        new = {(key[1:], type(was), _more(was, now)) for key, (was, now) in differs.items()} - seen
        seen |= new
        (first if new else more).append((facts, differs))
    return [*first, *more][:most]


def _outcome(of: Quantity | Fate) -> Any:
    """What differs, whatever the amount that is asked for."""
    return of.said if isinstance(of, Fate) else of


def _more(was: Any, now: Any) -> Any:
    """Whether there is more or less of it, or else what it is."""
    try:
        return (now.amount if hasattr(now, "amount") else now) > (was.amount if hasattr(was, "amount") else was)
    except (TypeError, AttributeError):
        return (was, now)


class _Pair:
    """Two policies to be asked the same."""

    def __init__(self, old: Model, new: Model) -> None:
        self.models = old, new
        self.roles = [role for role in new.ladder if role in old.ladder]
        kinds = {name: each.kind for name, each in old.remedies.items()}
        self.remedies = [name for name, each in new.remedies.items() if kinds.get(name) == each.kind]
        self.shown = [name for name in new.shows if name in old.shows and new.values[name].type == old.values[name].type]
        self.evidence_differs = old.requires != new.requires
        self._known: dict[str, bool] = {}
        self._texts = [Texts(PolicyView.of(model)) for model in self.models]
        self.day = max(Situations(old).day, Situations(new).day)

    def differs(self, facts: Facts) -> Differs:
        """What the two decide otherwise, and where that is nothing, what becomes of what is asked; nothing where one of them
        cannot be asked with these facts."""
        known, asked = _parted(self.models[1], facts)
        if asked:
            return {} if self._differs_without(known) else self._answers(facts, asked)
        was, now = (self._case(model, facts, model.ladder[0], {}) for model in self.models)
        if was is None or now is None:
            return {}
        out: Differs = {}
        for role in self.roles:
            before, after = was.asked_by(role), now.asked_by(role)
            for name in self.shown:
                texts = before.request.shown(name), after.request.shown(name)
                if texts[0] != texts[1]:
                    out[role, "shown", name] = _in_words(texts[0]), _in_words(texts[1])
            for remedy in self.remedies:
                old, new = before.authority(remedy), after.authority(remedy)
                if old.claim != new.claim:
                    out[role, "owed", remedy] = self._amounts(remedy, old.claim, new.claim)
                if old.limit != new.limit:
                    out[role, "limit", remedy] = self._amounts(remedy, old.limit, new.limit)
                else:
                    fates = self._fates(facts, role, remedy, before, after)
                    if fates[0] != fates[1]:
                        out[role, "outcome", remedy] = fates
        return out

    def _differs_without(self, known: Facts) -> bool:
        """Whether anything differs where nothing is asked, once for each situation."""
        key = repr(known)
        if key not in self._known:
            self._known[key] = bool(self.differs(known))
        return self._known[key]

    def _answers(self, facts: Facts, asked: Mapping[str, Quantity]) -> Differs:
        """What becomes of asking for something, where that is not the same in both."""
        out: Differs = {}
        for role in self.roles:
            was, now = (self._case(model, facts, role, asked) for model in self.models)
            before, after = (_answer(model, case) for model, case in zip(self.models, (was, now), strict=True))
            if was is not None and now is not None and before != after:
                for remedy, amount in asked.items():
                    out[role, "outcome", remedy] = Fate(amount, before), Fate(amount, after)
        return out

    def mattering(self, facts: Facts, differs: Differs, worth: Mapping[str, Sequence[Any]]) -> Facts:
        """Those of ``facts`` with another value of which something else would differ."""
        return {
            name: value
            for name, value in facts.items()
            if any(self.differs({**facts, name: other}) != differs for other in worth[name] if other != value)
        }

    def _amounts(self, remedy: str, old: int, new: int) -> tuple[Quantity, Quantity]:
        before, after = self.models
        return as_quantity(before, before.remedies[remedy], old), as_quantity(after, after.remedies[remedy], new)

    def _fates(self, facts: Facts, role: str, remedy: str, was: Bundle, now: Bundle) -> tuple[Fate, Fate]:
        """What becomes of asking for as much as there is, or for anything where there is nothing."""
        before, after = self.models
        limit = now.authority(remedy).limit
        if not limit:
            return Fate(None, _refused(was, was.authority(remedy))), Fate(None, _refused(now, now.authority(remedy)))
        most = as_quantity(after, after.remedies[remedy], limit)
        if not self.evidence_differs:
            return Fate(most, ""), Fate(most, "")
        cases = [self._case(model, facts, role, {remedy: most}) for model in self.models]
        return Fate(most, _needs(before, cases[0])), Fate(most, _needs(after, cases[1]))

    def _case(self, model: Model, facts: Facts, role: str, asked: Mapping[str, Quantity]) -> NumberCase | None:
        known = {name: value for name, value in facts.items() if name in model.facts and value is not None}
        history = {name: known.pop(name) for name in list(known) if model.facts[name].history is not None}
        day = facts.get("occurred", self.day)
        request = {"employee": {"id": "e-1", "role": role}, "asked": asked, "facts": known, "occurred": day}
        try:
            inputs = check_request(model, request, history=history, at=usual_time(model, day))
        except RequestError:
            return None
        return NumberCase(model, inputs, self._texts[model is self.models[1]])


def _in_words(shown: str) -> str:
    """What a decision shows, from its JSON."""
    known = json.loads(f'{{"value":{shown}}}')
    if known["value"] is None:
        return known.get("cause") or "not known"
    return words.quantity(known["value"]) if isinstance(known["value"], bool | int) else str(known["value"])


def _refused(of: Bundle, authority: Authority) -> str:
    blocked = of.stops[authority.blocked].guardrail if authority.is_blocked else None
    if blocked is not None and blocked.effect == "escalate":
        return f"goes to {words.the(of.model.ladder, blocked.to)}" if blocked.to else "goes up"
    return "is denied" if blocked is not None or not (authority.spoken or of.model.otherwise == "escalate") else "goes up"


def _answer(model: Model, case: NumberCase | None) -> str:
    """What becomes of a request."""
    if case is None:
        return ""
    outcome, place = case.case.outcome, case.case.approver
    if outcome == "escalate":
        above = model.ladder[case.request.rank + 1 :]
        return "goes up" if place < 0 else f"goes to {words.the(model.ladder, above[place])}"
    return "is denied" if outcome == "deny" else _needs(model, case)


def _needs(model: Model, case: NumberCase | None) -> str:
    needed = () if case is None else case.needed
    return f"with {words.listing(words.in_sentence(model.evidence[name].title) for name in needed)}" if needed else "at once"


def _is_asked(model: Model, name: str) -> bool:
    return name.startswith("asked.") and name not in model.facts


def _parted(model: Model, facts: Facts) -> tuple[Facts, dict[str, Any]]:
    """The facts, and what is asked."""
    asked = {name.removeprefix("asked."): value for name, value in facts.items() if _is_asked(model, name) and value}
    return {name: value for name, value in facts.items() if not _is_asked(model, name)}, asked
