"""Formulas and numbers that YAML has torn apart at a comma: ``{credit: min(a, 150 EUR)}`` is read as two keys.

The pieces are put together again after the problem was told, so that the rest of the file is checked as the author meant it.
Then the keys of a mapping are words, each there once.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from itertools import pairwise, takewhile
from typing import Final, TypeAlias

from remit.language.parsing.separators import mixed_number
from remit.policy.reading.lines import in_quotes
from remit.policy.reading.problem_report import ProblemReport
from remit.policy.reading.traps import trap_of
from remit.policy.reading.yaml_tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["Pair", "mend_list", "mend_map", "split_beside", "split_items", "unique_keys"]

#: A key and its value, before it is known whether the key can be one.
Pair: TypeAlias = tuple[YamlNode, YamlNode]

#: A formula with more commas than this was not written by a person.
_MOST_PIECES: Final = 20
#: What may follow a number that is torn: the code of a currency, or that of a percentage.
_DECIMAL_COMMA: Final = re.compile(r"(?<![\w.])([0-9]+),([0-9]+)(?= [A-Z]{3}\b)")
_AMOUNT: Final = re.compile(r" ?[A-Za-z]*| ?%")


def mend_list(items: list[YamlNode], report: ProblemReport) -> list[YamlNode]:
    """The items of ``[ ]``, with the pieces of a formula joined."""
    if any(one.end + 1 == other.start for one, other in pairwise(items)):  # nothing but a comma between them
        items = list(_whole_items(items, report))
    if not any(_depth(item) > 0 for item in items):
        return items
    out: list[YamlNode] = []
    at = 0
    while at < len(items):
        count = _pieces(items[at : at + _MOST_PIECES])
        out.append(_joined(items[at], items[at + count - 1].end, report) if count > 1 else items[at])
        at += count
    return out


def mend_map(pairs: list[Pair], report: ProblemReport) -> list[Pair]:
    """The keys and values of ``{ }``: what is left over of a formula looks like keys without values."""
    if any(isinstance(key, YamlScalar) and key.text[:1].isdigit() for key, _ in pairs):
        pairs = list(_whole_numbers(pairs, report))
    if not any(_depth(value) > 0 for _, value in pairs):
        return pairs
    out: list[Pair] = []
    at = 0
    while at < len(pairs):
        key, value = pairs[at]
        following = takewhile(lambda pair: isinstance(pair[1], YamlScalar) and pair[1].empty, pairs[at + 1 : at + _MOST_PIECES])
        rest = [value, *(later for later, _ in following)]
        count = _pieces(rest)
        out.append((key, _joined(value, rest[count - 1].end, report) if count > 1 else value))
        at += count
    return out


def _pieces(items: list[YamlNode]) -> int:
    """How many items from the first on are one formula; 1 where it is whole, or cannot be made whole."""
    depth = _depth(items[0])
    if depth <= 0:
        return 1
    for count, item in enumerate(items[1:], 2):
        if not (isinstance(item, YamlScalar) and item.plain):
            return 1
        depth += _depth(item)
        if depth <= 0:
            return count
    return 1


def _depth(node: YamlNode) -> int:
    """How many round brackets a plain scalar leaves open."""
    if not isinstance(node, YamlScalar) or node.style != "plain":
        return 0
    return node.text.count("(") - node.text.count(")")


def _joined(first: YamlNode, end: int, report: ProblemReport) -> YamlScalar:
    text = " ".join(first.document.text[first.start : end].split())
    message = f"YAML splits `{text}` in two at the comma"
    place = first.document.place(first.start, end)
    decimal = _DECIMAL_COMMA.search(text)
    if decimal is not None:
        written = _DECIMAL_COMMA.sub(r"\1.\2", text)
        hint = f"write it with a point, and the formula in quotes: `{in_quotes(written)}`"
        report.error("syntax/number", f"`{decimal[0]}` is not a number", place, hint)
        return YamlScalar(text, "plain", first.start, end, first.document, broken=True)
    if not text.startswith(("if(", "if (")):  # which is not how `if` is written, and has no commas where it is
        report.error("yaml/split-formula", message, place, f"put the formula in quotes: `{in_quotes(text)}`")
    return YamlScalar(text, "plain", first.start, end, first.document)


def _whole_numbers(pairs: list[Pair], report: ProblemReport) -> Iterator[Pair]:
    """``{credit: 1.000,00 EUR}``: keys that are the rest of the number before them belong to that number."""
    at = 0
    while at < len(pairs):
        key, value = pairs[at]
        following = takewhile(lambda pair: isinstance(pair[1], YamlScalar) and pair[1].empty, pairs[at + 1 : at + _MOST_PIECES])
        number, count = _number([value, *(rest for rest, _ in following)], report)
        yield key, number
        at += count


def _whole_items(items: list[YamlNode], report: ProblemReport) -> Iterator[YamlNode]:
    """``[noise, 1.000,00 EUR]``. Two numbers in a list may well be two, so that one of them must show that it is a part."""
    at = 0
    while at < len(items):
        part = _is_part(items[at : at + 2])
        pieces = items[at : at + _MOST_PIECES] if part else [items[at]]
        number, count = _number(pieces, report, "; put a space after the comma if these are two values")
        yield number
        at += count


def _is_part(items: list[YamlNode]) -> bool:
    texts = [each.text for each in items if isinstance(each, YamlScalar)]
    return len(texts) == 2 and bool(re.fullmatch(r"[0-9]{1,3}(\.[0-9]{3})+", texts[0]) or re.match("0[0-9]", texts[1]))


def _number(pieces: list[YamlNode], report: ProblemReport, more: str = "") -> tuple[YamlNode, int]:
    """The longest number that the first pieces make, which is told, and how many they are; else the first alone."""
    first = pieces[0]
    plain = list(takewhile(lambda each: isinstance(each, YamlScalar) and each.plain, pieces))
    for count in range(len(plain), 1, -1):
        text = first.document.text[first.start : plain[count - 1].end]
        number = mixed_number(text)
        if number is not None and _AMOUNT.fullmatch(text, len(number.text)):
            place = first.document.place(first.start, first.start + len(number.text))
            report.error("syntax/number", f"`{number.text}` is not a number", place, number.hint + more)
            written = number.meant + text[len(number.text) :]
            return YamlScalar(written, "plain", first.start, plain[count - 1].end, first.document), count
    return first, 1


def split_beside(pairs: list[Pair], above: YamlNode | None, report: ProblemReport) -> tuple[list[Pair], list[Pair]]:
    """The keys inside ``above``, and a last one that belongs beside it: it has no value but keys after it, all of which are
    there before it."""
    at = _place_beside(pairs)
    if at is None:
        return pairs, []
    key, rest = pairs[at][0], pairs[at + 1 :]
    assert isinstance(key, YamlScalar)
    whose = f" of `{above.text}`" if isinstance(above, YamlScalar) else ""
    message = f"`{key.text}` is indented as if it were a part{whose}, whose keys come again below it"
    hint = f"let it begin in the same column as `{above.text}`" if isinstance(above, YamlScalar) else "indent it less"
    report.error("yaml/indentation", message, key, hint)
    inner = YamlMap(unique_keys(rest, report), False, rest[0][0].start, rest[-1][1].end, key.document)
    return pairs[:at], [(key, inner)]


def _place_beside(pairs: list[Pair]) -> int | None:
    """Where the first key without a value is that has several of the keys before it after it, too."""
    texts = [key.text if isinstance(key, YamlScalar) else "" for key, _ in pairs]
    last = {text: at for at, text in enumerate(texts)}
    begun: set[str] = set()  # those before, of which some are after
    for at, (key, value) in enumerate(pairs):
        if last[texts[at]] == at:
            begun.discard(texts[at])
        if isinstance(key, YamlScalar) and isinstance(value, YamlScalar) and value.empty and len(begun) > 1:
            return at
        if last[texts[at]] > at:
            begun.add(texts[at])
    return None


def split_items(pairs: list[Pair], report: ProblemReport) -> list[list[Pair]]:
    """One item of a list that is several: where its first key comes again with more keys after it, a `- ` is missing."""
    if not pairs or not isinstance(pairs[0][0], YamlScalar):
        return [pairs]
    first = pairs[0][0]
    starts = [at for at, (key, _) in enumerate(pairs) if isinstance(key, YamlScalar) and key.text == first.text]
    bounds = [*starts, len(pairs)]
    if len(starts) == 1 or any(end - start < 2 for start, end in pairwise(bounds)):
        return [pairs]
    for at in starts[1:]:
        key = pairs[at][0]
        message = f"`{first.text}` is there twice; it is on line {first.place().line} already"
        hint = f"is a `- ` missing? each item of a list begins with one: `- {first.text}: ...`"
        report.error("yaml/duplicate-key", message, key, hint)
    return [pairs[start:end] for start, end in pairwise(bounds)]


def unique_keys(pairs: Iterable[Pair], report: ProblemReport) -> dict[str, tuple[YamlScalar, YamlNode]]:
    """The entries whose keys can be keys, by their text; of those with the same key the first. All others are told."""
    out: dict[str, tuple[YamlScalar, YamlNode]] = {}
    pairs = list(pairs)
    again = _again(pairs)
    if len(again) > 1:
        pairs = pairs[: -len(again)]
    for key, value in pairs:
        if not isinstance(key, YamlScalar):
            what = "a list" if isinstance(key, YamlList) else "a mapping"
            report.error("yaml/key", f"{what} cannot be a key", key, "put it in quotes if it is meant as text")
        elif key.text in out:
            _twice(key, out[key.text][0], report)
        elif _can_be_key(key, report):
            out[key.text] = (key, value)
    if len(again) > 1:
        message = (
            f"`{again[0].text}` and what follows are there twice, from line {out[again[0].text][0].place().line} on already"
        )
        report.error("yaml/duplicate-key", message, again[0], "is the line that they belong to missing above them?")
    return out


def _again(pairs: list[Pair]) -> list[YamlScalar]:
    """The keys at the end that are there before, each once: they were meant for a mapping of their own."""
    texts = [key.text if isinstance(key, YamlScalar) and key.plain else "" for key, _ in pairs]
    if len(set(texts)) == len(texts):
        return []
    seen, first = set[str](), len(texts)
    for at, text in enumerate(texts):
        first = first if text in seen and text not in texts[first:at] else at + 1
        seen.add(text)
    return [key for key, _ in pairs[first:] if isinstance(key, YamlScalar)]


def _can_be_key(key: YamlScalar, report: ProblemReport) -> bool:
    if key.broken:
        return False
    if not key.plain:
        return True
    if key.empty:
        report.error("yaml/key", "there is no key before this colon", key, "write `key: value`, or put the text in quotes")
        return False
    if key.text == "<<":
        report.error("yaml/anchor", "`<<` merges mappings, which policies do not use", key, "write the keys out")
        return False
    trap = trap_of(key, report.is_stored)
    if trap is not None and trap.kind != "letter":
        hint = f'write `"{key.text}"` if it is meant as a word'
        report.error(trap.code, f"YAML reads the key `{key.text}` as {trap.meaning}", key, hint)
    return True


def _twice(key: YamlScalar, first: YamlScalar, report: ProblemReport) -> None:
    line = first.place().line
    hint = "keep one of them; put all amounts under it" if key.text in ("may", "owed") else "keep one of them"
    report.error("yaml/duplicate-key", f"`{key.text}` is there twice; it is on line {line} already", key, hint)
