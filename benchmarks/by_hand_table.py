"""The whole answer of the goodwill matrix as a table, hand-written: the first row that fits gives a base amount, and four
remedies follow from it. The same JSON as ``policy.decide(request).to_json()``.

Amounts inside are hundredths of a cent, as a row may give a percentage of the nightly rate, and a role a percentage of that.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from itertools import product
from json.encoder import encode_basestring
from typing import Any, Final

from by_hand import BadRequest, Cells, cents, reader, written
from by_hand_rules import MAY, ROLE, TAIL, guarded, start
from goodwill import CHANNELS, ROLES, TIERS, Workload

__all__ = [
    "ALL",
    "BY_LATE",
    "BY_POINTS",
    "BY_TABLE",
    "LATE_FROM",
    "RULES",
    "TITLES",
    "WORD",
    "POINTS",
    "gap_of",
    "near_of",
    "no_row",
    "may_of",
    "read_bundle",
    "refusal",
    "rows",
    "unlock",
    "whole_table",
]

_CREDIT: Final = (35, 100, 300)
_VOUCHER: Final = (50, 125, 375)
_POINTS: Final = (1000, 3000, 20000)
LATE_FROM: Final = 60_00_00
_PEOPLE: Final = tuple(role.replace("_", " ") for role in ROLES)
_LAST: Final = '],"still_owed":{},"charges":{},"discretion":null,"balances":{},"gap":'
BY_TABLE: Final = '{"kind":"rule","id":"by-table","text":"The table says it.","remedies":["credit","voucher"]}'
BY_POINTS: Final = '{"kind":"rule","id":"points","text":"A small thank-you.","remedies":["points"]}'
BY_LATE: Final = '{"kind":"rule","id":"late","text":"It was bad.","remedies":["late_checkout"]}'
_OFFER_POINTS: Final = tuple(
    f'{{"remedy":"points","title":"Points","amount":{most},"owed":0,"on_request":false,"left":null}}' for most in _POINTS
)
_OFFER_LATE: Final = (
    '{"remedy":"late_checkout","title":"Late checkout","amount":true,"owed":false,"on_request":false,"left":null}'
)
TITLES: Final = {"credit": "Credit", "voucher": "Voucher", "points": "Points", "late_checkout": "Late checkout"}
ALL: Final = (True, True, True, True)
WORD: Final = ("false", "true")
_OWED: Final = '"owed":"0 EUR","on_request":false,"left":null}'
RULES: Final = ("by-table", "by-table", "points", "late")
#: The only remedy of which more is given without the table.
POINTS: Final = 2


def rows(of: Workload) -> Cells:
    """For each kind, tier and channel the rows in order: severity, rate from which each holds, percentage, amount."""
    out: dict[tuple[str, str, str], list[tuple[int, int, int, int]]] = {}
    for row in of.rules:
        entry = (row.severity, row.rate_from, row.percent, row.amounts[1] * 100)
        for key in product(row.kinds, row.tiers or TIERS, row.channels or CHANNELS):
            out.setdefault(key, []).append(entry)
    return {key: tuple(each) for key, each in out.items()}


def read_bundle(asked: Mapping[str, Any]) -> tuple[int, int, int, bool]:
    """Cents of credit and voucher, points, late checkout. Raises :class:`BadRequest`."""
    credit, voucher, points, late = 0, 0, 0, False
    for name, amount in asked.items():
        if name == "credit":
            credit = cents(amount)
        elif name == "voucher":
            voucher = cents(amount)
        elif name == "points":
            if type(amount) is not int or not 0 <= amount < 10**15:
                raise BadRequest("points")
            points = amount
        elif name == "late_checkout":
            if type(amount) is not bool:
                raise BadRequest("late_checkout")
            late = amount
        else:
            raise BadRequest(f"unknown remedy {name}")
    if not (credit or voucher or points or late):
        raise BadRequest("nothing is asked for")
    return credit, voucher, points, late


def may_of(rank: int, base: int | None, severity: int) -> tuple[int, int, int, bool]:
    """The most of each remedy."""
    points = _POINTS[rank] if severity >= 2 else 0
    if base is None:
        return 0, 0, points, False
    credit, voucher = (base * _CREDIT[rank] + 5000) // 10000, (base * _VOUCHER[rank] + 5000) // 10000
    return credit, voucher, points, rank > 0 and base >= LATE_FROM


def _shown(of: str, amount: Any) -> str:
    """An amount as JSON."""
    if of == "points":
        return str(amount)
    return ("true" if amount else "false") if of == "late_checkout" else f'"{written(amount)}"'


def refusal(of: str, asked: Any, most: Any, rank: int, rule: str) -> str:
    if most and of != "late_checkout":
        told, limit = (asked, most) if of == "points" else (written(asked), written(most))
        text = f"{told} is more than the {limit} that {MAY[rank]} may give here"
    else:
        text = f"{TITLES[of]} is not {MAY[rank]}'s to give here"
    return f'{{"kind":"limit","id":"{rule}","text":"{text}","remedies":["{of}"]}}'


def gap_of(of: str) -> str:
    title = TITLES[of]
    text = f"no rule that applies here speaks of {title[0].lower()}{title[1:]}"
    return f'{{"kind":"gap","id":"otherwise","text":"{text}","remedies":["{of}"]}}'


def near_of(of: str, severity: int, rank: int) -> str:
    """The rule that nearly gives it, after a comma."""
    if of == "points":
        text = f"A small thank-you: only where incident severity is at least 2; here it is {severity}"
        return f',{{"kind":"near","id":"points","text":"{text}","remedies":["points"]}}'
    text = "It was bad: only where base is at least 60 EUR"
    return f',{{"kind":"near","id":"late","text":"{text}","remedies":["late_checkout"]}}' if rank else ""


def no_row(at: int) -> str:
    named = '"late_checkout"' if RULES[at] == "late" else '"credit","voucher"'
    text = "`base` cannot be worked out: no row of its table matches"
    return f'{{"kind":"undetermined","id":"{RULES[at]}","text":"{text}","remedies":[{named}]}}'


def unlock(of: str, rank: int, amount: Any) -> str:
    more = _shown(of, amount)
    text = TITLES[of] if of == "late_checkout" else f"up to {more.strip(chr(34))} {TITLES[of]}"
    head = f'{{"kind":"role","name":"{ROLES[rank]}","remedy":"{of}","amount":{more}'
    return f'{head},"text":"{_PEOPLE[rank]} may give {text}"}}'


def whole_table(of: Workload) -> Callable[[dict[str, Any]], str]:
    """``decide(request)``: the whole answer as JSON. Raises :class:`BadRequest`."""
    read, begin, guards, quote = reader(of, rows(of), ()), start(of), guarded(), encode_basestring
    granted = f'],"approver":null,"escalate_to":null,"unlocks":[{TAIL}{_LAST}false}}'

    def decide(request: dict[str, Any]) -> str:
        identity, rank, case, day, wanted, kind, severity, rate, threatening, found = read(request)
        credit, voucher, points, late = bundle = read_bundle(wanted)
        base = None
        for least, rate_from, percent, most in found:
            if severity >= least and rate >= rate_from:
                base = most
                if percent and rate * percent < most:
                    base = rate * percent
                break
        limits = may_of(rank, base, severity)
        may_credit, may_voucher, may_points, may_late = limits
        held = (1 if threatening else 0) + (2 if kind == "injury" and rank < 2 else 0)
        binding, reasons, say = guards[held]
        by_credit = '"by-table"' if may_credit else "null"
        by_voucher = '"by-table"' if may_voucher else "null"
        by_points, by_late = '"points"' if may_points else "null", '"late"' if may_late else "null"
        fits = (credit <= may_credit, voucher <= may_voucher, points <= may_points, may_late or not late)
        granting = not held and fits == ALL
        if held:
            fits = (not credit, not voucher, not points, not late)
            may_credit = may_voucher = may_points = 0
            may_late = False
        ask_credit, ask_voucher, can_credit, can_voucher = (
            written(credit),
            written(voucher) if voucher else "0 EUR",
            written(may_credit),
            written(may_voucher),
        )
        text_late = "true" if may_late else "false"
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
        if may_credit:
            offers = f'{{"remedy":"credit","title":"Credit","amount":"{can_credit}",{_OWED}'
        if may_voucher:
            offers += f',{{"remedy":"voucher","title":"Voucher","amount":"{can_voucher}",{_OWED}'
        if may_points:
            offers = f"{offers},{_OFFER_POINTS[rank]}"
        if may_late:
            offers = f"{offers},{_OFFER_LATE}"
        if not may_credit:
            offers = offers[1:]
        end = f',"owed_rule":null,"binding":{binding}}}'
        text = (
            f'{quote(identity)}{ROLE[rank]}{quote(case) if case and not case.isspace() else "null"},"occurred":"{day}",'
            f'"asked":{{{ask}}},"remedies":{{"credit":{{"limit":"{can_credit}","owed":"0 EUR","available":"{can_credit}",'
            f'"asked":"{ask_credit}","within":{WORD[fits[0]]},"rule":{by_credit}{end},"voucher":{{"limit":"{can_voucher}",'
            f'"owed":"0 EUR","available":"{can_voucher}","asked":"{ask_voucher}","within":{WORD[fits[1]]},"rule":{by_voucher}'
            f'{end},"points":{{"limit":{may_points},"owed":0,"available":{may_points},"asked":{points},'
            f'"within":{WORD[fits[2]]},"rule":{by_points}{end},"late_checkout":{{"limit":{text_late},"owed":false,'
            f'"available":{text_late},"asked":{WORD[late]},"within":{WORD[fits[3]]},"rule":{by_late}{end}}},"reasons":['
        )
        if granting:
            return f'{begin["grant"]}{text}{rules}],"offers":[{offers}{granted}'
        told = {"": reasons} if reasons else {}
        spoken = (base is not None, base is not None, severity >= 2, base is not None and base >= LATE_FROM)
        gap, opens, approver = False, [], None
        above = [] if threatening else [(each, may_of(each, base, severity)) for each in range(2 if held else rank + 1, 3)]
        if held & 2:  # what an injury sends up: an exception needs no rule
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
                if most[at] > (0 if held else limits[at]):
                    opens.append(unlock(name, higher, most[at]))
                    break
        if rules:
            told["rules of the policy"] = rules
        for higher, (most_credit, most_voucher, most_points, most_late) in above:
            if credit <= most_credit and voucher <= most_voucher and points <= most_points and (most_late or not late):
                approver = f'"{ROLES[higher]}"'
                break
        to = "null" if threatening else approver or '"owner:guest-relations"'
        return (
            f'{begin["deny" if threatening else "escalate"]}{text}{",".join(told.values())}],"offers":[{offers}],'
            f'"approver":{approver or "null"},"escalate_to":{to},"unlocks":[{",".join(opens)}{TAIL}{say}{_LAST}{WORD[gap]}}}'
        )

    return decide
