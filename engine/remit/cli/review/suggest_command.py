"""``suggest``: changes of a policy that the record speaks for."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from shlex import quote
from textwrap import wrap
from typing import TYPE_CHECKING

import click
from click.core import ParameterSource

from remit.cli.support import exits
from remit.cli.support.ledger_session import ledger_option, open_ledger
from remit.cli.support.piped import Piped
from remit.cli.support.policy_lookup import Choice, load_policies, policy_argument
from remit.cli.support.request_words import midnight_of
from remit.cli.support.terminal import fitted, tell, tell_json, width
from remit.errors import NotAllowed, one_line
from remit.policy.shipped import shipped_policies

if TYPE_CHECKING:
    from remit.ledger.ledger import Ledger
    from remit.policy.model import Model
    from remit.review.suggesting.suggestion import PolicyPatch, Suggestion

__all__ = ["suggest"]


@click.command(short_help="Changes of a policy for what is approved again and again.")
@policy_argument
@click.option("--since", metavar="DAY", help="From what was sent up from this day on: 2026-07-01, today, yesterday.")
@click.option("--diff", "shown", type=click.IntRange(1), metavar="NUMBER", help="Print only the patch of this suggestion.")
@click.option("--apply", "applied", type=click.IntRange(1), metavar="NUMBER", help="Write this suggestion to the files.")
@click.option("--out", type=click.Path(path_type=Path, file_okay=False), metavar="FOLDER", help="Write the patches here.")
@click.option("--json", "as_json", is_flag=True, help="JSON, for programs.")
@ledger_option
def suggest(
    policy: Choice,
    since: str | None,
    shown: int | None,
    applied: int | None,
    out: Path | None,
    as_json: bool,
    ledger_url: str | None,
) -> int:
    """Suggest changes of POLICY where people keep approving what it refuses: a limit that is too low, a rule that is missing.

    Each comes with its evidence, what it would have cost on the recorded history, and a patch of the policy and its cases. At
    most five are made, and none where chance explains the approvals. Nothing is changed until you say --apply.

    \b
    remit suggest policies/hotel.yaml --since 2026-01-01
    remit suggest policies/hotel.yaml --diff 1 > change.patch
    remit suggest policies/hotel.yaml --apply 1

    The file must be the text that the ledger goes by. A patch is for `git apply` and `patch -p1` in this folder.

    Leaves with 0, also where there is nothing to suggest; after --apply with 1 where a check or a case fails.
    """
    if sum((shown is not None, applied is not None, out is not None, as_json)) > 1:
        raise click.UsageError("--diff, --apply, --out and --json are different things to do; choose one.")
    if isinstance(policy.path, Piped):
        raise click.UsageError("a change is made in a file, and a pipe is none; name the file.")
    if applied is not None and policy.path in shipped_policies().values():
        raise click.UsageError(f"{policy.path.name} came with remit, which replaces it; change a copy in a folder of yours.")
    from remit.review.suggesting import mining

    begin = _midnight(since)
    with open_ledger(ledger_url, create=False) as ledger:
        model, file = _file_of(policy, ledger)
        found = mining.suggest(ledger, model, file, since=begin)
    if shown is not None:
        click.echo(_patch(found, shown).diff(), nl=False)
        return exits.FINE
    if applied is not None:
        return _apply(_patch(found, applied), found[applied - 1])
    if out is not None:
        return _write_out(found, model, out)
    if as_json:
        tell_json({"policy": model.id, "version": model.version, "suggestions": [each.to_dict() for each in found]}, indent=2)
        return exits.FINE
    _tell_all(found, policy.path, model)
    return exits.FINE


def _midnight(text: str | None) -> datetime | None:
    return midnight_of(text, "--since") if text is not None else None


def _file_of(choice: Choice, ledger: Ledger) -> tuple[Model, Path]:
    """The policy and its file; of a folder, the file that the ledger goes by."""
    from remit.authoring.author_files import policies_in
    from remit.policy.loader import load_model
    from remit.review.suggesting.mining import newest_digest

    if not choice.path.is_dir():
        return load_model(choice.path), choice.path
    chosen = load_policies(choice)
    name = choice.policy or (chosen.id if hasattr(chosen, "id") else chosen.versions[0].id)
    newest = newest_digest(ledger, name)
    for file in policies_in(choice.path):
        model = load_model(file)
        if model.digest == newest:
            return model, file
    raise NotAllowed(
        f"no file in `{choice.path}` is the text of `{name}` that the ledger goes by, so that a change would not fit; "
        "publish the newest one (`remit publish`)"
    )


def _patch(found: list[Suggestion], number: int) -> PolicyPatch:
    if number > len(found):
        there = f"there are {len(found)}" if len(found) > 1 else "there is one" if found else "there is none"
        raise click.UsageError(f"there is no suggestion {number}; {there}.")
    patch = found[number - 1].patch
    if patch is None:
        raise click.UsageError(f"suggestion {number} has no patch: {found[number - 1].refused}.")
    return patch


def _tell_all(found: list[Suggestion], path: Path, model: Model) -> None:
    from remit.review.suggesting.suggestion_text import NOT_SIMULATED, about_cases, changed, nothing_found, told

    if not found:
        _paragraph(nothing_found(model.id))
        return
    for each in found:
        title, *paragraphs = told(each)
        tell(title, bold=True)
        for text in (*paragraphs, *about_cases(each)):
            _paragraph(text, "   ")
        for line in changed(each):
            tell(f"   {line}".rstrip())
        if each.patch is not None:
            click.echo()
            for line in each.patch.diff().splitlines():
                colour = _COLOURS.get(line[:1])
                click.echo(click.style(fitted(one_line(line)), fg=colour) if colour else fitted(one_line(line)))
        click.echo()
    if any(each.cost is not None for each in found):
        _paragraph(NOT_SIMULATED)
    number = next((each.number for each in found if each.patch is not None), None)
    if number is not None:
        click.echo()
        tell(f"Nothing is changed yet. To write number {number}:")
        tell(f"  {_again(path)} --apply {number}")


def _again(path: Path) -> str:
    """This command, with what was said in it."""
    context = click.get_current_context()
    given = [f"--{name} {quote(str(context.params[where]))}" for name, where in _REPEATED.items() if _was_given(context, where)]
    return " ".join(("remit suggest", quote(str(path)), *given))


def _was_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE and context.params.get(name) is not None


#: The options that decide what is suggested, and their parameters.
_REPEATED = {"policy": "policy_name", "since": "since", "ledger": "ledger_url"}
_COLOURS = {"+": "green", "-": "red", "@": "cyan"}


def _paragraph(text: str, indent: str = "") -> None:
    for line in wrap(text, width(), initial_indent=indent, subsequent_indent=indent, break_long_words=False):
        tell(line)


def _write_out(found: list[Suggestion], model: Model, out: Path) -> int:
    from remit.authoring.formatting.formatted_files import replace_file

    out.mkdir(parents=True, exist_ok=True)
    for each in found:
        if each.patch is None:
            tell(f"{each.number}. {each.title}: no patch, because {each.refused}")
            continue
        file = out / f"{model.id}-{each.number}.patch"
        file.touch()
        replace_file(file, each.patch.diff())
        tell(f"{each.number}. {each.title}: {file}")
    if not found:
        from remit.review.suggesting.suggestion_text import nothing_found

        _paragraph(nothing_found(model.id))
    return exits.FINE


def _apply(patch: PolicyPatch, suggestion: Suggestion) -> int:
    from remit.authoring.testing.case_report import describe
    from remit.language.words import plural
    from remit.review.suggesting.applying import apply

    done = apply(patch)
    tell(f"{suggestion.title}: written to {patch.file}, version {patch.after.version}.")
    if patch.cases:
        tell(f"{len(patch.cases)} {plural('case', len(patch.cases))} added to {patch.cases_file}.")
    for problem in done.problems:
        tell(f"{problem.place}: {problem.message}" if problem.place else problem.message, err=True)
    for result in done.failed:
        for line in describe(result):
            tell(line, err=True)
    if done.results:
        tell(f"{len(done.results) - len(done.failed)} of {len(done.results)} cases come out as they say.")
    if done.failed:
        _paragraph("The rest expect what the policy said before. Change them if you agree with what it says now.")
    tell("Nothing changes at the counter until it is published. Look at it first, then:")
    tell(f"  remit test {patch.file}")
    tell(f"  remit publish {patch.file}")
    failed = bool(done.failed) or any(each.severity == "error" for each in done.problems)
    return exits.FAILED if failed else exits.FINE
