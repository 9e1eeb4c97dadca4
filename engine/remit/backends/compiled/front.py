"""The front of the compiled path: one Python function per policy, from the request as it comes to a decision.

It reads every part of a request once: what it fetches it checks, and what it checks it turns into the key of the situation (the
sum of the places of its classes). It only knows requests that are plain and right. Whatever is unusual (another type, a key too
many or too few, a value that has no class) raises, and the next function tries: first one that also takes missing and
dotted facts, then the general path, which knows everything and says what is wrong. So nothing here needs to explain itself,
and nothing may be let through that the general path would refuse.
"""

from __future__ import annotations

import ast
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from remit.backends.compiled import templates
from remit.backends.compiled.arithmetic import OPEN, Unusual
from remit.backends.compiled.building import constant, expression, function, name, statements
from remit.backends.compiled.lookup import Lookup
from remit.backends.compiled.readers import Memo, plain_memo

__all__ = ["UNUSUAL", "Asking", "Front", "Item", "build"]

#: What a request that is not plain may raise on its way.
UNUSUAL: Final = (Unusual, KeyError, TypeError, ValueError, AttributeError, IndexError, ArithmeticError)
#: So many remedies are tried one after another.
_FEW_REMEDIES: Final = 6


@dataclass(frozen=True, slots=True)
class Item:
    """One declared fact. ``optional``: requests commonly leave it out. ``counted``: formulas count with its value. ``told``: a
    ledger may read it."""

    name: str
    lookup: Lookup
    optional: bool
    counted: bool
    told: bool


@dataclass(frozen=True, slots=True)
class Asking:
    """How an amount of one remedy is read: the type of the raw value, the memo, and its lookup where conditions read it."""

    kind: type
    memo: Memo | Mapping[Any, int]
    lookup: Lookup | None

    def places(self) -> tuple[list[int], list[int]] | tuple[None, None]:
        """Where each run of amounts with one place starts, and the places, relative to nothing being asked."""
        if self.lookup is None:
            return None, None
        starts, places = self.lookup.whole_numbers()
        zero = places[bisect_right(starts, 0)]
        return starts, [place - zero for place in places]


@dataclass(frozen=True, slots=True)
class Front:
    """What the function is made of.

    ``roles``: role to its part of the key. ``joint``: a cap counts several remedies, so that a bundle is more than its parts.
    ``counted`` are the facts of ``F``. ``leaf(key)`` finds out about a situation that is met for the first time, and ``leaves``
    keeps what it found: ``(tops, plain, leaf)``. ``tops`` has, for each remedy, ``(top, beyond, plan, most)``: the most that is
    granted, the verdict on more, and, where more may have to be counted, the function of ``F`` that does and the most of that.
    Unless all is ``plain``, ``leaf.outcome(given, F, evidence)`` has the last word. ``source`` tells more of a decision from
    what it keeps (:data:`remit.backends.compiled.templates.SEEN`).
    """

    items: Sequence[Item]
    asked: Mapping[str, Asking]
    roles: Mapping[str, int]
    employee: Lookup
    occurred: Lookup
    counted: Sequence[str]
    joint: bool
    leaves: dict[int, Any]
    leaf: Callable[[int], Any]
    evidence: Callable[[Any], frozenset[str]]
    general: Callable[..., Any]
    source: Any
    decision: type


def build(front: Front) -> Callable[..., Any]:
    """The function ``decide(request, *, balances=None, history=None, requester=None)``."""
    lenient = _Builder(front, front.general, strict=False).build()
    return _Builder(front, lenient, strict=True).build()


