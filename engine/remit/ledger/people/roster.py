"""Who works here, in which role, and what each may do (law 12): the roster, as it is published into a ledger."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from datetime import date, datetime
from typing import Any, TypeAlias

from remit.errors import NotAllowed
from remit.language.fast_dataclass import dataclass
from remit.language.identities import identity

__all__ = ["Acting", "Person", "PersonalAmounts", "Roster", "RosterSource", "person_of"]


@dataclass(frozen=True, slots=True)
class PersonalAmounts:
    """A ceiling, or trust: at ``most`` so much of each remedy (amounts as in a request), under one ``policy`` or (``None``)
    under all that have the remedy; who said so (``by``), why, and until when (that day is the last)."""

    most: Mapping[str, Any]
    by: str
    policy: str | None = None
    because: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Acting:
    """That somebody may act in another ``role``, or in that of the person ``id``; with whose leave, why, and until when."""

    by: str
    because: str
    id: str | None = None
    role: str | None = None
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """One employee. ``role`` is the one on the ladder of every policy but those that ``roles`` names (by policy id). They work
    here from the day ``start`` to the day ``end``, both included. ``logins`` are their names on computers, ``accounts`` what
    customer numbers and addresses are their own. ``facts`` are what policies may read of them (``employee.NAME``).
    ``agent`` says that it is an AI agent, not a person."""

    id: str
    role: str
    roles: Mapping[str, str] = field(default_factory=dict)
    logins: tuple[str, ...] = ()
    accounts: tuple[str, ...] = ()
    site: str | None = None
    manager: str | None = None
    start: date | None = None
    end: date | None = None
    facts: Mapping[str, Any] = field(default_factory=dict)
    acts_for: tuple[Acting, ...] = ()
    ceiling: tuple[PersonalAmounts, ...] = ()
    trust: tuple[PersonalAmounts, ...] = ()
    owns: tuple[str, ...] = ()
    publishes: bool = False
    erases: bool = False
    reviews: bool = False
    agent: bool = False

    def role_under(self, policy: str) -> str:
        """The role under a policy."""
        return self.roles.get(policy, self.role)

    def works_on(self, day: date) -> bool:
        """Whether they work here on ``day``."""
        return (self.start is None or self.start <= day) and (self.end is None or day <= self.end)


#: What gives the row of an employee by their id, where a service keeps its own list: a mapping of the shape of a person in a
#: roster file, or ``None`` for nobody.
RosterSource: TypeAlias = Callable[[str], Mapping[str, Any] | None]


@dataclass(frozen=True, slots=True)
class Roster:
    """The roster ``name`` in one ``version``: the ``people`` who work here, by
    :func:`remit.language.identities.identity` of their ids. ``digest`` is ``sha256:`` and the SHA-256 of its ``text``. Days
    are those of ``timezone``. What a command that begins with the words of one of ``lookups`` prints comes from a system.

    >>> import remit
    >>> roster = remit.load_roster("examples/staff.yaml")
    >>> roster.find("E-17").role
    'associate'
    """

    name: str
    version: str
    people: Mapping[str, Person]
    timezone: str = "UTC"
    lookups: tuple[tuple[str, ...], ...] = ()
    digest: str = ""
    text: str = field(default="", compare=False, repr=False)

    def find(self, employee: str) -> Person | None:
        """The person with this id, under any spelling."""
        return self.people.get(identity(employee))

    def with_login(self, login: str) -> Sequence[Person]:
        """Those whom a login belongs to: more than one where they share a computer."""
        return [person for person in self.people.values() if login in person.logins]

    def who(self, right: Callable[[Person], bool]) -> str:
        """The ids of those who have a right, for people to read."""
        return ", ".join(person.id for person in self.people.values() if right(person)) or "nobody"


def person_of(row: Mapping[str, Any]) -> Person:
    """The person that a plain mapping of the shape in a roster file stands for. Days are ``date`` or text. Raises
    :class:`remit.errors.NotAllowed` for what does not have that shape: nobody has authority by a row that cannot be read."""
    try:
        name = _text(row, "id")
        return Person(
            id=name,
            role=_text(row, "role"),
            roles={_text({"": key}, ""): _text({"": value}, "") for key, value in _mapping(row, "roles").items()},
            logins=_texts(row, "logins"),
            accounts=_texts(row, "accounts"),
            site=_text(row, "site") if row.get("site") is not None else None,
            manager=_text(row, "manager") if row.get("manager") is not None else None,
            start=_day(row, "from"),
            end=_day(row, "until"),
            facts=dict(_mapping(row, "facts")),
            acts_for=tuple(_acting(each, name) for each in _rows(row, "acts_for")),
            ceiling=tuple(_amounts(each, name) for each in _rows(row, "ceiling")),
            trust=tuple(_amounts(each, name) for each in _rows(row, "trust")),
            owns=_texts(row, "owns"),
            publishes=row.get("publishes") is True,
            erases=row.get("erases") is True,
            reviews=row.get("reviews") is True,
            agent=row.get("agent") is True,
        )
    except ValueError as error:
        raise NotAllowed(f"the roster's row of {row.get('id')!r} cannot be read: {error}") from None


def _acting(row: Mapping[str, Any], name: str) -> Acting:
    who = {key: _text(row, key) for key in ("id", "role") if row.get(key) is not None}
    if len(who) != 1:
        raise ValueError("`acts_for` has one of `id` and `role`")
    if identity(who.get("id", "")) == identity(name):
        raise ValueError("`acts_for` names themselves")
    return Acting(by=_by(row, name), because=_text(row, "because"), until=_day(row, "until"), **who)


def _amounts(row: Mapping[str, Any], name: str) -> PersonalAmounts:
    policy, because = (_text(row, key) if row.get(key) is not None else None for key in ("policy", "because"))
    return PersonalAmounts(_mapping(row, "most"), _by(row, name), policy, because, _day(row, "until"))


def _by(row: Mapping[str, Any], name: str) -> str:
    by = _text(row, "by")
    if identity(by) == identity(name):
        raise ValueError("`by` is themselves")
    return by


def _text(row: Mapping[str, Any], key: str) -> str:
    value = row.get(key)
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"`{key}` is not text")
    return value


def _texts(row: Mapping[str, Any], key: str) -> tuple[str, ...]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise ValueError(f"`{key}` is not a list of text")
    return tuple(value)


def _mapping(row: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = row.get(key)
    if value is None and key != "most":
        return {}
    if not isinstance(value, Mapping):
        raise ValueError(f"`{key}` is not a mapping")
    return value


def _rows(row: Mapping[str, Any], key: str) -> Sequence[Mapping[str, Any]]:
    value = row.get(key)
    if value is None:
        return ()
    if not isinstance(value, list | tuple) or not all(isinstance(each, Mapping) for each in value):
        raise ValueError(f"`{key}` is not a list of mappings")
    return value


def _day(row: Mapping[str, Any], key: str) -> date | None:
    """A day; of a moment, which databases give, its day."""
    value = row.get(key)
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if not isinstance(value, str):
        raise ValueError(f"`{key}` is not a day")
    return date.fromisoformat(value)
