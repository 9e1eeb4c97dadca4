"""The whole answer of the goodwill matrix with two caps, a fact that a ledger keeps, and a guardrail on a sum, hand-written.

The same JSON as ``policy.decide(request, balances=..., history=...).to_json()``, with both as plain data:
``{"guest-quarter": {"used": 2, "until": "2026-09-14"}, "desk-month": {"used": "312.40 EUR", "until": "2026-08-01"}}`` and
``{"guest.goodwill": "120.50 EUR"}``.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from json.encoder import encode_basestring
from typing import Any, Final, TypeAlias

from by_hand import BadRequest, cells, cents, credit_only, reader, written
from by_hand_near import nearest
from by_hand_rules import GAP, ROLE, TAIL, entry, guarded, most_of, offer, others, start, too_much, unlock
from goodwill import DESK_CAP, ROLES, Workload

__all__ = [
    "GRANTS",
    "GRANTS_SAY",
    "SUM",
    "Balances",
    "left_of_desk",
    "left_of_grants",
    "read_balances",
    "read_goodwill",
    "whole_capped",
]

#: Grants that are used and their day, cents that are used and their day.
Balances: TypeAlias = tuple[int, str | None, int, str | None]

#: How many grants a guest may have in 90 days, and the cents from which on the sum is too much.
GRANTS: Final = 4
SUM: Final = 30000
GRANTS_SAY: Final = '"My manager will call you."'
_MONTHS: Final = tuple(date(2026, month, 1).strftime(" %B ") for month in range(1, 13))


def read_balances(balances: Any) -> Balances:
    """What is used of the caps. Raises :class:`BadRequest`."""
    try:
        grants, desk = balances["guest-quarter"], balances["desk-month"]
        used, until, desk_until = grants["used"], grants.get("until"), desk.get("until")
        if len(balances) != 2 or len(grants) != 1 + ("until" in grants) or len(desk) != 1 + ("until" in desk):
            raise BadRequest("balances")
        if type(used) is not int or used < 0:
            raise BadRequest("guest-quarter")
        for day in (until, desk_until):
            if day is not None:
                if len(day) != 10 or day[4] != "-" or day[7] != "-":
                    raise BadRequest("until")
                date.fromisoformat(day)
        return used, until, cents(desk["used"]), desk_until
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise BadRequest(str(error)) from None


def read_goodwill(history: Any) -> int:
    """What the guest had. Raises :class:`BadRequest`."""
    if type(history) is not dict or len(history) != 1 or "guest.goodwill" not in history:
        raise BadRequest("history")
    return cents(history["guest.goodwill"])


def _until(day: str | None) -> str:
    return f" until {int(day[8:])}{_MONTHS[int(day[5:7]) - 1]}{int(day[:4])}" if day else ""


def left_of_grants(left: int, until: str | None) -> str:
    """What is left of the first cap, in words."""
    return f"guest-quarter: {left} grant{'' if left == 1 else 's'} of {GRANTS} grants left{_until(until)}"


def left_of_desk(left: int, rank: int, until: str | None) -> str:
    """What is left of the second cap, in words."""
    return f"desk-month: {written(left)} of {written(DESK_CAP[rank])} left{_until(until)}"


def whole_capped(of: Workload) -> Callable[[dict[str, Any], Any, Any], str]:
    """``decide(request, balances, history)``: the whole answer as JSON. Raises :class:`BadRequest`."""
    read, begin, guards, quote = reader(of, cells(of, entry)), start(of), guarded(), encode_basestring
    rest, near = [others(binding, binding) for binding, _, _ in guards], nearest(of)
    rest_by_grants, rest_by_desk = (others(f'"cap:{name}"', "null") for name in ("guest-quarter", "desk-month"))
    counted = '"remedies":["credit","points","late_checkout"]}'
    grant, granted = begin["grant"], f'],"approver":null,"escalate_to":null,"unlocks":[{TAIL}'

    def decide(request: dict[str, Any], balances: Any, history: Any) -> str:
        identity, rank, case, day, wanted, kind, severity, rate, threatening, found = read(request)
        grants, grants_until, desk, desk_until = read_balances(balances)
        credit, limit, rule, half = credit_only(wanted), 0, None, (rate + 1) // 2
        room = SUM - read_goodwill(history)
        much = credit > room
        for least, rate_from, amount, most, name in found[rank]:
            if severity >= least and rate >= rate_from:
                if most:
                    if half < most:
                        most = half
                    if most > amount:
                        amount = most
                if amount > limit:
                    limit, rule = amount, name
        asked, left = written(credit), DESK_CAP[rank] - desk
        if left < 0:
            left = 0
        who = f"{quote(identity)}{ROLE[rank]}{quote(case) if case and not case.isspace() else 'null'}"
        held = (1 if threatening else 0) + ((2 if kind == "injury" else 0) + (4 if much else 0) if rank < 2 else 0)
        end = (
            f'],"still_owed":{{}},"charges":{{"guest-quarter":1,"desk-month":"{asked}"}},"discretion":null,'
            f'"balances":{{"guest-quarter":{grants},"desk-month":"{written(desk)}"}},"gap":'
        )
        # the cap that binds the credit, and what is left of the limit
        spent, over, free = grants >= GRANTS, credit > left, limit
        if held:
            limit = available = 0
            bound = rest[held]
        elif limit and spent:
            available, bound = 0, rest_by_grants
        elif left < limit:
            available, bound = left, rest_by_desk
        else:
            available, bound = limit, rest[0]
        alone = available  # the most that would be granted, whatever is asked
        if rank < 2:
            alone = 0 if held & 3 or spent or room < 0 else min(free, left, room)
            if alone != available and not held:
                bound = rest[0]
        same, available = alone == available, alone
        may, now = written(limit), written(available)
        offers = ""
        if available:
            offers = offer(now, f'"{left_of_desk(left, rank, desk_until)}"' if same and available < limit else "null")
        if rule is not None and not held and credit <= available:
            return (
                f'{grant}{who},"occurred":"{day}","asked":{{"credit":"{asked}"}},"remedies":{{"credit":{{"limit":"{may}",'
                f'"owed":"0 EUR","available":"{now}","asked":"{asked}","within":true,"rule":"{rule[0]}"{bound}{rule[1]}],'
                f'"offers":[{offers}{granted}{end}false}}'
            )
        within = not held and credit <= limit
        _, reasons, say = guards[held]
        told = [reasons] if reasons else []
        if spent:
            say = f"{say},{GRANTS_SAY}" if say else GRANTS_SAY
            told.append(f'{{"kind":"cap","id":"guest-quarter","text":"{left_of_grants(0, grants_until)}",{counted}')
        if over:
            words = left_of_desk(left, rank, desk_until)
            told.append(f'{{"kind":"cap","id":"desk-month","text":"{words}","remedies":["credit"]}}')
        if not held and not within:
            gap = GAP + near(request["facts"], severity, rate, rank, credit) if rule is None else ""
            told.append(gap or too_much(asked, may, rank, rule[0]))
        if rule is not None:
            told.append(rule[1])
        approver, opens = None, ""
        if not threatening:
            for higher in range(2 if held else rank + 1, 3):
                more = most_of(found[higher], severity, rate)
                if more > available and not within and not opens:
                    opens = unlock(higher, more)
                if credit <= more and credit <= DESK_CAP[higher] and not spent:
                    approver = f'"{ROLES[higher]}"'
                    break
        set_by = "null" if rule is None else f'"{rule[0]}"'
        to = "null" if threatening else approver or '"owner:guest-relations"'
        return (
            f'{begin["deny" if threatening else "escalate"]}{who},"occurred":"{day}","asked":{{"credit":"{asked}"}},'
            f'"remedies":{{"credit":{{"limit":"{may}","owed":"0 EUR","available":"{now}","asked":"{asked}",'
            f'"within":{"true" if within else "false"},"rule":{set_by}{bound}'
            f'{",".join(told)}],"offers":[{offers}],"approver":{approver or "null"},"escalate_to":{to},"unlocks":[{opens}{TAIL}'
            f"{say}{end}{'true' if rule is None else 'false'}}}"
        )

    return decide
