"""What the shell offers after TAB: the names of the policy that stands on the command line."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from remit.policy.model import Model

__all__ = ["evidence", "facts", "remedies", "roles"]

Complete = Callable[[click.Context, click.Parameter, str], "list[CompletionItem[Any]]"]


def _model(ctx: click.Context) -> Model | None:
    """The policy on the command line, if it can be read: a shell shows no errors."""
    from remit.cli.support.policy_lookup import load_policy

    try:
        path = _policy_path(ctx)
        return load_policy(path).model if path else None
    except Exception:
        return None


def _policy_path(ctx: click.Context) -> Path | None:
    """The first word that is a policy. An option that still waits for its value keeps click from reading the arguments, so the
    words are looked through here."""
    from click.shell_completion import split_arg_string

    from remit.policy.shipped import shipped_policies

    given = ctx.params.get("policy")
    if isinstance(given, Path):
        return given
    line = os.environ.get("COMP_LINE") or os.environ.get("COMP_WORDS", "")
    known = shipped_policies()
    for word in [*split_arg_string(line)[2:], os.environ.get("REMIT_POLICY", "")]:
        if word and not word.startswith("-") and (word in known or Path(word).exists()):
            return known.get(word) or Path(word)
    return None


def _from(names: Callable[[Model, str], Iterable[tuple[str, str]]]) -> Complete:
    def complete(ctx: click.Context, param: click.Parameter, incomplete: str) -> list[CompletionItem[Any]]:
        from click.shell_completion import CompletionItem

        model = _model(ctx)
        offered = names(model, incomplete) if model else ()
        return [CompletionItem(word, help=note or None) for word, note in offered if word.startswith(incomplete)]

    return complete


def _facts(model: Model, incomplete: str) -> Iterable[tuple[str, str]]:
    name, sign, _ = incomplete.partition("=")
    fact = model.facts.get(name)
    if not sign or fact is None:
        return [(f"{each.name}=", each.ask or "") for each in model.facts.values()]
    kind = fact.type.element or fact.type
    choices = kind.choices or (("yes", "no") if kind.kind == "boolean" else ())
    return [(f"{name}={word}", "") for word in choices]


def _remedies(model: Model, incomplete: str) -> Iterable[tuple[str, str]]:
    return [(name if each.kind == "exception" else f"{name}=", each.title) for name, each in model.remedies.items()]


roles = _from(lambda model, incomplete: [(role, "") for role in model.ladder])
facts = _from(_facts)
remedies = _from(_remedies)
evidence = _from(lambda model, incomplete: [(each.name, each.title) for each in model.evidence.values()])
