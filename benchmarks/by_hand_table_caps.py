"""The whole answer of the goodwill matrix as a table, with two caps, a fact that a ledger keeps and a guardrail on a sum.

Hand-written: the same JSON as ``policy.decide(request, balances=..., history=...).to_json()``.
"""

from __future__ import annotations

from collections.abc import Callable
from json.encoder import encode_basestring
from typing import Any

from by_hand import reader, written
from by_hand_caps import GRANTS, GRANTS_SAY, SUM, left_of_desk, left_of_grants, read_balances, read_goodwill
from by_hand_rules import ROLE, TAIL, guarded, start
from by_hand_table import (
    ALL,
    BY_LATE,
    BY_POINTS,
    BY_TABLE,
    LATE_FROM,
    POINTS,
    RULES,
    TITLES,
    WORD,
    gap_of,
    may_of,
    near_of,
    no_row,
    read_bundle,
    refusal,
    rows,
    unlock,
)
from goodwill import DESK_CAP, ROLES, Workload

__all__ = ["whole_table_capped"]


def _offer(of: str, amount: Any, owed: str, left: str) -> str:
    title = TITLES[of]
    return f',{{"remedy":"{of}","title":"{title}","amount":{amount},"owed":{owed},"on_request":false,"left":{left}}}'


def whole_table_capped(of: Workload) -> Callable[[dict[str, Any], Any, Any], str]:
    """``decide(request, balances, history)``: the whole answer as JSON. Raises :class:`by_hand.BadRequest`."""
    read, begin, guards, quote = reader(of, rows(of), ()), start(of), guarded(), encode_basestring
    by_grants, by_desk = '"cap:guest-quarter"', '"cap:desk-month"'
    counted = '"remedies":["credit","voucher","points","late_checkout"]}'

    def decide(request: dict[str, Any], balances: Any, history: Any) -> str:
        identity, rank, case, day, wanted, kind, severity, rate, threatening, found = read(request)
        credit, voucher, points, late = bundle = read_bundle(wanted)
        grants, grants_until, desk, desk_until = read_balances(balances)
        room = SUM - read_goodwill(history)
        much = credit > room
        base = None
        for least, rate_from, percent, most in found:
            if severity >= least and rate >= rate_from:
                base = most
                if percent and rate * percent < most:
                    base = rate * percent
                break
        limits = may_of(rank, base, severity)
        may_credit, may_voucher, may_points, may_late = limits
        held = (1 if threatening else 0) + ((2 if kind == "injury" else 0) + (4 if much else 0) if rank < 2 else 0)
        binding, reasons, say = guards[held]
        by_credit = '"by-table"' if may_credit else "null"
        by_voucher = '"by-table"' if may_voucher else "null"
        by_points, by_late = '"points"' if may_points else "null", '"late"' if may_late else "null"
        if held:
            fits = (not credit, not voucher, not points, not late)
            may_credit = may_voucher = may_points = 0
            may_late = False
        else:
            fits = (credit <= may_credit, voucher <= may_voucher, points <= may_points, may_late or not late)
        left = DESK_CAP[rank] - desk
        if left < 0:
            left = 0
        spent, over = grants >= GRANTS, credit + voucher > left
        # what the caps leave of each limit, and which of them binds
        now_credit, now_voucher, now_points, now_late = may_credit, may_voucher, may_points, may_late
        credit_by = voucher_by = points_by = late_by = binding
        if spent:
            now_credit = now_voucher = now_points = 0
            now_late = False
            credit_by, voucher_by = by_grants if may_credit else binding, by_grants if may_voucher else binding
            points_by, late_by = by_grants if may_points else binding, by_grants if may_late else binding
        else:
            if left < may_credit:
                now_credit, credit_by = left, by_desk
            if left < may_voucher:
                now_voucher, voucher_by = left, by_desk
        if rank < 2:  # the most that would be granted, whatever is asked
            none = held & 3 or spent or room < 0
            alone = 0 if none else min(limits[0], left, room)
            if alone != now_credit:
                now_credit, credit_by = alone, binding
            alone = 0 if none else min(limits[1], left)
            if alone != now_voucher:
                now_voucher, voucher_by = alone, binding
            alone = 0 if none else limits[2]
            if alone != now_points:
                now_points, points_by = alone, binding
            if (not none and limits[3]) != now_late:
                now_late, late_by = not none and limits[3], binding
        ask_credit, ask_voucher = written(credit), written(voucher) if voucher else "0 EUR"
        can_credit, can_voucher = written(may_credit), written(may_voucher)
        has_credit, has_voucher = written(now_credit), written(now_voucher)
        ask = f'"credit":"{ask_credit}"' if credit else ""
        if voucher:
            ask += f',"voucher":"{ask_voucher}"'
        if points:
            ask += f',"points":{points}'
        if late:
            ask += ',"late_checkout":true'
        if not credit:
            ask = ask[1:]
        rules = BY_TABLE if (credit and by_credit != "null") or (voucher and by_voucher != "null") else ""
        if points and by_points != "null":
            rules = f"{rules},{BY_POINTS}" if rules else BY_POINTS
        if late and by_late != "null":
            rules = f"{rules},{BY_LATE}" if rules else BY_LATE
        offers = ""
        if now_credit or now_voucher:
            words = f'"{left_of_desk(left, rank, desk_until)}"' if credit_by == by_desk or voucher_by == by_desk else "null"
            if now_credit:
                offers = _offer("credit", f'"{has_credit}"', '"0 EUR"', words if credit_by == by_desk else "null")
            if now_voucher:
                offers += _offer("voucher", f'"{has_voucher}"', '"0 EUR"', words if voucher_by == by_desk else "null")
        if now_points:
            offers += _offer("points", now_points, "0", "null")
        if now_late:
            offers += _offer("late_checkout", "true", "false", "null")
        offers = offers[1:]
        text = (
            f'{quote(identity)}{ROLE[rank]}{quote(case) if case and not case.isspace() else "null"},"occurred":"{day}",'
            f'"asked":{{{ask}}},"remedies":{{"credit":{{"limit":"{can_credit}","owed":"0 EUR","available":"{has_credit}",'
            f'"asked":"{ask_credit}","within":{WORD[fits[0]]},"rule":{by_credit},"owed_rule":null,"binding":{credit_by}}},'
            f'"voucher":{{"limit":"{can_voucher}","owed":"0 EUR","available":"{has_voucher}","asked":"{ask_voucher}",'
            f'"within":{WORD[fits[1]]},"rule":{by_voucher},"owed_rule":null,"binding":{voucher_by}}},'
            f'"points":{{"limit":{may_points},"owed":0,"available":{now_points},"asked":{points},"within":{WORD[fits[2]]},'
            f'"rule":{by_points},"owed_rule":null,"binding":{points_by}}},"late_checkout":{{"limit":{WORD[may_late]},'
            f'"owed":false,"available":{WORD[now_late]},"asked":{WORD[late]},"within":{WORD[fits[3]]},"rule":{by_late},'
            f'"owed_rule":null,"binding":{late_by}}}}},"reasons":['
        )
        charges = f'"guest-quarter":1,"desk-month":"{written(credit + voucher)}"' if credit or voucher else '"guest-quarter":1'
        end = (
            f'],"still_owed":{{}},"charges":{{{charges}}},"discretion":null,'
            f'"balances":{{"guest-quarter":{grants},"desk-month":"{written(desk)}"}},"gap":'
        )
        if fits == ALL and not held and not spent and not over:
            closed = f'],"approver":null,"escalate_to":null,"unlocks":[{TAIL}{end}false}}'
            return f'{begin["grant"]}{text}{rules}],"offers":[{offers}{closed}'
        told = {"": reasons} if reasons else {}
        if spent:
            say = f"{say},{GRANTS_SAY}" if say else GRANTS_SAY
            told[by_grants] = f'{{"kind":"cap","id":"guest-quarter","text":"{left_of_grants(0, grants_until)}",{counted}'
        if over:
            words = left_of_desk(left, rank, desk_until)
            told[by_desk] = f'{{"kind":"cap","id":"desk-month","text":"{words}","remedies":["credit","voucher"]}}'
        available = (now_credit, now_voucher, now_points, now_late)
        spoken = (base is not None, base is not None, severity >= 2, base is not None and base >= LATE_FROM)
        gap, opens, approver = False, [], None
        above = [] if threatening else [(each, may_of(each, base, severity)) for each in range(2 if held else rank + 1, 3)]
        if held & 6:  # what an injury or much goodwill sends up: an exception needs no rule
            above = [(each, (*most[:3], most[3] or not spoken[3])) for each, most in above]
        for at, name in enumerate(TITLES):
            if fits[at]:
                continue
            if base is None and at != POINTS:
                if not held:
                    told.setdefault(RULES[at], no_row(at))
            elif not spoken[at]:
                gap = True
                if not held:
                    told.setdefault(name, gap_of(name) + near_of(name, severity, rank))
            elif not held:
                rule = RULES[at] if limits[at] else "rules"
                told.setdefault(rule, refusal(name, bundle[at], limits[at], rank, rule))
            for higher, most in above:
                if most[at] > available[at]:
                    opens.append(unlock(name, higher, most[at]))
                    break
        if rules:
            told["rules of the policy"] = rules
        for higher, (most_credit, most_voucher, most_points, most_late) in above if not spent else ():
            fitting = credit <= most_credit and voucher <= most_voucher and points <= most_points and (most_late or not late)
            if fitting and credit + voucher <= DESK_CAP[higher]:
                approver = f'"{ROLES[higher]}"'
                break
        to = "null" if threatening else approver or '"owner:guest-relations"'
        return (
            f'{begin["deny" if threatening else "escalate"]}{text}{",".join(told.values())}],"offers":[{offers}],'
            f'"approver":{approver or "null"},"escalate_to":{to},"unlocks":[{",".join(opens)}{TAIL}{say}{end}{WORD[gap]}}}'
        )

    return decide
