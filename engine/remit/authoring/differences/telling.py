"""A difference as text: for a terminal, or as Markdown for a pull request."""

from __future__ import annotations

from collections.abc import Iterator

from remit.authoring.differences.changes import Change, ChangeDetail, ChangeLine, Difference, Example
from remit.authoring.show import plain

__all__ = ["human", "markdown"]

_MARKS = {"added": "+", "removed": "-", "changed": "~", "renamed": "~"}
_KINDS = {"added": "new", "removed": "gone", "changed": "", "renamed": "another name"}
_NOT_A_PROOF = (
    "These are examples from {tried} situations that were tried, not a proof: other situations may differ too. "
    "What is not named is as usual."
)


def human(difference: Difference) -> list[str]:
    """Lines for a terminal."""
    if not difference.changed:
        return [_unchanged(difference)]
    out = [*_title(difference)]
    for part in difference.parts:
        out += ["", part.heading]
        for change in part.changes:
            out.append(f"  {_MARKS[change.kind]} {_head(change)}")
            out += [f"      {_detail(each, gone=change.kind == 'removed')}" for each in _details(change)]
    if difference.examples is not None:
        out += ["", "By example"]
        for example in difference.examples.shown:
            out.append(f"  {example.situation}:")
            out += [f"      {_line(line)}" for line in example.lines]
        out += [f"  {line}" for line in _summary(difference)]
    return out


def markdown(difference: Difference) -> list[str]:
    """Lines of Markdown."""
    return [plain(line) for line in _markdown(difference)]


def _markdown(difference: Difference) -> list[str]:
    if not difference.changed:
        return [_unchanged(difference)]
    out = [f"# {_title(difference)[0]}"]
    for part in difference.parts:
        out += ["", f"## {part.heading}", ""]
        for change in part.changes:
            out.append(f"- {_head(change, strong='**')}")
            out += [f"  - {_detail(each, gone=change.kind == 'removed')}" for each in _details(change)]
    if difference.examples is not None:
        out += ["", "## By example", ""]
        for example in difference.examples.shown:
            out += [*_example(example)]
        out += ["", *_summary(difference)]
    return out


def _title(difference: Difference) -> list[str]:
    if difference.old == difference.new:
        return [difference.new]
    (called, _, was), (name, _, now) = difference.old.rpartition(" "), difference.new.rpartition(" ")
    return [f"{called}: {was} -> {now}" if called == name else f"{difference.old} -> {difference.new}"]


def _unchanged(difference: Difference) -> str:
    return f"{difference.new}: nothing has changed"


def _head(change: Change, strong: str = "") -> str:
    if _in_one_line(change):
        return f"{strong}{change.name}{strong}{_detail(change.details[0])[len(change.name) :]}"
    notes = [note for note in (_KINDS[change.kind], change.direction) if note]
    shown = f"{strong}{change.name}{strong}" + (f" ({', '.join(notes)})" if notes else "")
    return f"{shown}: {change.about}" if change.about else shown


def _details(change: Change) -> Iterator[ChangeDetail]:
    """Those that the head does not say."""
    return iter(() if _in_one_line(change) else change.details)


def _in_one_line(change: Change) -> bool:
    return len(change.details) == 1 and change.details[0].label == change.name


def _detail(each: ChangeDetail, *, gone: bool = False) -> str:
    if gone:
        return f"{each.label}: {each.before}"
    if each.before is None:
        said = f"{each.label}: {each.after}" + (" (new)" if each.direction or each.label == "choice" else "")
    elif each.after is None:
        said = f"{each.label}: {each.before} (no longer)"
    else:
        said = f"{each.label}: {each.before} -> {each.after}"
    return said + (f", {each.direction}" if each.direction else "")


def _line(line: ChangeLine) -> str:
    return f"{line.who} {line.what}: {line.before} -> {line.after}"


def _example(example: Example) -> Iterator[str]:
    yield f"- {example.situation}:"
    yield from (f"  - {_line(line)}" for line in example.lines)


def _summary(difference: Difference) -> Iterator[str]:
    found = difference.examples
    assert found is not None
    if not found.differing:
        yield f"In none of the {found.tried} situations that were tried is anything decided otherwise; that is not a proof."
    else:
        if found.differing > len(found.shown):
            count = len(found.shown)
            shown = "here is one of them" if count == 1 else f"here are {count} that say different things"
            yield f"{found.differing} of the situations differ; {shown}."
        yield _NOT_A_PROOF.format(tried=found.tried)
