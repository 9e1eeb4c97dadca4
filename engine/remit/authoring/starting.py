"""A first policy for an industry: small, complete, with words to change. ``remit new`` writes it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from remit.authoring.industries import INDUSTRIES, Industry
from remit.language.currencies import CURRENCIES
from remit.language.values import Money, plain

__all__ = ["Wishes", "starter"]


#: Nobody at a counter gives more.
_MOST: Final = 10**9


@dataclass(frozen=True, slots=True)
class Wishes:
    """What the author answered. ``amounts`` are the limits of the roles in ``ladder``, in ``currency``."""

    name: str
    industry: str
    currency: str
    ladder: tuple[str, ...]
    amounts: tuple[Decimal, ...]
    owner: str
    start: str

    def problems(self) -> list[str]:
        """What does not fit, in words; empty where all is well."""
        out = []
        if self.industry not in INDUSTRIES:
            out.append(f"which line of business? Add --industry with one of: {', '.join(INDUSTRIES)}")
        if self.currency not in CURRENCIES:
            out.append(f"`{self.currency}` is not a currency; write its three letters, such as EUR")
        if len(self.ladder) < 2:
            out.append("a ladder has at least two roles, least authority first")
        if len(set(self.ladder)) != len(self.ladder) or not all(role.isascii() and role.isidentifier() for role in self.ladder):
            out.append("roles are single words of plain letters (with _ between), each named once")
        if len(self.amounts) != len(self.ladder):
            out.append(f"{len(self.ladder)} roles need {len(self.ladder)} amounts, and there are {len(self.amounts)}")
        if not all(amount.is_finite() and 0 < amount < _MOST for amount in self.amounts):
            out.append(f"amounts are above zero and below {_MOST:,}")
        elif list(self.amounts) != sorted(self.amounts):
            out.append("amounts grow with the ladder")
        elif self.currency in CURRENCIES:
            finer = [each for each in self.amounts if each != Money(each, self.currency).rounded().amount]
            out += [f"`{plain(each)}` is finer than the smallest unit of {self.currency}" for each in finer]
        if not re.fullmatch("[A-Za-z][A-Za-z0-9]*(-[A-Za-z0-9]+)*", self.name):
            out.append("a policy's name is words of plain letters with `-` between, such as `guest-recovery`")
        return out


def starter(wishes: Wishes) -> str:
    """The policy as YAML: it loads, passes every check, and says what to change."""
    line = INDUSTRIES[wishes.industry]
    who, order, top = line.customer, line.order, wishes.ladder[1]
    return "\n".join(
        [
            *_header(wishes, line),
            "",
            "facts:                                  # the only names that conditions and formulas may use",
            *_aligned(
                {
                    f"{who}.id": "{type: text, personal: true}",
                    f"{who}.threatening": "{type: boolean, default: false}",
                    f"{order}.id": "{type: text}",
                    "incident.kind": f'{{type: choice, of: [{", ".join((*line.kinds, line.grave))}], ask: "What went wrong?"}}',
                    "incident.severity": '{type: integer, min: 1, max: 5, ask: "How bad is it, from 1 to 5?"}',
                }
            ),
            "",
            "remedies:",
            *_aligned(
                {
                    "credit": f"{{type: money, title: {line.money}}}",
                    line.extra[0]: f"{{type: exception, title: {line.extra[1]}}}",
                }
            ),
            "",
            *_rules(wishes, line),
            "",
            "guardrails:                             # guardrails narrow, after the rules",
            f"  - id: {line.grave.replace('_', '-')}",
            f"    when: {{incident.kind: {line.grave}}}",
            "    then: escalate",
            f"    to: {top}",
            f"    say: {line.words.format(top=top.replace('_', ' '))}",
            "  - id: threats",
            f"    when: {{{who}.threatening: true}}",
            "    then: deny",
            "    say: I want to help, and I will when we can speak calmly.",
            "",
            "caps:                                   # bounds over time, held by the ledger",
            f"  - {{id: per-{who}, per: {who}.id, over: 90 days, max: 4 grants}}",
            f"  - {{id: per-{order}, per: {order}.id, over: lifetime, max: {_money(wishes, -1)}, counts: [credit]}}",
            "",
            "requires:                               # what must be on file before a grant counts",
            f'  - {{when: "asked.credit > {_money(wishes, 0)}", evidence: [note]}}',
            "",
            "otherwise: escalate                     # a case that no rule covers goes up and is logged as a gap",
            "",
        ]
    )


def _header(wishes: Wishes, line: Industry) -> list[str]:
    return [
        f"# A starter for {wishes.industry}: change the words and the figures, then `remit check` and `remit test`.",
        f"policy: {wishes.name}",
        f"title: {line.title}",
        'version: "1"',
        f"owner: {wishes.owner}",
        f"effective: {{from: {wishes.start}}}",
        f"currency: {wishes.currency}",
        f"ladder: [{', '.join(wishes.ladder)}]",
    ]


def _rules(wishes: Wishes, line: Industry) -> Sequence[str]:
    return [
        "rules:                                  # rules widen: of all that match, the most generous counts",
        "  - id: small-gesture",
        "    because: Anyone puts a small thing right at once.",
        f"    may: {{credit: {_money(wishes, 0)}, {line.extra[0]}: true}}",
        "",
        "  - id: serious",
        "    because: When it was really bad, the person in charge can make it good without asking anyone.",
        '    when: {incident.severity: ">= 3"}',
        "    may:",
        "      credit:",
        *(f"        {role}: {_money(wishes, index)}" for index, role in enumerate(wishes.ladder)),
    ]


def _money(wishes: Wishes, index: int) -> str:
    return f"{plain(wishes.amounts[index])} {wishes.currency}"


def _aligned(entries: Mapping[str, str]) -> list[str]:
    width = max(map(len, entries)) + 1
    return [f"  {name + ':':<{width}} {value}" for name, value in entries.items()]
