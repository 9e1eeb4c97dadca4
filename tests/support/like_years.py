"""Actions for the comparison of like cases: a policy, the people and AI agents of six sites, and what is planted among them."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any

import remit
from remit.review.actions import Action, Actor, AskedRemedy
from remit.review.twins.like_cases import LikeCases
from remit.review.twins.twin_tally import Tally

TEXT = """
policy: shop
title: Goodwill in a shop
version: "1"
owner: service
timezone: UTC
currency: EUR
ladder: [clerk, manager]
facts:
  case.kind: {type: choice, of: [late, broken, rude]}
  case.level: {type: integer, min: 1, max: 5}
  order.value: {type: money, min: 0 EUR}
  order.id: {type: text}
  customer.id: {type: text, personal: true}
  customer.origin: {type: text, personal: true}
  customer.language: {type: choice, of: [en, de, fr, es]}
  customer.member: {type: boolean}
  shop.remark: {type: text}
  employee.team: {type: text}
remedies:
  credit: {type: money, title: Credit}
  points: {type: count, title: Points, cost: 0.01 EUR}
rules:
  - {id: late, when: {case.kind: late}, may: {credit: {clerk: 40 EUR, manager: order.value}}}
  - {id: other, when: {case.level: ">= 3"}, may: {credit: 40 EUR}}
  - {id: members, when: {customer.member: true}, may: {points: 500}}
caps:
  - {id: per-customer, per: customer.id, over: 90 days, max: 9 grants}
  - {id: per-order, per: order.id, over: lifetime, max: 100 EUR, counts: [credit]}
otherwise: escalate
"""

SITES = tuple(f"shop-{number}" for number in range(1, 7))
PEOPLE = tuple(Actor(f"c-{site[-1]}{place}", "clerk", site) for site in SITES for place in range(1, 8))
AGENTS = tuple(Actor(f"bot-{place}", "clerk", SITES[place], agent=True) for place in range(3))
LANGUAGES = ("en", "en", "en", "de", "de", "fr", "es")

#: How what is given differs: a factor for the amount, how often it is refused and how often it is sent up.
Treat = Callable[[Actor, str], tuple[float, float, float]]


@cache
def shop() -> remit.Policy:
    """The policy."""
    return remit.loads(TEXT, "shop.yaml")


def like(_: Action) -> LikeCases:
    """The like cases of the policy."""
    return _like()


@cache
def _like() -> LikeCases:
    return LikeCases(shop().model)


def alike(actor: Actor, language: str) -> tuple[float, float, float]:
    """Everybody is treated alike."""
    return 1.0, 0.08, 0.12


def contact(seq: int, actor: Actor, facts: dict[str, Any], given: int | None, **more: Any) -> Action:
    """Something asked of 40 EUR, and ``given`` in cents; nothing where that is ``None``."""
    part = AskedRemedy(asked=given or 2000, limit=4000, available=4000, owed=0, unit="EUR")
    kind = "decide" if given is None else "grant"
    known = {"policy": "shop", "digest": shop().model.digest, "outcome": "grant", "customer": f"k-{seq}", "at": seq}
    gave = {} if given is None else {"credit": given}
    values = {
        "seq": seq,
        "id": f"r-{seq}",
        "kind": kind,
        "actor": actor,
        "facts": facts,
        "parts": {"credit": part},
        "given": gave,
    }
    return Action(**{**values, **known, "act": "declined" if given is None else None, **more})


def year(seed: int, count: int, treat: Treat = alike) -> Iterator[Action]:
    """So many contacts, with the answers to what was sent up, and a few grants that are taken back."""
    dice = random.Random(f"like year {seed}")
    seq = 0
    for _ in range(count):
        actor, language = dice.choice(PEOPLE + AGENTS), dice.choice(LANGUAGES)
        level = dice.randint(1, 5)
        facts = {
            "case.kind": dice.choice(("late", "broken", "rude")),
            "case.level": level,
            "order.value": f"{dice.randrange(10, 300)} EUR",
            "customer.language": language,
            "customer.member": dice.random() < 0.3,
        }
        factor, refusing, sending = treat(actor, language)
        need = (1 + 0.3 * (level >= 3)) * math.exp(dice.gauss(0, 0.4)) * factor
        amount = min(4000, max(500, 500 * round(need * 2.5)))
        seq += 1
        chance = dice.random()
        if chance < refusing:
            yield contact(seq, actor, facts, None)
            continue
        if chance < refusing + sending:
            task = contact(seq, actor, facts, None, kind="escalate", act=None, outcome="escalate")
            yield task
            if dice.random() < 0.7:
                seq += 1
                yield Action(seq, f"r-{seq}", "approve", seq, PEOPLE[0], given={"credit": amount}, target=task)
            continue
        grant = contact(seq, actor, facts, amount)
        yield grant
        if dice.random() < 0.02:
            seq += 1
            yield Action(seq, f"r-{seq}", "void", seq, actor, given=grant.given, target=grant)


def tallied(actions: Any, **options: Any) -> Tally:
    """The sums of actions."""
    found = Tally(like, **options)
    for each in actions:
        found.add(each)
    return found
