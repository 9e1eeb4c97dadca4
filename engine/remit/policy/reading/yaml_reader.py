"""Bytes to a tree. Strict: what YAML would quietly change or multiply is refused with its place.

YAML is a language of surprises: keys that are there twice (the last one silently wins), anchors and aliases (a page of text
that unfolds to gigabytes), tags that make objects. A policy needs none of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import Any, Final, NoReturn

import yaml

from remit.errors import Place
from remit.language.source import Document
from remit.policy.reading.characters import Run, find_invisible, find_long_line, named, strange_blanks, with_spaces
from remit.policy.reading.lines import in_quotes, value_at
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.repairs import Pair, mend_list, mend_map, split_beside, split_items, unique_keys
from remit.policy.reading.scalar_positions import Style
from remit.policy.reading.yaml_errors import BrokenText, explain
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["LIMITS", "Limits", "decode", "read_yaml"]


@dataclass(frozen=True, slots=True)
class Limits:
    """What a policy file may grow to. Ten thousand rules, or a table of ten thousand rows, are well within it; what is larger
    was not written by people, and is refused before it takes long."""

    size_bytes: int = 4 * 1024 * 1024
    nodes: int = 300_000
    depth: int = 24
    scalar_characters: int = 10_000
    line_characters: int = 10_000


LIMITS: Final = Limits()

_STYLES: Final[dict[str | None, Style]] = {
    None: "plain", "": "plain", "'": "single", '"': "double", "|": "literal", ">": "folded",
}  # fmt: skip

_SWALLOWED: Final = re.compile(r"\n[ ]*(-[ ].*)")
_BOM: Final = "\ufeff"
_TAG: Final = re.compile(r"(![^\s,\[\]{}]*)")


def decode(data: bytes, name: str) -> tuple[str | None, ProblemReport]:
    """The text of a file's bytes, or ``None`` and the problem: too large, or not UTF-8."""
    if len(data) > LIMITS.size_bytes:
        report = ProblemReport(Document(name, ""))
        _too_large(report)
        return None, report
    try:
        return data.decode("utf-8"), ProblemReport(Document(name, ""))
    except UnicodeDecodeError as error:
        report = ProblemReport(Document(name, data[: error.start].decode("utf-8") + "\ufffd"))
        utf16 = data[:2] in (b"\xff\xfe", b"\xfe\xff")
        message = "the file is saved as UTF-16" if utf16 else f"the byte {data[error.start]:#04x} is not UTF-8"
        place = report.document.place(len(report.document.text) - 1, len(report.document.text))
        place = replace(place, text=place.text[: LIMITS.line_characters])
        report.error("yaml/encoding", message, place, "save the file as UTF-8")
        return None, report


def read_yaml(text: str, name: str, is_stored: bool = False) -> tuple[YamlMap | None, ProblemReport]:
    """The top mapping of ``text``, or ``None`` where it cannot be read at all; and all that is wrong so far. ``is_stored``: see
    :class:`ProblemReport`."""
    document = Document(name, text.removeprefix(_BOM))
    report = ProblemReport(document, is_stored)
    if len(text) > LIMITS.size_bytes:
        _too_large(report)
    elif not find_long_line(document, LIMITS.line_characters, report) and not find_invisible(document, report):
        blanks = [] if is_stored else _strange_blanks(document)
        if blanks:
            report = ProblemReport(Document(name, with_spaces(document.text, blanks)))
            _tell_blanks(document, blanks, report)
        root = _Builder(report.document, report).build()
        if root is not None:
            return root, report
    return None, report


def _strange_blanks(document: Document) -> list[Run]:
    """The blanks that should have been spaces: not those in text that spreads over several lines, which may hold any."""
    runs = strange_blanks(document.text)
    if not runs:
        return runs
    trial = Document(document.name, with_spaces(document.text, runs))
    builder = _Builder(trial, ProblemReport(trial))
    builder.build()
    return [(start, end) for start, end in runs if not any(first < start < last for first, last in builder.texts)]


def _tell_blanks(document: Document, blanks: list[Run], report: ProblemReport) -> None:
    """The first in each line. The rest of the file is checked as if they were spaces."""
    lines: set[int] = set()
    for start, end in blanks:
        place = document.place(start, end)
        if place.line not in lines:
            lines.add(place.line)
            message = f"the character {named(document.text[start])} looks like a space and is text to YAML"
            report.error("yaml/character", message, place, "type the spaces of this line again")


def _too_large(report: ProblemReport) -> None:
    most = LIMITS.size_bytes // (1024 * 1024)
    report.error(
        "yaml/too-large",
        f"the file has more than {most} MiB, the most that a policy may have",
        report.document.place(0, 0),
        "split it into policies of their own",
    )


