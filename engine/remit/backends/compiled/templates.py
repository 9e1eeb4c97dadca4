"""The texts of the front function that are the same for every policy (see :mod:`remit.backends.compiled.front`).

Names in capitals stand for objects in the function's namespace, or for places that are filled with trees.
"""

from __future__ import annotations

from typing import Final

HEADER: Final = "def decide(request, *, balances=None, history=None): pass"

WHOLE: Final = """
if balances is not None or history is not None:
    return GENERAL(request, balances=balances, history=history)
try:
    pass
except UNUSUAL:
    return OTHERWISE(request)
"""

#: Employee, role and the parts around the facts. Most requests have none of the rarer parts, so they are counted down.
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
case = occurred = story = token = None
evidence = NOTHING
extra = len(request) - 3
if extra:
    case = request.get("case")
    if case is not None:
        extra -= 1
        if type(case) is not str or len(case) > 10000:
            raise Unusual
    if extra:
        occurred = request.get("occurred")
        if occurred is not None:
            extra -= 1
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

#: What is asked: ``given`` is one pair, as mostly, or all that is asked for. What is there but not asked for is nothing.
ASKED: Final = """
if len(asked) == 1:
    for remedy in asked:
        raw = asked[remedy]
    ONE
    if not amount:
        raise Unusual
    given = (remedy, amount)
    PLACE
else:
    given = {}
    for remedy, raw in asked.items():
        ONE
        if amount:
            given[remedy] = amount
            PLACE
    if not given:
        raise Unusual
"""

ONE: Final = """
kind, memo = ASKS[remedy]
if type(raw) is not kind:
    raise Unusual
amount = memo[raw]
"""

#: The same where conditions read what is asked.
ONE_PLACED: Final = """
kind, memo, starts, places = ASKS[remedy]
if type(raw) is not kind:
    raise Unusual
amount = memo[raw]
"""

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

JUDGE: Final = """
if type(given) is tuple:
    top, verdict, plan = tops[remedy]
    if plan is not None:
        top = plan(F)
    if amount <= top:
        verdict = 3
else:
    verdict = 3
    for remedy, amount in given.items():
        top, beyond, plan = tops[remedy]
        if plan is not None:
            top = plan(F)
        if amount > top and beyond < verdict:
            verdict = beyond
"""

SINGLE: Final = """
decision = DECISION()
decision.outcome = OUTCOMES[verdict] if plain else leaf.outcome(given, F, evidence)
"""

JOINT: Final = """
decision = DECISION()
decision.outcome = OUTCOMES[verdict] if plain and type(given) is tuple else leaf.outcome(given, F, evidence)
"""

#: What a decision keeps, before the raw facts: ``DETAIL`` makes the details from it.
SEEN: Final = ("DETAIL", "identity", "role", "case", "occurred", "given", "evidence", "story", "token")
