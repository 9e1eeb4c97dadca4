"""From a request to the row of values that compiled code takes: one generated function for each policy.

The function looks at every part of a request once, and checks it while it reads it. It knows requests as they come from JSON,
complete or not. Everything else raises :class:`Unusual`, and step 1 (:mod:`remit.decision.inputs`) then reads the request or
reports all that is wrong with it. So nothing may pass here that step 1 refuses or understands otherwise, and nothing here needs
words.

The keys of a mapping are not looked up one by one: where as many known keys were found as it has keys, there are no others.
Facts that are written with dots (``guest.tier``) or given as null do not add up either; such a request is put into the plain
shape and read again.

The code is built as syntax trees. Pieces that are the same in every policy are parsed from the constant texts of this module;
names and words of a policy are only ever constants in a tree, or values in the namespace of the function. Facts of one kind
share the trees of their checks, so that a long list of facts is compiled in little time.
"""

from __future__ import annotations

import ast
from collections.abc import Callable, Mapping
from typing import Any, Final

from remit.core.lowering.whole import SCALE
from remit.decision.inputs import owns_account
from remit.language.identities import has_words, is_plain_id
from remit.language.values import minor_digits
from remit.policy.model import Fact, Model, Remedy
from remit.readings.code.requests.many import many_reader, side_by_side
from remit.readings.code.requests.native_values import (
    MOST_NUMBER,
    Reader,
    Unusual,
    amount_reader,
    bounds,
    cents_by_ending,
    date_of,
    day_reader,
    evidence_reader,
    fact_reader,
    money_text_reader,
    native_of,
    units_by_text,
    used_reader,
)
from remit.readings.code.requests.pieces import (
    ASKED_ALL,
    AT,
    BALANCES,
    CHECKS,
    COUNT,
    DEFINITION,
    EXCEPTION,
    GROUP,
    HEADER_VARIABLES,
    MONEY,
    MONEY_CALLED,
    NO_MORE,
    OUTER_GROUP,
    PAIRS,
    RAW,
    START,
    TOLD_ALL,
    USED,
    assign,
    call,
    compare,
    constant,
    load,
    refuse_when,
    when,
)
from remit.readings.code.requests.plain import KEYS, has_dots, nested, only_known, plain_request, rearranger, undotted
from remit.readings.code.requests.value_row import HEADER, layout

__all__ = ["build_reader"]

#: So many amounts of money are read where they are needed, which saves a call; the code of more would take long to compile.
_MOST_INLINED: Final = 16

#: What every request says of the employee; none of it is a fact.
_EMPLOYEE: Final = frozenset({"employee", "employee.id", "employee.role"})


def build_reader(model: Model) -> Callable[..., tuple[Any, ...]]:
    """The function ``read(request, balances=None, history=None)`` of a policy. It returns the row of values
    (:mod:`remit.readings.code.requests.value_row`) or raises :class:`Unusual`.

    ``request`` is a plain mapping or a :class:`remit.Request`. ``balances`` maps cap ids to what is used of them. ``history``
    maps names of facts to what a ledger knows.
    """
    prefixes = {name[:at] for name in model.facts for at, letter in enumerate(name) if letter == "."}
    if prefixes & set(model.facts) or not _EMPLOYEE.isdisjoint(model.facts):
        return _refuse
    read = _Builder(model).build()
    return _own_noticed(model, read) if model.own_account else read


def _own_noticed(model: Model, read: Callable[..., tuple[Any, ...]]) -> Callable[..., tuple[Any, ...]]:
    """The reader, with whether the account is the employee's own."""
    places = layout(model)
    known = {name: places[name] for name in model.own_account}
    employee, own = HEADER.index("employee.id"), HEADER.index("own_account")

    def noticed(*given: Any) -> tuple[Any, ...]:
        row = read(*given)
        if owns_account(model, row[employee], {name: row[place] for name, place in known.items()}):
            return (*row[:own], True, *row[own + 1 :])
        return row

    return noticed


