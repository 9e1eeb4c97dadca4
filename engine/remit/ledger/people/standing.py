"""By what right somebody acts (law 12): with a roster, who they are, their role and their limits are what it says; without one
the role is what was stated, and the record says so."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, Final
from zoneinfo import ZoneInfo

from remit.decision.quantities import as_quantity, read_amount
from remit.decision.request import Personal
from remit.errors import NotAllowed, Problem, RequestError
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity
from remit.language.locales.messages import ARole, Message
from remit.language.values import Money
from remit.ledger.arguments import person
from remit.ledger.log.canonical import encode
from remit.ledger.log.private_facts import keyed
from remit.ledger.people.roster import Acting, Person, PersonalAmounts, Roster, RosterSource, person_of
from remit.ledger.recorded_facts import said, to_plain
from remit.policy.model import Model

__all__ = ["OWNER", "Staff", "Standing", "refused_facts", "required", "stated", "stored_roster"]

#: How a role begins in which somebody answers as the owner of a policy; the roster says who may (``owns``).
OWNER: Final = "owner:"

#: Who may, in words.
_RIGHTS: Final[Mapping[str, tuple[Callable[[Person], bool], str]]] = {
    "publish": (lambda person: person.publishes, "publish"),
    "erase": (lambda person: person.erases, "erase anybody's facts"),
}


@dataclass(frozen=True, slots=True)
class Standing:
    """Who acts, in which ``role``, and by what right: ``person`` is their row of the roster, ``acting`` what lets them act in
    a role that is not their own, ``digest`` that of the roster, and ``today`` the day there."""

    id: str
    role: str
    today: date | None = None
    person: Person | None = None
    acting: Acting | None = None
    covered: Person | None = None
    digest: str | None = None

    def recorded(self) -> dict[str, Any]:
        """What a record says of it: ``employee``, and the ``roster``."""
        if self.person is None:
            return stated(self.id, self.role)
        out: dict[str, Any] = {"id": self.id, "role": self.role, "source": "roster"}
        if self.acting is not None:
            acting = {"by": self.acting.by, "because": self.acting.because, "for": self.acting.id}
            out["acting"] = {name: value for name, value in acting.items() if value is not None}
        return {"employee": out} if self.digest is None else {"employee": out, "roster": self.digest}

    def facts(self, model: Model) -> dict[str, Any]:
        """What the roster says of them that the policy declares."""
        if self.person is None:
            return {}
        known = {"site": self.person.site, "manager": self.person.manager, **self.person.facts}
        told = {f"employee.{name}": value for name, value in known.items() if value is not None}
        return {name: value for name, value in told.items() if name in model.facts}

    def personal(self, model: Model, facts: Mapping[str, Any]) -> Personal | None:
        """What holds for them alone under a policy, for a request with these facts. Raises :class:`remit.errors.NotAllowed`
        where the roster has an amount that the policy cannot read."""
        if self.person is None:
            return None
        accounts = (*self.person.accounts, *((self.covered.id, *self.covered.accounts) if self.covered is not None else ()))
        own = {identity(each) for each in accounts}
        is_own = any(name in facts and identity(str(facts[name])) in own for name in model.own_account)
        if self.role.startswith(OWNER):  # no limit is the owner's, but their own account is
            return Personal(own_account=True) if is_own else None
        ceilings = (*self.person.ceiling, *(self.covered.ceiling if self.covered is not None else ()))
        ceiling = self._amounts(model, ceilings, min)
        trust = self._amounts(model, self.person.trust, max)
        return Personal(ceiling=ceiling, trust=trust, own_account=is_own) if ceiling or trust or is_own else None

    def _amounts(self, model: Model, rows: tuple[PersonalAmounts, ...], pick: Callable[..., int]) -> dict[str, Any]:
        found: dict[str, int] = {}
        for row in rows:
            if row.policy not in (None, model.id) or (
                row.until is not None and self.today is not None and row.until < self.today
            ):
                continue
            for name, amount in row.most.items():
                if name in model.remedies:
                    try:
                        whole = read_amount(model, model.remedies[name], to_plain(_converted(model, amount)))
                    except (ValueError, TypeError, AttributeError, ArithmeticError) as error:
                        raise NotAllowed(
                            f"the roster gives {self.id} an amount that `{model.id}` cannot read: {error}"
                        ) from None
                    found[name] = pick(found.get(name, whole), whole)
        return {name: said(as_quantity(model, model.remedies[name], found[name])) for name in model.remedies if name in found}


def _converted(model: Model, amount: Any) -> Any:
    """An amount in another currency of the policy at its rates, rounded down; any other as it is."""
    if model.rate is None or not isinstance(amount, str) or amount[-3:] not in model.currencies:
        return amount
    return model.rate.most(Money.of(amount), model.currency_code)


def stated(employee: str, role: str) -> dict[str, Any]:
    """What a record says of somebody whom no roster knows."""
    return {"employee": {"id": employee, "role": role, "source": "stated"}}


class Staff:
    """The roster that a ledger goes by: a published one, a service's own list (``source``), or none. ``ledger`` names the
    ledger in messages."""

    def __init__(self, ledger: str, roster: Roster | None = None, source: RosterSource | None = None) -> None:
        self._ledger = ledger
        self.roster = roster
        self._source = source

    def __bool__(self) -> bool:
        return self.roster is not None or self._source is not None

    def standing(self, employee: Any, at: datetime, policy: str | None = None) -> Standing:
        """Who acts, at a moment and under a policy; ``employee`` is what the call says (``{"id": ..., "role": ...}``; with a
        roster the role may be left out).

        Raises :class:`remit.RequestError` where it says nothing, and :class:`remit.errors.NotAllowed` where the roster does
        not know them, or not in that role.
        """
        if not self:
            known = person(employee)
            return Standing(known["id"], known["role"])
        stated = person(employee, needs_role=False)
        found, digest = self._find(stated["id"])
        today = self._day(at)
        self._refuse_absent(stated["id"], found, today)
        assert found is not None
        own = found.role_under(policy) if policy is not None else found.role
        wanted = stated["role"] or own
        if wanted.startswith(OWNER) and policy in found.owns:
            return Standing(found.id, wanted, today, found, digest=digest)
        if wanted == own:
            return Standing(found.id, own, today, found, digest=digest)
        for acting, covered, role in self._acting(found, today, policy):
            if role == wanted:
                return Standing(found.id, wanted, today, found, acting, covered, digest)
        told = {"who": found.id, "mine": ARole(own), "role": ARole(wanted)}
        raise NotAllowed(Message("{who} is {mine} on the roster, and may not act as {role}; leave the role out", **told))

    def with_right(self, right: str, by: Any, at: datetime) -> Standing:
        """Who publishes or erases. Raises as :meth:`standing`, and where they may not."""
        found = self.standing({"id": by, "role": None} if isinstance(by, str) else by, at)
        may, what = _RIGHTS[right]
        if found.person is not None and not may(found.person):
            others = f"; {self.roster.who(may)} may" if self.roster is not None else ""
            raise NotAllowed(f"{found.id} may not {what} here{others}")
        return found

    def is_manager(self, who: Standing, employee: str) -> bool:
        """Whether somebody on the roster is the manager of an employee, or acts for them."""
        if who.person is None:
            return False
        found, _ = self._find(employee)
        mine = {identity(each.id) for each in (who.person, who.covered) if each is not None}
        return found is not None and found.manager is not None and identity(found.manager) in mine

    def with_login(self, login: str) -> list[Person]:
        """Those whom a login belongs to."""
        return list(self.roster.with_login(login)) if self.roster is not None else []

    def trusts(self, command: Sequence[str]) -> bool:
        """Whether the roster names the first words of a command."""
        known = self.roster.lookups if self.roster is not None else ()
        return any(tuple(command[: len(each)]) == each for each in known)

    def publishers(self) -> str:
        """Who may publish, for people to read."""
        return (
            self.roster.who(lambda person: person.publishes)
            if self.roster is not None
            else Message("those whom the roster names")
        )

    def _find(self, employee: str) -> tuple[Person | None, str | None]:
        """The row of an employee, and the digest of what it stands in."""
        if self._source is None:
            assert self.roster is not None
            return self.roster.find(employee), self.roster.digest
        row = self._source(employee)
        if row is None:
            return None, None
        if not isinstance(row, Mapping):
            raise NotAllowed(f"the roster's row of {employee} cannot be read: it is a {type(row).__name__}, not a mapping")
        found = person_of({"id": employee, **row})
        if identity(found.id) != identity(employee):
            raise NotAllowed(f"the roster gave the row of {found.id} for {employee}")
        try:
            return found, "sha256:" + sha256(encode(_plain(row)).encode()).hexdigest()
        except (ValueError, ArithmeticError):
            message = f"the roster's row of {employee} cannot be read: it holds what cannot be recorded"
            raise NotAllowed(message) from None

    def _refuse_absent(self, employee: str, found: Person | None, today: date) -> None:
        if found is None:
            raise NotAllowed(
                Message(
                    "{who} is not on the roster of {ledger}; {publishers} can add them",
                    who=employee,
                    ledger=self._ledger,
                    publishers=self.publishers(),
                )
            )
        if not found.works_on(today):
            told = {"who": found.id, "ledger": self._ledger, "publishers": self.publishers(), "day": str(found.start)}
            why = Message("{who} is on the roster of {ledger}, but not before {day}; {publishers} can change that", **told)
            if found.end is not None and found.end < today:
                told["day"] = str(found.end)
                why = Message("{who} is on the roster of {ledger}, but only to {day}; {publishers} can change that", **told)
            raise NotAllowed(why)

    def _acting(self, found: Person, today: date, policy: str | None) -> Iterator[tuple[Acting, Person | None, str]]:
        """The roles that somebody may act in today."""
        for each in found.acts_for:
            if each.until is not None and each.until < today:
                continue
            covered = self._find(each.id)[0] if each.id is not None else None
            if covered is not None and covered.works_on(today):
                yield each, covered, covered.role_under(policy) if policy is not None else covered.role
            elif each.id is None and each.role is not None:
                yield each, None, each.role

    def _day(self, at: datetime) -> date:
        return at.astimezone(ZoneInfo(self.roster.timezone if self.roster is not None else "UTC")).date()


def _plain(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {str(name): _plain(each) for name, each in value.items()}
    return [_plain(each) for each in value] if isinstance(value, list | tuple) else to_plain(value)


def required(model: Model, staff: Staff) -> None:
    """Raises :class:`remit.errors.NotAllowed` where the policy needs a roster and there is none."""
    if model.roster and not staff:
        raise NotAllowed(
            Message(
                "`{policy}` is used only where the ledger knows who works here: publish a roster (`remit publish staff.yaml`), "
                "or try it without a record (`remit ask --no-ledger`)",
                policy=model.id,
            )
        )


def stored_roster(ledger: str, secret: bytes | None, cache: Path | None, digest: str, text: str) -> Roster:
    """The roster with this ``text`` and ``digest`` of a ledger: as it was read before, where that is kept in ``cache``, or else
    read again."""

    def read() -> Roster:
        from remit.ledger.people.roster_file import read_roster  # reads YAML: only where there is a roster

        return read_roster(text, "the roster", is_stored=True)

    if cache is None or secret is None:
        return read()
    from remit.policy.cache import load_kept

    def seal(data: bytes) -> bytes:
        """Nobody without the secret can write it, or put an older roster in its place."""
        return keyed(secret, "kept roster", f"{digest} {sha256(data).hexdigest()}").encode()

    return load_kept(cache, f"roster {ledger} {digest}", Roster, read, seal, "language", "policy", "ledger/people")


def refused_facts(given: Sequence[str]) -> None:
    """Raises :class:`remit.RequestError` where a request gives facts of the employee that only the roster says."""
    problems = [
        Problem(
            "request/roster",
            Message("`{name}` is read from the roster alone", name=name),
            path=f"facts.{name}",
            hint=Message("leave it out"),
        )
        for name in given
    ]
    if problems:
        raise RequestError(problems)
