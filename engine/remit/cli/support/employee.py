"""Who uses the command: with a roster, whoever the login belongs to; without one, who they say."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from remit.cli.support.request_words import login_name, unknown_names
from remit.errors import NotAllowed
from remit.language import words
from remit.language.locales.messages import Alternatives, Message

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.ledger.people.roster import Person, Roster
    from remit.ledger.people.task_list import Task

__all__ = ["answering", "employee_of", "first_publisher", "real_login"]


def real_login() -> str:
    """The login that the system knows this process by, whatever the environment says of it; ``uid-1000`` where the system has
    no name for it, as in a container."""
    import os

    try:
        import pwd
    except ImportError:  # Windows
        return os.getlogin()
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return f"uid-{os.getuid()}"


def _stated(employee: str | None, role: str | None, ladder: Sequence[str] = ()) -> dict[str, str]:
    """Who it is, as they say. Raises ``click.UsageError`` where the role is not said, or is none of ``ladder``."""
    if role is None:
        raise click.UsageError(Message("in which role? Add --role, or set REMIT_ROLE."))
    if ladder and (wrong := unknown_names("role", [role], ladder)):
        raise click.UsageError(wrong[0])
    return {"id": employee or login_name(), "role": role}


def employee_of(
    ledger: Ledger,
    employee: str | None,
    role: str | None,
    policy: str | None = None,
    ladder: Sequence[str] = (),
    to: str | None = None,
) -> dict[str, Any]:
    """Who it is: by the login where ``ledger`` has a roster, or else as they say. ``policy`` is the one under which they act,
    and ``to`` whom a task is for, which its owner need not say.

    Raises ``click.UsageError`` where it is not clear who or in which role, and :class:`remit.errors.NotAllowed` where the login
    belongs to somebody else.
    """
    if not ledger.has_roster():
        return _stated(employee, role, ladder)
    person = _person(ledger, employee)
    if role is None and to is not None and to.startswith("owner:") and policy in person.owns:
        role = to
    return {"id": person.id, "role": role or (person.role_under(policy) if policy else person.role)}


def answering(ledger: Ledger, task: Task, employee: str | None, role: str | None) -> dict[str, Any] | None:
    """As whom somebody would answer a task: in the role that they say, or with a roster in their own, or as the policy's owner;
    ``None`` where it is not theirs to answer. Raises as :func:`employee_of`."""
    model = ledger.policy_of(task.entry).model
    if not ledger.has_roster():
        who, roles = employee or login_name(), [role] if role is not None else []
    else:
        person = _person(ledger, employee)
        own, owner = [person.role_under(model.id)], [model.owner_role] if model.id in person.owns else []
        first = [*owner, *own] if task.addressee == model.owner_role else [*own, *owner]
        who, roles = person.id, first if role is None else [role]
    found = next((each for each in roles if ledger.may_answer(task, each)), None)
    return None if found is None else {"id": who, "role": found}


def _person(ledger: Ledger, employee: str | None) -> Person:
    from remit.language.identities import identity

    login = real_login()
    people = ledger.staff(login=login)
    if not people:
        raise NotAllowed(
            Message(
                "your login, {login}, belongs to nobody on the roster of {ledger}; {publishers} can add it",
                login=login,
                ledger=ledger.name,
                publishers=ledger.publishers(),
            )
        )
    names = Alternatives(each.id for each in people)
    if employee is None:
        if len(people) > 1:
            raise click.UsageError(Message("who are you? Add --employee, with {names}.", names=names))
        return people[0]
    found = next((each for each in people if identity(each.id) == identity(employee)), None)
    if found is None:
        raise NotAllowed(
            Message("your login, {login}, belongs to {names}, not to {who}", login=login, names=names, who=employee)
        )
    return found


def first_publisher(roster: Roster, by: str | None) -> str:
    """Who puts the first roster into a ledger: somebody on it whose login this is, and who may put the next one there.

    Raises ``click.UsageError``.
    """
    login = real_login()
    able = [each.id for each in roster.with_login(login) if each.publishes]
    if by in able or (by is None and len(able) == 1):
        return by or able[0]
    if by is None and able:
        raise click.UsageError(f"who are you? Add --by, with {words.listing(able, 'or')}.")
    who = f"{by} is not somebody" if by else "there is nobody"
    raise click.UsageError(
        f"{who} on this roster who `publishes` and has your login, {login}: whoever puts it in must be able to change it. "
        f"Add `logins: [{login}]` and `publishes: true` to your own row."
    )
