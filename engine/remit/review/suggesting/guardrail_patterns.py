"""Guardrails that send up what is then nearly always approved as asked. They are there to protect somebody, so that a change is
only named, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from remit.policy.model import Model
from remit.review.estimates import share
from remit.review.suggesting.handovers import HandOver
from remit.review.suggesting.patterns import FEWEST, NEARLY_ALWAYS, ApprovalEvidence, is_broad
from remit.review.suggesting.suggestion import Suggestion

__all__ = ["guardrail_patterns"]

_WHY: Final = "a guardrail protects somebody, so that only you can say which cases it may leave out"


def guardrail_patterns(model: Model, handovers: Sequence[HandOver]) -> list[Suggestion]:
    """The guardrails of ``model`` that escalate, and whose hand-overs are approved unchanged nearly always."""
    out = []
    sending = [each for each in model.guardrails if each.effect == "escalate"]
    for each in sending:
        sent = [one for one in handovers if one.answer is not None and ("guardrail", each.id) in one.task.reasons]
        unchanged = [one for one in sent if one.is_unchanged()]
        found = share(len(unchanged), len(sent), looks=len(sending))
        if found is None or len(sent) < FEWEST or found.low <= NEARLY_ALWAYS or not is_broad(sent, unchanged):
            continue
        evidence = ApprovalEvidence(
            count=len(sent),
            unchanged=len(unchanged),
            less=0,
            refused=len(sent) - len(unchanged),
            share=found,
            elsewhere=None,
            employees=len({one.who for one in sent}),
            approvers=len({one.approver for one in sent}),
            customers=len({one.customer for one in sent}),
            examples=tuple(one.task.seq for one in unchanged[:3]),
        )
        title = f"Look at guardrail `{each.id}`: what it sends up is nearly always approved as asked"
        out.append(Suggestion("guardrail", title, evidence, model, "", "", each.id, {}, refused=_WHY))
    return out
