"""A failed case in words, and all results for programs (JSON, JUnit XML)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from remit.authoring.testing.case_run import Failure, Result
from remit.language import words
from remit.language.words import listing, show_value

__all__ = ["describe", "junit", "plain"]


def describe(result: Result) -> Iterator[str]:
    """The lines that tell a failed case: where, what was expected, what came, which rule decided, what would have met it."""
    failure = result.failure
    if failure is None:
        return
    steps = len(result.case.steps)
    where = failure.mismatches[0].expectation.place if failure.mismatches else failure.at.place
    yield f"{where}: {result.case.name}" + (f" (step {failure.step} of {steps})" if steps > 1 else "")
    if failure.error:
        yield "  no decision was taken:"
        yield from (f"    {line}" for line in failure.error.splitlines())
        return
    for each in failure.mismatches:
        yield f"  {each.name}: expected {each.expected}, came {each.got}"
    yield from _decided(failure)
    yield from _nearest(failure)


def _decided(failure: Failure) -> Iterator[str]:
    if failure.decision is not None:
        for reason in failure.decision.reasons[:3]:
            yield f"  decided by {reason.kind} `{reason.id}`" + (f": {reason.text}" if reason.text else "")


def _nearest(failure: Failure) -> Iterator[str]:
    if failure.nearest:
        changes = [
            f"`{change.fact}` were {_shown(change.becomes)}"
            + (f" instead of {_shown(change.was)}" if change.was is not None else "")
            for change in failure.nearest
        ]
        yield f"  it would be as expected if {listing(changes)}"


def _shown(value: Any) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    return words.duration(value) if isinstance(value, timedelta) else show_value(value)


def plain(results: Iterable[Result]) -> list[dict[str, Any]]:
    """Results as plain data for JSON."""
    out = []
    for result in results:
        entry: dict[str, Any] = {
            "name": result.case.name,
            "file": result.case.place.file,
            "line": result.case.place.line,
            "passed": result.passed,
        }
        failure = result.failure
        if failure is not None:
            entry |= {
                "step": failure.step,
                "error": failure.error,
                "mismatches": [{"name": each.name, "expected": each.expected, "came": each.got} for each in failure.mismatches],
                "decided_by": [reason.id for reason in failure.decision.reasons] if failure.decision else [],
                "nearest": [
                    {
                        "fact": each.fact,
                        "was": _shown(each.was) if each.was is not None else None,
                        "becomes": _shown(each.becomes),
                    }
                    for each in failure.nearest or ()
                ],
            }
        out.append(entry)
    return out


def junit(suites: Sequence[tuple[Path, Sequence[Result]]]) -> str:
    """All results as JUnit XML, the form that build servers read: one suite a file, one test a case."""
    root = ElementTree.Element("testsuites")
    for path, results in suites:
        failed = sum(not result.passed for result in results)
        suite = ElementTree.SubElement(root, "testsuite", name=str(path), tests=str(len(results)), failures=str(failed))
        for result in results:
            case = ElementTree.SubElement(suite, "testcase", classname=path.stem, name=result.case.name)
            case.set("file", result.case.place.file)
            case.set("line", str(result.case.place.line))
            if not result.passed:
                lines = list(describe(result))
                ElementTree.SubElement(case, "failure", message=lines[1].strip()).text = "\n".join(lines)
    ElementTree.indent(root)
    return ElementTree.tostring(root, encoding="unicode", xml_declaration=True) + "\n"
