"""The texts of the front function that are the same for every policy (see :mod:`remit.backends.compiled.front`).

Names in capitals stand for objects in the function's namespace, or for places that are filled with trees.
"""

from __future__ import annotations

from typing import Final

HEADER: Final = "def decide(request, *, balances=None, history=None, requester=None): pass"

WHOLE: Final = """
if balances is not None or requester is not None:
    return GENERAL(request, balances=balances, history=history, requester=requester)
try:
    pass
except UNUSUAL:
    return OTHERWISE(request, history=history)
"""

#: Employee, role and the parts around the facts. Most requests have none of the rarer parts (``ALONE``), so they are counted
#: down. ``rest`` is kept as it is.
START: Final = """
if type(request) is not dict:
    raise Unusual
employee = request["employee"]
asked = request["asked"]
facts = request["facts"]
if type(employee) is not dict or type(asked) is not dict or type(facts) is not dict:
    raise Unusual
identity = employee["id"]
role = employee["role"]
if type(identity) is not str or not identity or len(identity) > 10000 or type(role) is not str:
    raise Unusual
key = ROLES[role]
rest = ALONE
extra = len(request) - 3
if extra:
    case = request.get("case")
    if case is not None:
        extra -= 1
        if type(case) is not str or len(case) > 10000:
            raise Unusual
    occurred = story = token = None
    evidence = NOTHING
    if extra:
        occurred = request.get("occurred")
        if occurred is not None:
            extra -= 1
            OCCURRED
        else:
            NOT_OCCURRED
        if extra:
            evidence = request.get("evidence")
            if evidence is None:
                evidence = NOTHING
            else:
                extra -= 1
                evidence = EVIDENCE(evidence)
            story = request.get("story")
            if story is not None:
                extra -= 1
                if type(story) is not str or len(story) > 10000:
                    raise Unusual
            token = request.get("key")
            if token is not None:
                extra -= 1
                if type(token) is not str or len(token) > 200:
                    raise Unusual
            if extra and (extra != 1 or request["use_discretion"] is not False):
                raise Unusual
    else:
        NOT_OCCURRED
    rest = (case, occurred, evidence, story, token)
else:
    NOT_OCCURRED
"""

GROUP: Final = """
INNER = GROUP[KEY]
if type(INNER) is not dict:
    raise Unusual
"""

OPTIONAL_GROUP: Final = """
INNER = GROUP.get(KEY)
if INNER is None:
    INNER = EMPTY
else:
    COUNT += 1
    if type(INNER) is not dict:
        raise Unusual
"""

OPTIONAL: Final = """
RAW = GROUP.get(KEY)
if RAW is not None:
    COUNT += 1
"""

DOTTED: Final = """
RAW = GROUP.get(KEY)
if RAW is not None:
    COUNT += 1
else:
    RAW = facts.get(WHOLE)
    if RAW is not None:
        dotted += 1
"""

#: A fact that a ledger reads: what it says counts, whatever the request says.
TOLD: Final = """
if history is not None and WHOLE in history:
    RAW = history[WHOLE]
    told += 1
"""

#: Before and after the facts: that only facts which a ledger reads come from it.
TELLING: Final = """
told = 0
if history is not None and type(history) is not dict:
    raise Unusual
"""
TOLD_ALL: Final = """
if history is not None and len(history) != told:
    raise Unusual
"""

MEMORISED: Final = """
if type(RAW) is str:
    try:
        READ = KNOWN[RAW]
    except KeyError:
        READ = MEMO[RAW]
else:
    READ = OWN(RAW)
"""

MEMORISED_PLACE: Final = MEMORISED.replace("READ", "READ, PLACE")

#: What is asked: ``given`` is one pair, as mostly, or all that is asked for. What is there but not asked for is nothing.
ASKED: Final = """
if len(asked) == 1:
    SINGLE
else:
    given = {}
    for remedy, raw in asked.items():
        number, kind, memo, starts, places = ASKS[remedy]
        if type(raw) is not kind:
            raise Unusual
        amount = memo[raw]
        if amount:
            given[number] = amount
            PLACE
    if not given:
        raise Unusual
"""

#: One remedy after another: faster than finding out which it is, where there are few.
THIS_REMEDY: Final = """
if REMEDY in asked:
    raw = asked[REMEDY]
    if type(raw) is not KIND:
        raise Unusual
    try:
        amount = MEMO[raw]
    except KeyError:
        amount = READ[raw]
    if not amount:
        raise Unusual
    given = NUMBER
    PLACE
"""

ANY_REMEDY: Final = """
for remedy in asked:
    raw = asked[remedy]
given, kind, memo, starts, places = ASKS[remedy]
if type(raw) is not kind:
    raise Unusual
amount = memo[raw]
if not amount:
    raise Unusual
PLACE
"""

#: In ``THIS_REMEDY``, where conditions read it.
THIS_PLACED: Final = "key += PLACES[bisect_right(STARTS, amount)]"

#: Elsewhere, where conditions read any remedy.
PLACED: Final = """
if places is not None:
    key += places[bisect_right(starts, amount)]
"""

LOOK: Final = """
try:
    tops, plain, leaf = LEAVES[key]
except KeyError:
    tops, plain, leaf = LEAF(key)
"""

#: The verdict on one remedy, or the worst of several.
JUDGE: Final = """
if type(given) is int:
    top, verdict, plan, most = tops[given]
    if plan is not None:
        counted = plan(F)
        if counted > top:
            top = counted if counted < most else most
    if amount <= top:
        verdict = 3
    given = (given, amount)
else:
    verdict = 3
    for number, amount in given.items():
        top, beyond, plan, most = tops[number]
        if plan is not None:
            counted = plan(F)
            if counted > top:
                top = counted if counted < most else most
        if amount > top and beyond < verdict:
            verdict = beyond
"""

SINGLE: Final = """
decision = DECISION()
decision._outcome = OUTCOMES[verdict] if plain else leaf.outcome(given, F, rest[2])
"""

JOINT: Final = """
decision = DECISION()
decision._outcome = OUTCOMES[verdict] if plain and type(given) is tuple else leaf.outcome(given, F, rest[2])
"""

#: What a decision keeps, before the raw facts: ``SOURCE`` tells the rest from it. ``F`` are the facts that formulas count with.
#: ``given`` is ``(number, amount)``, or a mapping of these; ``rest`` is ``(case, occurred, evidence, story, key)``.
SEEN: Final = ("SOURCE", "leaf", "F", "identity", "role", "given", "rest")
