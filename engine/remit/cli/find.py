"""Which policy is meant: a file, a folder of versions, or the name of one that comes with remit."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from remit.policy.shipped import shipped_policies

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from remit.decision.policy import Policy

    _Parameter = click.ParamType[Path]
else:
    _Parameter = click.ParamType

__all__ = ["PolicyPath", "load_policy", "policy_argument", "today_in"]


class PolicyPath(_Parameter):
    """A path to a policy, a folder of its versions, or the name of a policy that comes with remit."""

    name = "policy"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Path:
        path = Path(value)
        for each in (path, path.with_name(f"{path.name}.yaml") if path.name else path):
            if each.exists():
                return each
        known = shipped_policies()
        if value in known:
            return known[value]
        if "/" in value or path.suffix in (".yaml", ".yml"):
            raise click.BadParameter(f"there is no file or folder `{value}`.", ctx, param)
        from remit.language.suggestions import closest

        near = closest(value, known)
        hint = f"Did you mean `{near}`?" if near else f"Those that come with remit are: {', '.join(known)}."
        raise click.BadParameter(f"there is no file, folder or policy `{value}`. {hint}", ctx, param)

    def shell_complete(self, ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        from click.shell_completion import CompletionItem

        names = [CompletionItem(name) for name in shipped_policies() if name.startswith(incomplete)]
        return names or [CompletionItem(incomplete, type="file")]


def _given(ctx: click.Context, param: click.Parameter, value: Path | None) -> Path | None:
    if value is None and not ctx.resilient_parsing:
        known = ", ".join(shipped_policies())
        raise click.UsageError(
            f"which policy? Give a file, a folder of versions, or one that comes with remit: {known}.\n"
            "Set REMIT_POLICY to be asked no more."
        )
    return value


#: The POLICY argument of every command that works with one policy.
policy_argument = click.argument(
    "policy", type=PolicyPath(), envvar="REMIT_POLICY", required=False, metavar="POLICY", callback=_given
)


def load_policy(path: Path, day: date | None = None) -> Policy:
    """The policy at ``path``; of several versions the one in force on ``day`` (today where not given)."""
    if path.is_dir():
        import remit

        return remit.load_folder(path).at(day or date.today())
    from remit.cli.folders import cache_folder
    from remit.decision.policy import Policy
    from remit.policy.cache import load_cached

    return Policy(load_cached(path, cache_folder()))


def today_in(zone: str) -> date:
    """Today's date where the policy's time zone is, or this computer's where the zone is not known here."""
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return datetime.now(ZoneInfo(zone)).date()
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return date.today()
