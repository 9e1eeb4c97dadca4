"""A decision in less than 1,000 bytes, for programs and language models that act on it."""

from __future__ import annotations

import json
from typing import Any, Final

from remit.decision.decision import Decision
from remit.decision.detail import plain
from remit.language.words import nothing

__all__ = ["short"]

#: A short form has fewer bytes, as JSON in UTF-8.
_MOST_BYTES: Final = 1_000
#: Longer texts are cut.
_LONGEST: Final = 160
#: What is left out first where it is still too long, and how many of it stay.
_LESS: Final = (
    *(("why", 1), ("offers", 4), ("ask", 2), ("say", 1), ("evidence", 4), ("shown", 4), ("owed", 4), ("asked", 4)),
    *((key, 0) for key in ("why", "offers", "evidence", "shown", "asked", "owed", "ask", "say", "escalate_to")),
)


def short(decision: Decision) -> dict[str, Any]:
    """Plain data for JSON, without what is empty:

    ``outcome``
        ``grant``, ``escalate``, ``deny`` or ``ask``.
    ``asked``
        What was asked, by remedy.
    ``owed``, ``offers``
        What the customer is owed, and the most that may be given now, by remedy; what is not to be offered unasked is left out.
    ``ask``, ``evidence``, ``story``
        By missing fact the question to ask; evidence that must be filed; that the story must be told.
    ``escalate_to``
        Whom to ask: a role, or ``owner:WHO``.
    ``shown``
        What the policy shows in every decision, by value, as far as it is known.
    ``say``
        Words to say to the customer.
    ``why``
        What decided, of a refusal.
    ``more``
        That something was left out or cut; the whole decision has it.

    >>> import remit
    >>> request = {"employee": {"id": "e-1", "role": "associate"}, "asked": {"credit": "20 EUR"}}
    >>> remit.load(remit.shipped("hotel-guest-recovery")).decide(request).short()["ask"]
    {'incident.kind': 'What went wrong?'}
    """
    missing, refused = decision.missing, decision.outcome in ("escalate", "deny")
    out: dict[str, Any] = {
        "outcome": decision.outcome,
        "asked": {name: plain(value) for name, value in decision.asked.items()},
        "owed": {name: plain(value) for name, value in decision.owed.items() if not nothing(value)},
        "offers": {each.remedy: plain(each.amount) for each in decision.offers if not each.on_request and not each.beside},
        "ask": {name: missing.questions.get(name, "") for name in missing.facts},
        "evidence": list(missing.evidence),
        "story": missing.story,
        "escalate_to": decision.escalate_to,
        "shown": {each.name: each.to_dict()["value"] for each in decision.shown if each.value is not None},
        "say": list(decision.say),
        "why": [each.text for each in decision.reasons] if refused else [],
    }
    cut = {key: _cut(value) for key, value in out.items() if value}
    if cut != {key: value for key, value in out.items() if value}:
        cut["more"] = True
    for key, most in _LESS:
        if len(json.dumps(cut, ensure_ascii=False).encode()) < _MOST_BYTES:
            break
        if key in cut and (not most or len(cut[key]) > most):
            cut["more"] = True
            cut[key] = dict(list(cut[key].items())[:most]) if isinstance(cut[key], dict) else cut[key][:most]
            if not most:
                del cut[key]
    return cut


def _cut(value: Any) -> Any:
    """Texts in it cut to a reasonable length."""
    if isinstance(value, dict):
        return {name: _cut(each) for name, each in value.items()}
    if isinstance(value, list):
        return [_cut(each) for each in value]
    return f"{value[: _LONGEST - 1]}\u2026" if isinstance(value, str) and len(value) > _LONGEST else value