class _Builder:
    """Builds one function. ``strict``: facts that are not optional must be there, nested."""

    def __init__(self, front: Front, otherwise: Callable[..., Any], *, strict: bool) -> None:
        self._front = front
        self._strict = strict
        self._by_asked = any(ask.lookup is not None for ask in front.asked.values())
        rows = {remedy: (number, ask.kind, ask.memo, *ask.places()) for number, (remedy, ask) in enumerate(front.asked.items())}
        self._names: dict[str, Any] = {
            "ASKS": rows,
            "ALONE": (None, None, frozenset(), None, None),
            "ROLES": dict(front.roles),
            "LEAVES": front.leaves,
            "LEAF": front.leaf,
            "EVIDENCE": front.evidence,
            "OTHERWISE": otherwise,
            "GENERAL": front.general,
            "SOURCE": front.source,
            "DECISION": front.decision,
            "OUTCOMES": ("deny", "escalate", "ask", "grant"),
            "NOTHING": frozenset(),
            "EMPTY": {},
            "OPEN": OPEN,
            "Unusual": Unusual,
            "UNUSUAL": UNUSUAL,
            "bisect_left": bisect_left,
            "bisect_right": bisect_right,
        }

    def build(self) -> Callable[..., Any]:
        body = [*self._start(), *self._facts(), *self._end()]
        whole = statements(templates.WHOLE)
        attempt = whole[-1]
        assert isinstance(attempt, ast.Try)
        attempt.body = body
        built: Callable[..., Any] = function(templates.HEADER, whole, self._names, "<remit front>")
        return built

    def _start(self) -> list[ast.stmt]:
        """The parts of a request around its facts."""
        lookup = self._front.occurred
        check, day = lookup.check("occurred", "day", self._names)
        start = statements(
            templates.START,
            OCCURRED=[*check, *self._add(lookup, day)],
            NOT_OCCURRED=[*statements("day = None"), *_add_constant(lookup.missing)],
        )
        return [*start, *self._add(self._front.employee, "identity")]

    def _add(self, lookup: Lookup, variable: str) -> list[ast.stmt]:
        place = lookup.place(variable, self._names)
        return [] if place is None else statements("key += PLACE", PLACE=place)

    def _facts(self) -> list[ast.stmt]:
        """Fetch, check and place every fact, group by group."""
        own: dict[str, Any] = {}
        others: dict[str, Any] = {}
        for number, item in enumerate(self._front.items):
            parts = item.name.split(".")
            tree = others
            if parts[0] == "employee" and len(parts) > 1:
                tree, parts = own, parts[1:]
            for part in parts[:-1]:
                tree = tree.setdefault(part, {})
            tree[parts[-1]] = (number, item)
        return [
            *([] if self._strict else statements("dotted = 0")),
            *statements(templates.TELLING),
            *self._group("employee", own, always=2),
            *self._group("facts", others, always=0),
            *statements(templates.TOLD_ALL),
        ]

    def _group(self, group: str, tree: Mapping[str, Any], *, always: int) -> list[ast.stmt]:
        """The facts of one mapping, and that it holds nothing else. ``always``: how many of its keys are not facts."""
        fetch: list[ast.stmt] = []
        needed = {key for key, below in tree.items() if self._strict and not _optional(below)}
        for key, below in tree.items():
            if isinstance(below, dict):
                fetch += self._subgroup(group, key, below, needed=key in needed)
            else:
                fetch += self._leaf(group, key, *below, needed=key in needed)
        holes: dict[str, Any] = {"GROUP": group, "COUNT": f"n_{group}", "SURE": constant(always + len(needed))}
        if len(needed) == len(tree):
            return [*fetch, *statements("if len(GROUP) != SURE: raise Unusual", **holes)]
        count = "COUNT + dotted" if group == "facts" and not self._strict else "COUNT"
        end = f"if len(GROUP) != {count}: raise Unusual"
        return [*statements("COUNT = SURE", **holes), *fetch, *statements(end, **holes)]

    def _subgroup(self, group: str, key: str, tree: Mapping[str, Any], *, needed: bool) -> list[ast.stmt]:
        inner = f"g{len(self._names)}"
        self._names[inner] = None  # so that no other group takes this name
        template = templates.GROUP if needed else templates.OPTIONAL_GROUP
        fetch = statements(template, INNER=inner, GROUP=group, KEY=constant(key), COUNT=f"n_{group}")
        return [*fetch, *self._group(inner, tree, always=0)]

    def _leaf(self, group: str, key: str, number: int, item: Item, *, needed: bool) -> list[ast.stmt]:
        raw = f"v{number}"
        check, read = item.lookup.check(raw, f"w{number}", self._names)
        use = [*check, *self._add(item.lookup, read)]
        missing = _add_constant(item.lookup.missing)
        if item.counted:
            use += statements("COUNTED = READ", COUNTED=f"f{number}", READ=read)
            missing += statements("COUNTED = VALUE", COUNTED=f"f{number}", VALUE=self._default(item))
        holes: dict[str, Any] = {"RAW": raw, "GROUP": group, "KEY": constant(key), "COUNT": f"n_{group}"}
        if needed:
            return [*statements("RAW = GROUP[KEY]", **holes), *use]
        template = templates.OPTIONAL if self._strict or item.name == key else templates.DOTTED
        fetch = statements(template, WHOLE=constant(item.name), **holes)
        fetch += statements(templates.TOLD, WHOLE=constant(item.name), RAW=raw) if item.told else []
        return [*fetch, ast.If(expression("RAW is not None", **holes), use, missing or [ast.Pass()])]

    def _default(self, item: Item) -> str:
        identifier = f"X{len(self._names)}"
        self._names[identifier] = OPEN if item.lookup.default is None else item.lookup.default
        return identifier

    def _counted(self, of: str, numbers: Mapping[str, int]) -> ast.expr:
        """The value of a name that formulas count with."""
        if of in numbers:
            return name(f"f{numbers[of]}")
        if of == "occurred":
            return expression("OPEN if day is None else day")
        if of == "employee.id":
            return name("identity")
        number = list(self._front.asked).index(of.removeprefix("asked."))
        code = "(amount if given == NUMBER else 0) if type(given) is int else given.get(NUMBER, 0)"
        return expression(code, NUMBER=constant(number))

    def _asked(self) -> list[ast.stmt]:
        """The amounts that are asked for, and their places in the key."""
        place = statements(templates.PLACED) if self._by_asked else []
        if len(self._front.asked) > _FEW_REMEDIES:
            return statements(templates.ASKED, SINGLE=statements(templates.ANY_REMEDY, PLACE=place), PLACE=place)
        tried = statements("raise Unusual")
        for number, (remedy, ask) in reversed(list(enumerate(self._front.asked.items()))):
            (this,) = self._remedy(number, remedy, ask)
            assert isinstance(this, ast.If)
            this.orelse = tried
            tried = [this]
        return statements(templates.ASKED, SINGLE=tried, PLACE=place)

    def _remedy(self, number: int, remedy: str, ask: Asking) -> list[ast.stmt]:
        known = f"K{len(self._names)}"
        starts, places = ask.places()
        self._names |= {f"{known}_memo": plain_memo(ask.memo), f"{known}_read": ask.memo, f"{known}_kind": ask.kind}
        self._names |= {f"{known}_starts": starts, f"{known}_places": places}
        placed = (
            statements(templates.THIS_PLACED, PLACES=f"{known}_places", STARTS=f"{known}_starts") if starts is not None else []
        )
        return statements(
            templates.THIS_REMEDY,
            REMEDY=constant(remedy),
            KIND=f"{known}_kind",
            MEMO=f"{known}_memo",
            READ=f"{known}_read",
            NUMBER=constant(number),
            PLACE=[] if starts is None else placed,
        )

    def _end(self) -> list[ast.stmt]:
        """From the key and the amounts asked to the decision."""
        numbers = {item.name: number for number, item in enumerate(self._front.items)}
        counted = [self._counted(each, numbers) for each in self._front.counted]
        tuple_of_facts = ast.Assign([ast.Name("F", ast.Store())], ast.Tuple(counted, ast.Load()))
        seen: list[ast.expr] = [name(each) for each in (*templates.SEEN, *(f"v{number}" for number in numbers.values()))]
        keep = ast.Assign([ast.Attribute(name("decision"), "_seen", ast.Store())], ast.Tuple(seen, ast.Load()))
        return [
            *self._asked(),
            *statements(templates.LOOK),
            tuple_of_facts,
            *statements(templates.JUDGE),
            *statements(templates.JOINT if self._front.joint else templates.SINGLE),
            keep,
            *statements("return decision"),
        ]


def _add_constant(place: int) -> list[ast.stmt]:
    return statements("key += PLACE", PLACE=constant(place)) if place else []


def _optional(below: Any) -> bool:
    """Whether a group has nothing that must be there, or a fact is commonly left out."""
    if isinstance(below, dict):
        return all(_optional(each) for each in below.values())
    return bool(below[1].optional)
