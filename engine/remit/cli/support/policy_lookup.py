"""Which policy is meant: a file, a folder of versions, or the name of one that comes with remit."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from click.core import ParameterSource

from remit.cli.support.piped import from_pipe, is_pipe
from remit.language.fast_dataclass import dataclass
from remit.language.locales.messages import Message
from remit.policy.shipped import shipped_policies

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from remit.deciding.policy import Policy
    from remit.deciding.policyset import PolicySet

    _Parameter = click.ParamType[Path]
else:
    _Parameter = click.ParamType

__all__ = [
    "Choice",
    "PolicyPath",
    "load_policies",
    "currency_option",
    "in_currency",
    "load_policy",
    "paths_argument",
    "policies_in",
    "policy_argument",
    "policy_option",
    "stated_currency",
    "today_in",
]


@dataclass(frozen=True, slots=True)
class Choice:
    """Which policy is meant: the file or folder, and where that holds several, the one of them by its id."""

    path: Path
    policy: str | None = None


class PolicyPath(_Parameter):
    """A path to a policy, a pipe with one (``-`` is standard input), a folder of its versions, or the name of a policy that
    comes with remit."""

    name = "policy"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        if is_pipe(path):
            return from_pipe(path, ctx)
        for each in (path, path.with_name(f"{path.name}.yaml") if path.name else path):
            if each.exists():
                return each
        known = shipped_policies()
        if value in known:
            return known[value]
        if "/" in value or path.suffix in (".yaml", ".yml"):
            raise click.BadParameter(Message("there is no file or folder `{typed}`.", typed=value), ctx, param)
        from remit.language.suggestions import closest

        near = closest(value, known)
        hint = Message("Those that come with remit are: {names}.", names=", ".join(known))
        if near:
            hint = Message("Did you mean `{name}`?", name=near)
        told = Message("there is no file, folder or policy `{typed}`. {hint}", typed=value, hint=hint)
        raise click.BadParameter(told, ctx, param)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name) for name in shipped_policies() if name.startswith(incomplete)]
        return names or [CompletionItem(incomplete, type="file")]


def _given(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    if value is None and not ctx.resilient_parsing and not ctx.params.get("permitted"):  # which has its policy on record
        known = ", ".join(shipped_policies())
        raise click.UsageError(
            Message(
                "which policy? Give a file, a folder of versions, or one that comes with remit: {names}.\n"
                "Set REMIT_POLICY to be asked no more.",
                names=known,
            )
        )
    return value


#: Which of the policies of a folder is meant.
policy_option = click.option("--policy", "policy_name", metavar="NAME", help="Of a folder with several policies, this one.")


def policy_argument(command: Callable[..., Any]) -> Callable[..., Any]:
    """POLICY and ``--policy``, the same in every command that works with one policy; the command gets them as one
    :class:`Choice`, ``policy``."""

    @wraps(command)
    def chosen(policy: Path, policy_name: str | None, **rest: Any) -> Any:
        return command(policy=Choice(policy, policy_name), **rest)

    argument = click.argument(
        "policy", type=PolicyPath(), envvar="REMIT_POLICY", required=False, metavar="POLICY", callback=_given
    )
    return argument(policy_option(chosen))


#: Of a policy in several currencies, the one that is meant.
currency_option = click.option(
    "--currency",
    envvar="REMIT_CURRENCY",
    metavar="CODE",
    help="Of a policy in several currencies, this one. [REMIT_CURRENCY]",
)


def in_currency(policy: Policy, code: str | None) -> Policy:
    """``policy`` in the currency that is meant, or else in its first. Raises ``click.UsageError`` where it has no such one."""
    stated = stated_currency(policy, code)
    if stated is None:
        return policy.in_currency(policy.currencies[0]) if policy.currencies else policy
    return policy.in_currency(stated)


def stated_currency(policy: Policy, code: str | None) -> str | None:
    """What ``--currency`` says, where it is said for this policy: REMIT_CURRENCY says nothing to one in one currency. Raises
    ``click.UsageError`` where the policy is in no such one."""
    if code is None:
        return None
    if code.upper() in policy.currencies:
        return code.upper()
    context = click.get_current_context()
    if len(policy.currencies) < 2 and context.get_parameter_source("currency") is ParameterSource.ENVIRONMENT:
        return None
    there = ", ".join(policy.currencies) or "no currency at all"
    raise click.UsageError(f"`{policy.id}` is not in {code}; it is in {there}.")


#: The PATHS argument of every command that works with many policies, or with their cases.
paths_argument = click.argument("paths", nargs=-1, required=True, type=PolicyPath(), metavar="PATHS...")


def load_policy(choice: Choice | Path, day: date | None = None) -> Policy:
    """The policy that is meant; of several versions the one in force on ``day`` (today where not given).

    Raises ``click.UsageError`` that names the policies there are, where it is not clear which is meant.
    """
    choice = Choice(choice) if isinstance(choice, Path) else choice
    return _folder(choice).at(day or date.today()) if choice.path.is_dir() else _file(choice)


def policies_in(path: Path) -> tuple[str, ...]:
    """The ids of the policies of a folder; none for a file, which holds one."""
    import remit

    return tuple(remit.load_folder(path)) if path.is_dir() else ()


def load_policies(choice: Choice) -> Policy | PolicySet:
    """The policy of a file, or of a folder the one that is meant in all its versions. Raises as :func:`load_policy`."""
    return _folder(choice) if choice.path.is_dir() else _file(choice)


def _folder(choice: Choice) -> PolicySet:
    import remit

    found = remit.load_folder(choice.path)
    _make_sure(choice, list(found))
    return found[choice.policy or next(iter(found))]


def _file(choice: Choice) -> Policy:
    from remit.cli.support.home_folders import cache_folder
    from remit.deciding.policy import Policy
    from remit.policy.cache import load_cached

    policy = Policy(load_cached(choice.path, cache_folder()))
    _make_sure(choice, [policy.id])
    return policy


def _make_sure(choice: Choice, known: list[str]) -> None:
    if choice.policy in known or (choice.policy is None and len(known) == 1):
        return
    listed = ", ".join(known)
    if choice.policy is None:
        told = Message("which policy of `{path}`? Add --policy with one of: {names}.", path=str(choice.path), names=listed)
        raise click.UsageError(told)
    from remit.language.suggestions import closest

    near = closest(choice.policy, known)
    hint = Message("there is {names}.", names=listed)
    if near:
        hint = Message("did you mean `{near}`?", near=near)
    known_as = {"path": str(choice.path), "name": choice.policy, "hint": hint}
    raise click.UsageError(Message("`{path}` holds no policy `{name}`; {hint}", **known_as))


def today_in(zone: str) -> date:
    """Today's date where the policy's time zone is, or this computer's where the zone is not known here."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return datetime.now(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return date.today()
