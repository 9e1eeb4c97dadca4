"""The texts of a policy that no request changes, as JSON."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cached_property
from json.encoder import encode_basestring
from typing import NamedTuple

from remit.core.sentences import GOES_TO, GOES_TO_NEXT, HELD_DOWN, MAY_APPLY, MAY_APPLY_BECAUSE, NOT_GIVEN
from remit.core.views import PolicyView
from remit.language.values import minor_digits
from remit.language.words import name as spaced
from remit.policy.model import Guardrail

__all__ = [
    "NearRule",
    "Texts",
    "listed",
    "may_stand",
    "near_reason",
    "quoted",
    "reason",
    "someone",
    "spaced",
    "stands",
    "unlock",
]


def quoted(text: str | None) -> str:
    """A constant as JSON."""
    return "null" if text is None else encode_basestring(text)


def listed(names: Iterable[str]) -> str:
    """Constants as a JSON list."""
    return f"[{','.join(map(encode_basestring, names))}]"


class NearRule(NamedTuple):
    """A rule that would give ``remedy`` but for one condition; ``text`` says which."""

    rule: str
    remedy: str
    text: str


class Texts:
    """The texts of a policy that no request changes, made once."""

    def __init__(self, policy: PolicyView) -> None:
        self.policy = policy

    @cached_property
    def rule_ids(self) -> tuple[str, ...]:
        """The id of each rule as JSON."""
        return tuple(quoted(rule.id) for rule in self.policy.model.rules)

    @cached_property
    def rule_reasons(self) -> tuple[str, ...]:
        """Each rule as a reason."""
        return tuple(
            reason("rule", quoted(rule.id), quoted(rule.because or ""), tuple({**rule.owed, **rule.may}))
            for rule in self.policy.model.rules
        )

    @cached_property
    def guardrail_reasons(self) -> tuple[str, ...]:
        """Each guardrail of the policy as a reason."""
        return tuple(
            reason("guardrail", quoted(each.id), quoted(stands(each)), each.remedies or tuple(each.limits))
            for each in self.policy.model.guardrails
        )

    @cached_property
    def says(self) -> Mapping[str, int]:
        """All words to say, numbered."""
        model = self.policy.model
        words = [*(each.say for each in model.guardrails), *(each.say for each in model.caps)]
        words += [each.say for each in self.policy.implied.beyond]
        every = dict.fromkeys((*words, *(each.say for each in model.rules)))
        return {text: number for number, text in enumerate(text for text in every if text)}

    @cached_property
    def rule_says(self) -> tuple[int, ...]:
        """The number of what each rule has to say, or -1."""
        return tuple(self.says.get(rule.say or "", -1) for rule in self.policy.model.rules)

    @cached_property
    def cap_ids(self) -> tuple[str, ...]:
        """What binds, for each cap."""
        return tuple(quoted(f"cap:{cap.id}") for cap in self.policy.model.caps)

    @cached_property
    def balances(self) -> Mapping[str, tuple[str, int | None]]:
        """Of each balance the key in a JSON object, and the decimals of its money (``None``: a count)."""
        digits, units = minor_digits(self.policy.model.currency_code), self.policy.model.balances
        return {name: (f"{quoted(name)}:", None if unit in ("units", "grants") else digits) for name, unit in units.items()}

    @cached_property
    def guardrail_ids(self) -> tuple[str, ...]:
        """What binds, for each guardrail."""
        every = (*self.policy.model.guardrails, *self.policy.implied.every)
        return tuple(quoted(f"guardrail:{each.id}") for each in every)


def reason(kind: str, name: str, text: str, remedies: Iterable[str]) -> str:
    """A constant reason; ``name`` and ``text`` are JSON."""
    return f'{{"kind":"{kind}","id":{name},"text":{text},"remedies":{listed(remedies)}}}'


def near_reason(of: NearRule) -> str:
    """A rule that nearly gives something as a reason, after a comma."""
    return "," + reason("near", quoted(of.rule), quoted(of.text), (of.remedy,))


def unlock(kind: str, name: str, remedy: str, amount: str, text: str) -> str:
    """A constant unlock; ``remedy``, ``amount`` and ``text`` are JSON."""
    return f'{{"kind":"{kind}","name":{quoted(name)},"remedy":{remedy},"amount":{amount},"text":{text}}}'


def someone(role: str) -> str:
    """A role with ``a`` or ``an``, as it is on record: a capital letter was never taken for a vowel here, and no old record may
    change."""
    return f"{'an' if role[:1] in 'aeiou' else 'a'} {role}"


def stands(guardrail: Guardrail) -> str:
    if guardrail.because:
        return guardrail.because
    if guardrail.effect == "escalate":
        return GOES_TO.of(who=someone(spaced(guardrail.to))) if guardrail.to else GOES_TO_NEXT
    return NOT_GIVEN if guardrail.effect == "deny" else HELD_DOWN


def may_stand(guardrail: Guardrail) -> str:
    if guardrail.because:
        return MAY_APPLY_BECAUSE.of(id=guardrail.id, because=guardrail.because)
    return MAY_APPLY.of(id=guardrail.id)
