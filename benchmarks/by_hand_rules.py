"""The whole answer of the goodwill matrix, hand-written: the same JSON as ``policy.decide(request).to_json()``.

With caps and their balances: ``by_hand_caps.py``; as a table: ``by_hand_table.py``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from itertools import compress
from json.encoder import encode_basestring
from typing import Any, Final

from by_hand import amounts, cells, credit_only, reader, written
from by_hand_near import nearest
from goodwill import ROLES, Rule, Workload

__all__ = [
    "GAP",
    "MAY",
    "ROLE",
    "TAIL",
    "entry",
    "guarded",
    "most_of",
    "offer",
    "others",
    "start",
    "too_much",
    "unlock",
    "whole",
]

_PEOPLE: Final = tuple(role.replace("_", " ") for role in ROLES)
#: Who asks, in the text of a reason.
MAY: Final = tuple(f"{'an' if role[0] in 'aeiou' else 'a'} {role}" for role in _PEOPLE)
ROLE: Final = tuple(f',"role":"{role}"}},"case":' for role in ROLES)
TAIL: Final = '],"missing":{"facts":[],"evidence":[],"story":false},"obligations":[],"say":['
_LAST: Final = '],"still_owed":{},"charges":{},"discretion":null,"balances":{},"gap":'
GAP: Final = '{"kind":"gap","id":"otherwise","text":"no rule that applies here speaks of credit","remedies":["credit"]}'
_UNLOCK: Final = tuple(
    (f'{{"kind":"role","name":"{role}","remedy":"credit","amount":"', f'","text":"{people} may give up to ')
    for role, people in zip(ROLES, _PEOPLE, strict=True)
)
#: Id, text and words of each guardrail, as JSON; those of the matrix without caps are the first two.
_GUARDRAILS: Final = (
    ("threats", "this is not given in this case", '"I want to help when we can speak calmly."'),
    ("injury", "this goes to a duty manager", '"I am calling my manager."'),
    ("goodwill-sum", "This guest has had much goodwill lately.", ""),
)


def start(of: Workload) -> dict[str, str]:
    """How an answer begins, by its outcome."""
    digest = hashlib.sha256(of.policy.encode()).hexdigest()
    policy = f'{{"id":"goodwill-matrix","version":"1","digest":"sha256:{digest}"}}'
    return {each: f'{{"outcome":"{each}","policy":{policy},"employee":{{"id":' for each in ("grant", "escalate", "deny")}


def guarded() -> tuple[tuple[str, str, str], ...]:
    """For each set of guardrails that hold (bits, in their order): what binds, the reasons, the words."""
    out = []
    for held in range(8):
        those = list(compress(_GUARDRAILS, (held & 1, held & 2, held & 4)))
        reasons = [f'{{"kind":"guardrail","id":"{name}","text":"{text}","remedies":[]}}' for name, text, _ in those]
        words = [each for _, _, each in those if each]
        out.append((f'"guardrail:{those[0][0]}"' if those else "null", ",".join(reasons), ",".join(words)))
    return tuple(out)


def others(own: str, binding: str) -> str:
    """What binds the credit, and the remedies that no rule of the matrix gives, with what binds those."""
    end = f'"within":true,"rule":null,"owed_rule":null,"binding":{binding}}}'
    points = f'"points":{{"limit":0,"owed":0,"available":0,"asked":0,{end}'
    late = f'"late_checkout":{{"limit":false,"owed":false,"available":false,"asked":false,{end}'
    return f',"owed_rule":null,"binding":{own}}},{points},{late}}},"reasons":['


def entry(rule: Rule, rank: int) -> tuple[Any, ...]:
    because = f'{{"kind":"rule","id":"{rule.id}","text":"We put it right.","remedies":["credit"]}}'
    return (*amounts(rule, rank), (rule.id, because))


def most_of(found: tuple[Any, ...], severity: int, rate: int) -> int:
    """The limit of another role."""
    limit, half = 0, (rate + 1) // 2
    for least, rate_from, amount, most, _ in found:
        if severity >= least and rate >= rate_from:
            if most:
                if half < most:
                    most = half
                if most > amount:
                    amount = most
            if amount > limit:
                limit = amount
    return limit


def offer(amount: str, left: str) -> str:
    return f'{{"remedy":"credit","title":"Credit","amount":"{amount}","owed":"0 EUR","on_request":false,"left":{left}}}'


def too_much(asked: str, limit: str, rank: int, rule: str) -> str:
    text = f"{asked} is more than the {limit} that {MAY[rank]} may give here"
    return f'{{"kind":"limit","id":"{rule}","text":"{text}","remedies":["credit"]}}'


def unlock(rank: int, amount: int) -> str:
    head, text = _UNLOCK[rank]
    more = written(amount)
    return f'{head}{more}{text}{more} Credit"}}'


def whole(of: Workload) -> Callable[[dict[str, Any]], str]:
    """``decide(request)``: the whole answer as JSON. Raises :class:`BadRequest`."""
    read, begin, guards, quote = reader(of, cells(of, entry)), start(of), guarded(), encode_basestring
    rest, near = [others(binding, binding) for binding, _, _ in guards], nearest(of)
    grant, granted = begin["grant"], f'],"approver":null,"escalate_to":null,"unlocks":[{TAIL}{_LAST}false}}'

    def decide(request: dict[str, Any]) -> str:
        identity, rank, case, day, wanted, kind, severity, rate, threatening, found = read(request)
        credit, limit, rule, half = credit_only(wanted), 0, None, (rate + 1) // 2
        for least, rate_from, amount, most, name in found[rank]:
            if severity >= least and rate >= rate_from:
                if most:
                    if half < most:
                        most = half
                    if most > amount:
                        amount = most
                if amount > limit:
                    limit, rule = amount, name
        asked = written(credit)
        who = f"{quote(identity)}{ROLE[rank]}{quote(case) if case and not case.isspace() else 'null'}"
        held = (1 if threatening else 0) + (2 if kind == "injury" and rank < 2 else 0)
        if not held and rule is not None and credit <= limit:
            may = written(limit)
            return (
                f'{grant}{who},"occurred":"{day}","asked":{{"credit":"{asked}"}},"remedies":{{"credit":{{"limit":"{may}",'
                f'"owed":"0 EUR","available":"{may}","asked":"{asked}","within":true,"rule":"{rule[0]}"{rest[0]}{rule[1]}],'
                f'"offers":[{{"remedy":"credit","title":"Credit","amount":"{may}","owed":"0 EUR","on_request":false,'
                f'"left":null}}{granted}'
            )
        _, reasons, say = guards[held]
        if held:
            limit = 0
        may = written(limit)
        if rule is None:
            set_by, reasons = "null", reasons or GAP + near(request["facts"], severity, rate, rank, credit)
        else:
            set_by, reasons = f'"{rule[0]}"', f"{reasons or too_much(asked, may, rank, rule[0])},{rule[1]}"
        approver, opens = None, ""
        if not threatening:
            for higher in range(rank + 1 if not held else 2, 3):
                more = most_of(found[higher], severity, rate)
                if more > limit and not opens:
                    opens = unlock(higher, more)
                if credit <= more:
                    approver = f'"{ROLES[higher]}"'
                    break
        to = "null" if threatening else approver or '"owner:guest-relations"'
        return (
            f'{begin["deny" if threatening else "escalate"]}{who},"occurred":"{day}","asked":{{"credit":"{asked}"}},'
            f'"remedies":{{"credit":{{"limit":"{may}","owed":"0 EUR","available":"{may}","asked":"{asked}","within":false,'
            f'"rule":{set_by}{rest[held]}{reasons}],"offers":[{offer(may, "null") if limit else ""}],'
            f'"approver":{approver or "null"},"escalate_to":{to},"unlocks":[{opens}{TAIL}{say}{_LAST}'
            f"{'true' if rule is None else 'false'}}}"
        )

    return decide