class _Stop(Exception):
    """BrokenText further makes no sense."""


@dataclass(slots=True)
class _OpenList:
    """A list that is still being read."""

    node: YamlList
    items: list[YamlNode] = field(default_factory=list)

    def take(self, node: YamlNode) -> None:
        self.items.append(node)


@dataclass(slots=True)
class _OpenMap:
    """A mapping that is still being read; ``key`` waits for its value."""

    node: YamlMap
    pairs: list[Pair] = field(default_factory=list)
    key: YamlNode | None = None

    def take(self, node: YamlNode) -> None:
        if self.key is None:
            self.key = node
        else:
            self.pairs.append((self.key, node))
            self.key = None


class _Builder:
    """Turns the events of the YAML parser into the tree, without recursion."""

    def __init__(self, document: Document, report: ProblemReport) -> None:
        self.document, self.report = document, report
        self.open: list[_OpenList | _OpenMap] = []
        self.root: YamlNode | None = None
        self.count = 0
        self.last: YamlScalar | None = None
        self.texts: list[Run] = []  #: text in quotes or blocks that spreads over several lines
        self.handlers = {
            yaml.ScalarEvent: self._scalar,
            yaml.SequenceStartEvent: self._start_list,
            yaml.MappingStartEvent: self._start_map,
            yaml.SequenceEndEvent: self._end,
            yaml.MappingEndEvent: self._end,
            yaml.AliasEvent: self._alias,
            yaml.DocumentStartEvent: self._document,
        }

    def build(self) -> YamlMap | None:
        try:
            next_event = _parser(self.document.text).get_event
            handlers = self.handlers
            while (event := next_event()) is not None:
                handler = handlers.get(type(event))
                if handler is not None:
                    handler(event)
        except _Stop:
            return None
        except yaml.YAMLError as error:
            self.report.add(explain(BrokenText(self.document, self.last), error))
            return None
        if isinstance(self.root, YamlMap):
            return self.root
        self._no_policy()
        return None

    def _no_policy(self) -> None:
        hint = "a policy begins with `policy: its-name`, then `title`, `version`, `owner`, `ladder`, `remedies` and `rules`"
        if self.root is None or (isinstance(self.root, YamlScalar) and self.root.empty):
            self.report.error("yaml/empty", "the file is empty", self.document.place(0, 0), hint)
        else:
            what = "a list" if isinstance(self.root, YamlList) else "a text"
            message = f"a policy is a mapping of keys to values, but this file is {what}"
            self.report.error("yaml/not-a-mapping", message, self.root, hint)

    def _stop(self, code: str, message: str, at: YamlNode | Place, hint: str) -> NoReturn:
        self.report.error(code, message, at, hint)
        raise _Stop

    def _count(self, event: Any) -> None:
        self.count += 1
        if self.count > LIMITS.nodes:
            self._too_many(event)

    def _too_many(self, event: Any) -> NoReturn:
        at = self.document.place(event.start_mark.index, event.start_mark.index + 1)
        message = f"the file has more than {LIMITS.nodes:,} keys and values"
        self._stop("yaml/too-large", message, at, "split it into policies of their own")

    def _marked(self, event: Any) -> bool:
        """Whether a tag or an anchor stands before it, which is told."""
        if event.tag is None and event.anchor is None:
            return False
        begin = event.start_mark.index
        if event.anchor is not None:
            self._anchor(begin, f"&{event.anchor}")
        if event.tag is not None:
            found = _TAG.search(self.document.text, begin)
            at, written = (found.start(1), found[1]) if found else (begin, "!")
            whole = value_at(self.document.text, at, in_brackets=bool(self.open) and self.open[-1].node.flow)
            hint = f"put the whole value in quotes: `{in_quotes(whole)}`" if written.startswith("!=") else "leave it out"
            message = f"`{written}` is read as a YAML tag, which policies do not use"
            self.report.error("yaml/tag", message, self.document.place(at, at + len(written)), hint)
        return True

    def _anchor(self, begin: int, written: str) -> None:
        at = max(begin, self.document.text.find(written, begin))
        hint = "write the value out each time, or name it under `values`; if the sign belongs to the text, put it in quotes"
        message = f"`{written}` is a YAML anchor or alias, which policies do not use"
        self.report.error("yaml/anchor", message, self.document.place(at, at + len(written)), hint)

    def _alias(self, event: Any) -> None:
        self._count(event)
        start, end = event.start_mark.index, event.end_mark.index
        self._anchor(start, f"*{event.anchor}")
        self._attach(YamlScalar(f"*{event.anchor}", "plain", start, end, self.document, broken=True))

    def _document(self, event: Any) -> None:
        at = event.start_mark.index
        if self.root is not None:
            self._stop(
                "yaml/documents",
                "a second document begins here; a policy file holds one policy",
                self.document.place(at, at + 3),
                "put the second policy into a file of its own",
            )
        if event.version is not None or event.tags:
            self.report.error("yaml/directive", "policies use no YAML directives", self.document.place(at, at + 1), "delete it")

    def _scalar(self, event: Any) -> None:
        self.count += 1
        if self.count > LIMITS.nodes:
            self._too_many(event)
        start, end, text = event.start_mark.index, event.end_mark.index, event.value
        style = _STYLES.get(event.style, "plain")
        broken = (event.tag is not None or event.anchor is not None) and self._marked(event)
        node = YamlScalar(text, style, start, end, self.document, broken)
        if len(text) > LIMITS.scalar_characters:
            message = f"this text has {len(text):,} characters; at most {LIMITS.scalar_characters:,} are read"
            self._stop("yaml/too-long", message, node, "is a closing quote or some indentation missing?")
        if "\n" in self.document.text[start:end]:
            if style == "plain":
                node.broken = self._swallowed_items(start, end) or broken
            else:
                self.texts.append((start, end))
        self.last = node
        self._attach(node)

    def _swallowed_items(self, start: int, end: int) -> bool:
        """``- a`` indented further than the item above it is, to YAML, more text of that item."""
        found = _SWALLOWED.search(self.document.text, start, end)
        inside = self.open[-1] if self.open else None
        if found and not (inside and inside.node.flow):  # there a bracket is not closed, which is told
            message = "this item is indented further than the text above, so YAML takes it for more of that text"
            hint = "let the `-` begin in the same column as those above it"
            if isinstance(inside, _OpenMap) and not any(isinstance(each, _OpenList) for each in self.open[-2:]):
                hint = "is the line of the key that it belongs to missing above it?"
            self.report.error("yaml/indentation", message, self.document.place(*found.span(1)), hint)
        return found is not None

    def _start_list(self, event: Any) -> None:
        self._push(event, _OpenList(YamlList([], *self._extent(event))))

    def _start_map(self, event: Any) -> None:
        self._push(event, _OpenMap(YamlMap({}, *self._extent(event))))

    def _extent(self, event: Any) -> tuple[bool, int, int, Document]:
        return bool(event.flow_style), event.start_mark.index, event.end_mark.index, self.document

    def _push(self, event: Any, opened: _OpenList | _OpenMap) -> None:
        self._count(event)
        self._marked(event)
        if len(self.open) >= LIMITS.depth:
            message = f"this is nested more than {LIMITS.depth} levels deep"
            at = self.document.place(event.start_mark.index, event.start_mark.index + 1)
            self._stop("yaml/too-deep", message, at, "no part of a policy needs that: is a bracket or an indentation wrong?")
        self.open.append(opened)

    def _end(self, event: Any) -> None:
        opened = self.open.pop()
        node = opened.node
        node.end = event.end_mark.index
        if isinstance(opened, _OpenList):
            opened.node.items = mend_list(opened.items, self.report) if node.flow else opened.items
        elif not node.flow and self.open and isinstance(self.open[-1], _OpenMap):
            self._attach_keys(opened.node, opened.pairs, self.open[-1])
            return
        elif node.flow or not self.open:
            pairs = mend_map(opened.pairs, self.report) if node.flow else opened.pairs
            opened.node.entries = unique_keys(pairs, self.report)
        else:
            self._attach_items(opened.node, opened.pairs)
            return
        self._attach(node)

    def _attach_keys(self, node: YamlMap, pairs: list[Pair], parent: _OpenMap) -> None:
        """The value of a key, and what is indented as if it were part of it and belongs beside the key."""
        inside, beside = split_beside(pairs, parent.key, self.report)
        node.entries = unique_keys(inside, self.report)
        self._attach(node)
        for key, value in beside:
            parent.pairs.append((key, value))

    def _attach_items(self, node: YamlMap, pairs: list[Pair]) -> None:
        """An item of a list, or several where the `- ` of some is missing."""
        for each in split_items(pairs, self.report):
            start = node.start if each is pairs else each[0][0].start
            end = each[-1][1].end if each is not pairs else node.end
            self._attach(YamlMap(unique_keys(each, self.report), False, start, end, self.document))

    def _attach(self, node: YamlNode) -> None:
        if self.open:
            self.open[-1].take(node)
        else:
            self.root = node


def _parser(text: str) -> Any:
    """The YAML library's parser, whose ``get_event`` gives the events one by one; the one in C where it is there."""
    return getattr(yaml, "CSafeLoader", yaml.SafeLoader)(text)