def _refuse(request: Any, balances: Any = None, history: Any = None) -> tuple[Any, ...]:
    """The reader of a policy in which a fact has the name of a group: what is nested there can be read in two ways."""
    raise Unusual


class _Builder:
    """Builds one reader. In its code, ``gN`` is a group of facts and ``mN`` the number of its facts that are missing; ``aN``,
    ``fN`` and ``uN`` are the amounts asked, the facts and what is used of caps."""

    def __init__(self, model: Model) -> None:
        currency = model.currency_code
        cents, units = cents_by_ending(currency), units_by_text(currency)
        money_text = money_text_reader(cents, units, currency)
        self._model = model
        self._pieces: dict[str, list[ast.stmt]] = {}  # trees that several places share
        self._facts: dict[str, str] = {}  # the variable of each fact
        self._rows: dict[str, str] = {}  # of many facts that are read at once, by the name of the first
        self._late: list[ast.stmt] = []  # what is done after all facts were found
        self._groups = 0
        self._amounts = 0  # of money
        self._names: dict[str, Any] = {
            "Unusual": Unusual,
            "EMPTY": {},
            "NOTHING": frozenset(),
            "NO_NATIVE": object(),
            "PLAIN": plain_request,
            "ROLES": frozenset(model.ladder),
            "DAY": day_reader(*_days(model)),
            "EVIDENCE": evidence_reader(frozenset(model.evidence)),
            "KNOWN": only_known,
            "KEYS": KEYS,
            "REMEDIES": frozenset(model.remedies),
            "BACK": date_of,
            "HAS_WORDS": has_words,
            "IS_PLAIN_ID": is_plain_id,
            "REARRANGED": rearranger(model.facts),
            "HAS_DOTS": has_dots,
            "UNDOTTED": undotted,
            "MONEY_TEXT": money_text,
            "CENTS": cents,
            "UNITS": units,
            "UNIT": f" {currency}",
            "WITH_CENTS": -5 - minor_digits(currency),
            "CURRENCY": model.currency,
            "SCALE": 10 ** minor_digits(currency),
        }

    def build(self) -> Callable[..., tuple[Any, ...]]:
        model = self._model
        own, others = nested(model)
        asked = [f"a{number}" for number in range(len(model.remedies))]
        used = [f"u{number}" for number in range(len(model.balances))]
        body = [
            *self._parsed(START),
            *self._asked(asked),
            *self._group("employee", own, others=2),
            *self._group("facts", others),
            *self._parsed(TOLD_ALL),
            *self._late,
            *self._used(used),
        ]
        facts = [self._row(name) for name in model.facts if name in self._rows or self._facts[name] not in self._rows.values()]
        row = [*map(load, HEADER_VARIABLES), *map(load, asked), *facts, *map(load, used)]
        body.append(ast.Return(ast.Tuple(row, ast.Load(), **AT), **AT))
        (function,) = self._parsed(DEFINITION)
        assert isinstance(function, ast.FunctionDef)
        function.body = body
        exec(compile(ast.Module([function], []), "<request>", "exec"), self._names)
        read: Callable[..., tuple[Any, ...]] = self._names["read"]
        return read

    def _row(self, name: str) -> ast.expr:
        """The value of a fact in the row, or, of the first of many, all of them."""
        many = self._rows.get(name)
        return load(self._facts[name]) if many is None else ast.Starred(load(many), ast.Load(), **AT)

    def _parsed(self, text: str) -> list[ast.stmt]:
        """The statements of a text of this module, which may have numbers of variables in it, but no words of a policy."""
        found = self._pieces.get(text)
        if found is None:
            found = self._pieces[text] = ast.parse(text).body
        return found

    def _test(self, text: str) -> ast.expr:
        (statement,) = self._parsed(text)
        assert isinstance(statement, ast.Expr)
        return statement.value

    def _own(self, value: Any) -> ast.Name:
        """``value``, under a name in the function's namespace."""
        identifier = f"OWN{len(self._names)}"
        self._names[identifier] = value
        return load(identifier)

    def _asked(self, variables: list[str]) -> list[ast.stmt]:
        body = [assign(variables, constant(0))] if variables else []
        for variable, (name, remedy) in zip(variables, self._model.remedies.items(), strict=True):
            there = [*self._parsed("left -= 1"), *self._amount(remedy), assign([variable], RAW)]
            fetch = assign(["raw"], call(self._test("asked.get"), constant(name)))
            body.append(when(load("left"), [fetch, when(self._test("raw is not None"), there)]))
        return [*body, *self._parsed(ASKED_ALL)]

    def _amount(self, remedy: Remedy) -> list[ast.stmt]:
        if remedy.kind == "exception":
            return self._parsed(EXCEPTION)
        otherwise = amount_reader(self._model, remedy)
        if remedy.kind == "money":
            return self._money(otherwise)
        return [when(self._test("type(raw) is int"), [self._within(0, MOST_NUMBER - 1)], [self._read_by(otherwise)])]

    def _group(self, group: str, tree: Mapping[str, Any], others: int = 0) -> list[ast.stmt]:
        """The facts of one mapping, and that it has no more than these (and ``others``)."""
        missing = f"m{self._groups}"
        self._groups += 1
        count = self._parsed(f"{missing} += 1")
        get = self._test(f"{group}.get")
        body = self._parsed(f"{missing} = 0\ndotted = None" if group == "facts" else f"{missing} = 0")[:]
        many = side_by_side(self._model, tree)
        if many:
            row = f"d{len(self._rows)}"
            reader = many_reader(many, self._names["MONEY_TEXT"])
            found: list[ast.expr] = [ast.Name(each, ast.Store(), **AT) for each in ("found", row)]
            body.append(ast.Assign([ast.Tuple(found, ast.Store(), **AT)], call(self._own(reader), load(group)), **AT))
            body += self._parsed(f"{missing} += {len(many)} - found")
            self._rows[next(iter(many.values())).name] = row
            self._facts |= {fact.name: row for fact in many.values()}
        for key, below in tree.items():
            if key in many:
                continue
            body.append(assign(["raw"], call(get, constant(key))))
            if isinstance(below, Fact):
                body += self._fact(below, count)
            else:
                inner = f"g{self._groups}"
                names = self._own({each.name: name for name, each in below.items() if isinstance(each, Fact)})
                header = OUTER_GROUP if group == "facts" else GROUP
                body += self._parsed(header.format(group=inner, missing=missing, names=names.id))
                body += self._group(inner, below)
        return [*body, *self._parsed(NO_MORE.format(group=group, missing=missing, known=len(tree) + others))]

    def _fact(self, fact: Fact, count: list[ast.stmt]) -> list[ast.stmt]:
        variable = self._facts[fact.name] = f"f{len(self._facts)}"
        default, check = self._default(fact, variable), self._check(fact)
        is_missing, store = self._test("raw is None"), assign([variable], RAW)
        if fact.history is None:
            return [when(is_missing, [*count, *default], check), store]
        name, history = constant(fact.name), load("history")
        told = ast.BoolOp(ast.And(), [self._test("history is not None"), compare(name, ast.In(), history)], **AT)
        from_ledger = assign(["raw"], ast.Subscript(history, name, ast.Load(), **AT))
        return [
            when(is_missing, count),
            when(told, [*self._parsed("told += 1"), from_ledger]),
            when(is_missing, default or [ast.Pass(**AT)], check),
            store,
        ]

    def _default(self, fact: Fact, variable: str) -> list[ast.stmt]:
        if fact.default is None:
            return []
        try:
            native = native_of(fact.type, fact.default)
        except Unusual:  # as the whole request is, if it turns out that the fact is not there under a dotted name either
            native = self._names["NO_NATIVE"]
            self._late.append(refuse_when(compare(load(variable), ast.Is(), load("NO_NATIVE"))))
        return [assign(["raw"], constant(native) if type(native) in (bool, int, str) else self._own(native))]

    def _check(self, fact: Fact) -> list[ast.stmt]:
        """Makes sure of what ``raw`` is, and turns it into its native form."""
        kind, bounded = fact.type, fact.low is not None or fact.high is not None
        otherwise = fact_reader(fact)
        if kind.kind == "number":
            return [when(self._test("type(raw) is int"), self._whole(fact), [self._read_by(otherwise)])]
        if kind.kind == "money" and kind.currency == self._model.currency:
            low, high = bounds(fact)
            needed = (low is not None and low > 0) or high is not None
            return [*self._money(otherwise), *([self._within(low, high)] if needed else [])]
        if kind.kind == "choice" and not bounded:
            other = compare(RAW, ast.NotIn(), constant(frozenset(kind.choices)))
            return [refuse_when(ast.BoolOp(ast.Or(), [self._test("type(raw) is not str"), other], **AT))]
        if kind.kind in CHECKS and not bounded:
            return self._parsed(CHECKS["id" if fact.is_id else kind.kind])
        return [self._read_by(otherwise)]

    def _whole(self, fact: Fact) -> list[ast.stmt]:
        low, high = bounds(fact)
        assert low is not None
        assert high is not None
        if fact.type.integer:
            return [self._within(low, high)]
        return [self._within(-(-low // SCALE), high // SCALE), *self._parsed(f"raw *= {SCALE}")]

    def _money(self, otherwise: Reader) -> list[ast.stmt]:
        self._amounts += 1
        read = ast.IfExp(self._test("amount is None"), call(self._own(otherwise), RAW), load("amount"), **AT)
        return [*self._parsed(MONEY if self._amounts <= _MOST_INLINED else MONEY_CALLED), assign(["raw"], read)]

    def _read_by(self, reader: Reader) -> ast.stmt:
        return assign(["raw"], call(self._own(reader), RAW))

    def _within(self, low: int | None, high: int | None) -> ast.stmt:
        """Refuses what is not between the two (``None``: no bound)."""
        ends = [compare(RAW, op, constant(end)) for op, end in ((ast.Lt(), low), (ast.Gt(), high)) if end is not None]
        return refuse_when(ends[0] if len(ends) == 1 else ast.BoolOp(ast.Or(), ends, **AT))

    def _used(self, variables: list[str]) -> list[ast.stmt]:
        """What is used of each balance; all of it is 0 where nothing is given."""
        units = self._model.balances
        body = self._parsed(BALANCES)[:]
        for variable, (name, unit) in zip(variables, units.items(), strict=True):
            reader = used_reader(self._model, unit)
            money = unit not in ("units", "grants")
            read = self._money(reader) if money else [when(self._test(COUNT), [self._read_by(reader)])]
            back = ast.Assign([ast.Subscript(load("until"), constant(name), ast.Store(), **AT)], self._test("BACK(back)"), **AT)
            there = [
                *self._parsed("left -= 1"),
                when(self._test("type(raw) is dict"), [*self._parsed(USED), when(self._test("back is not None"), [back])]),
                *read,
                assign([variable], RAW),
            ]
            fetch = assign(["raw"], call(self._test("balances.get"), constant(name)))
            body.append(when(load("left"), [fetch, when(self._test("raw is not None"), there)]))
        self._names["PLACE"] = {name: place for place, name in enumerate(units)}
        row = ast.Tuple([load(each) for each in variables], ast.Load(), **AT)
        body += [*self._parsed("if left: raise Unusual"), assign(["used"], row), *self._parsed(PAIRS)]
        nothing = self._parsed("pairs = ()\nuntil = {}")
        return [assign(variables, constant(0)), when(self._test("balances is None"), nothing, body)]


def _days(model: Model) -> tuple[int | None, int | None]:
    """The first and the last day on which an incident can fall under the policy."""
    start, end = model.effective.start, model.effective.end
    return start.toordinal() if start else None, end.toordinal() - 1 if end else None
