"""Texts and files in the one layout, with a proof that nothing else changed; writing them without ever leaving half of one."""

from __future__ import annotations

import os
import stat
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from remit.authoring.formatting.comments import find_comments
from remit.authoring.formatting.tree_layout import lay_out
from remit.authoring.testing.case_reader import read_cases
from remit.authoring.testing.casefile import is_case_file
from remit.errors import PolicyError, RemitError
from remit.policy.loader import inspect_model, unreadable
from remit.policy.reading.yaml_reader import LIMITS, decode, read_yaml
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["Formatted", "format_bytes", "format_file", "format_text", "replace_file"]


@dataclass(frozen=True, slots=True)
class Formatted:
    """A text as it is and as it should be."""

    name: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        """Whether there is anything to write."""
        return self.before != self.after


def format_file(path: Path) -> Formatted:
    """The file in the one layout; nothing is written. Raises :class:`~remit.errors.PolicyError` with all that is wrong with
    it."""
    try:
        with path.open("rb") as file:
            data = file.read(LIMITS.size_bytes + 1)
    except OSError as error:
        raise PolicyError([unreadable(path, error)]) from None
    return format_bytes(data, str(path), cases=is_case_file(path))


def format_bytes(data: bytes, name: str, *, cases: bool = False) -> Formatted:
    """As :func:`format_file`, from what a file holds; ``cases``: it holds the cases of a policy, not a policy."""
    text, report = decode(data, name)
    if text is None:
        raise PolicyError(report.sorted())
    problems = read_cases(text, Path(name))[1] if cases else inspect_model(text, name)[1]
    errors = [problem for problem in problems if problem.severity == "error"]
    if errors:
        raise PolicyError(errors)
    return Formatted(name, text, format_text(text, name))


def replace_file(path: Path, text: str) -> None:
    """Write ``text`` to ``path``: all of it, or nothing. A link stays a link, and who may read the file stays as it is.

    Raises :class:`~remit.errors.RemitError` where the file cannot be written.
    """
    target = path.resolve()
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            os.chmod(name, stat.S_IMODE(target.stat().st_mode))
            os.replace(name, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(name)
            raise
    except OSError as error:
        raise RemitError(f"`{path}` cannot be written: {error.strerror or error}") from error


def format_text(text: str, name: str = "policy.yaml") -> str:
    """``text`` in the one layout; ``name`` is what messages call it.

    Comments, order and the author's line breaks are kept. What is written is read again before it is returned: it says the
    same, word for word. Raises :class:`~remit.errors.PolicyError` where ``text`` is not YAML that remit reads.
    """
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    root = _read(text, name)
    out = lay_out(text, root)
    again = _read(out, name)
    if not _same(root, again) or _said(text, root) != _said(out, again):
        raise AssertionError(f"the layout of {name} would change what it says")
    return out


def _read(text: str, name: str) -> YamlMap:
    root, report = read_yaml(text, name)
    problems = [problem for problem in report.sorted() if problem.severity == "error"]
    if root is None or problems:
        raise PolicyError(problems)
    return root


def _said(text: str, root: YamlMap) -> list[str]:
    return [comment.text for comment in find_comments(text, root)]


def _same(one: YamlNode | None, other: YamlNode | None) -> bool:
    """Whether two trees say the same: also whether it is said with or without quotes, in blocks or in brackets."""
    if one is None or other is None or one.kind != other.kind:
        return False
    if isinstance(one, YamlScalar) and isinstance(other, YamlScalar):
        return (one.text, one.plain) == (other.text, other.plain)
    if isinstance(one, YamlMap) and isinstance(other, YamlMap):
        pairs = zip_longest(one.entries.values(), other.entries.values(), fillvalue=(None, None))
        same = all(_same(key, its) and _same(value, others) for (key, value), (its, others) in pairs)
        return one.flow == other.flow and same
    assert isinstance(one, YamlList)
    assert isinstance(other, YamlList)
    return one.flow == other.flow and all(_same(*pair) for pair in zip_longest(one.items, other.items))
