"""What holds for one employee alone, for generated policies: a ceiling lowers goodwill, trust raises it where a rule speaks,
and an account of one's own goes up."""

from __future__ import annotations

from typing import Any

from hypothesis import event, given
from hypothesis import strategies as st

import remit
from remit.policy.loader import read_model
from support.plain_policy import ask, decide, rule
from support.plain_policy import policy as small_policy
from support.policies import policies
from support.requests import personals, requests
from support.trials import trials


def size(amount: Any) -> int:
    """An amount as a whole number, written or not."""
    money = remit.Money.of(amount) if isinstance(amount, str) else amount
    return money.minor if isinstance(money, remit.Money) else int(money)


def known(data: st.DataObject, own: str = "") -> tuple[remit.Policy, dict[str, Any], dict[str, Any]]:
    """A policy (with one more line, where it has none like that), a request with all its facts, and what else is given."""
    text = data.draw(policies(wild=False))
    policy = remit.Policy(read_model(text if "\nown_account:" in text else text + own, "generated.yaml"))
    request = {"occurred": "2026-06-30", **data.draw(requests(policy.model, complete=True)), "use_discretion": False}
    return policy, request, {"history": {name: 0 for name, fact in policy.model.facts.items() if fact.history is not None}}


@trials(40)
@given(st.data())
def test_a_ceiling_only_lowers_and_never_what_is_owed(data: st.DataObject) -> None:
    policy, request, more = known(data)
    ceiling = data.draw(personals(policy.model))["ceiling"]
    plain, own = policy.decide(request, **more), policy.decide(request, **more, personal={"ceiling": ceiling})
    assert own.owed == plain.owed
    for name, limit in plain.limits.items():
        most = size(ceiling[name]) if name in ceiling else size(limit)
        assert size(own.limits[name]) == max(min(size(limit), most), min(size(limit), size(plain.remedies[name].owed)))
    if own.outcome == "grant":
        assert plain.outcome == "grant"


@trials(40)
@given(st.data())
def test_trust_only_raises_and_only_where_a_rule_speaks(data: st.DataObject) -> None:
    policy, request, more = known(data)
    trust = data.draw(personals(policy.model))["trust"]
    plain, own = policy.decide(request, **more), policy.decide(request, **more, personal={"trust": trust})
    assert own.owed == plain.owed
    for name, limit in plain.limits.items():
        most = max(size(limit), size(trust.get(name, 0)))
        assert size(limit) <= size(own.limits[name]) <= most
        alone = {**request, "asked": {name: _much(policy, name)}}
        untrusted = policy.decide(alone, **more)
        if untrusted.gap:
            event("no rule speaks of it")
            assert policy.decide(alone, **more, personal={"trust": trust}).limits[name] == untrusted.limits[name]
    if plain.outcome == "grant":
        assert own.outcome == "grant"


def _much(policy: remit.Policy, name: str) -> Any:
    return {"money": "900000 EUR", "count": 10**9, "exception": True}[policy.model.remedies[name].kind]


@trials(40)
@given(st.data())
def test_an_account_of_ones_own_is_for_somebody_above(data: st.DataObject) -> None:
    policy, request, more = known(data, own="own_account: guest.id\n")
    plain = policy.decide({**request, "facts": _of_others(request["facts"])}, **more)
    own = policy.decide({**request, "facts": _of_others(request["facts"])}, **more, personal={"own_account": True})
    if plain.asked:
        event("something is asked")
        assert own.outcome in ("escalate", "deny", "ask")
        assert all(not size(each.available) for each in own.remedies.values())
        if own.outcome == "escalate" and own.approver is not None:
            assert policy.model.ladder.index(own.approver) > policy.model.ladder.index(request["employee"]["role"])


def _of_others(facts: dict[str, Any]) -> dict[str, Any]:
    """The facts, with a guest who is not the employee."""
    rest = {name: value for name, value in facts.items() if name != "guest.id"}
    if isinstance(rest.get("guest"), dict):
        rest["guest"] = {**rest["guest"], "id": "somebody"}
        return rest
    return {**rest, "guest.id": "somebody"}


def test_no_trust_where_no_rule_speaks() -> None:
    model = small_policy(rules=[rule(may={"credit": "5 EUR"}, when={"a": True})])
    trusted = {"trust": {"credit": "50 EUR", "points": 100}}
    for holds, most in ((True, "50 EUR"), (False, "0 EUR")):
        decision = decide(model, ask({"credit": "50 EUR"}, facts={"a": holds}), personal=trusted)
        assert str(decision.limits["credit"]) == most
        assert decision.limits["points"] == 0
