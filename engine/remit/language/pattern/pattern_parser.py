"""Reading a pattern (XPath and XQuery Functions and Operators 3.1, 5.6.1; XML Schema part 2, appendix G)."""

from __future__ import annotations

from typing import Final

from remit.language.pattern.classes import Chars, block, category, complement, escape, union
from remit.language.pattern.pattern_tree import (
    Class,
    Either,
    End,
    Expression,
    Group,
    PatternError,
    PatternRow,
    Reference,
    Repeat,
    Start,
    Tree,
)

__all__ = ["parse"]

#: The highest count in ``{n,m}``, and the deepest that groups and classes may be nested.
_MOST_REPEATS: Final = 1_000
_MOST_DEPTH: Final = 50
_DIGITS: Final = frozenset("0123456789")


def parse(pattern: str, flags: str = "") -> Tree:
    """The tree of a pattern. Raises :class:`PatternError` where the pattern or a flag is not valid."""
    unknown = set(flags) - set("smixq")
    if unknown:
        raise PatternError(f"there is no flag `{min(unknown)}`")
    if "q" in flags:
        root: Expression = PatternRow(tuple(_one(char) for char in pattern))
        return Tree(root, 0, "i" in flags, False)
    reader = _Reader(_without_space(pattern) if "x" in flags else pattern, "s" in flags)
    return Tree(reader.whole(), reader.groups, "i" in flags, "m" in flags)


def _one(char: str) -> Class:
    return Class(((ord(char), ord(char)),))


def _without_space(pattern: str) -> str:
    """The ``x`` flag: white space outside of classes does not count."""
    out: list[str] = []
    depth = 0
    escaped = False
    for char in pattern:
        if char in " \t\n\r" and not depth:
            continue
        if not escaped:
            depth += (char == "[") - (char == "]" and depth > 0)
        escaped = char == "\\" and not escaped
        out.append(char)
    return "".join(out)


_SINGLE: Final = {"n": "\n", "r": "\r", "t": "\t"} | {char: char for char in "\\|.?*+(){}$-[]^"}
_SIGNS: Final[dict[str, tuple[int, int | None]]] = {"?": (0, 1), "*": (0, None), "+": (1, None)}
_LINE_ENDS: Final[Chars] = ((0x0A, 0x0A), (0x0D, 0x0D))


class _Reader:
    """Recursive descent over the text of a pattern."""

    def __init__(self, text: str, dot_all: bool) -> None:
        self.text = text
        self.position = 0
        self.groups = 0
        self.closed: set[int] = set()
        self.depth = 0
        self.dot = Class((), negated=True) if dot_all else Class(_LINE_ENDS, negated=True)

    def whole(self) -> Expression:
        root = self.either()
        if self.position < len(self.text):
            raise PatternError("a `)` closes nothing")
        return root

    @property
    def char(self) -> str:
        return self.text[self.position : self.position + 1]

    def take(self, expected: str) -> bool:
        if expected and self.text.startswith(expected, self.position):
            self.position += len(expected)
            return True
        return False

    def next(self, missing: str) -> str:
        char = self.char
        if not char:
            raise PatternError(missing)
        self.position += 1
        return char

    def deeper(self) -> None:
        self.depth += 1
        if self.depth > _MOST_DEPTH:
            raise PatternError(f"it is nested more than {_MOST_DEPTH} deep")

    def either(self) -> Expression:
        self.deeper()
        options = [self.row()]
        while self.take("|"):
            options.append(self.row())
        self.depth -= 1
        return options[0] if len(options) == 1 else Either(tuple(options))

    def row(self) -> Expression:
        parts: list[Expression] = []
        while self.char and self.char not in "|)":
            parts.append(self.repeated(self.atom()))
        return parts[0] if len(parts) == 1 else PatternRow(tuple(parts))

    def atom(self) -> Expression:
        char = self.next("it ends too early")
        match char:
            case "(":
                return self.group()
            case "[":
                return self.char_class()
            case ".":
                return self.dot
            case "^":
                return Start()
            case "$":
                return End()
            case "\\":
                return self.escaped()
            case "?" | "*" | "+" | "{" | "}" | "]":
                raise PatternError(
                    f"a `{char}` stands where there is nothing to repeat or to close; write `\\{char}` for itself"
                )
        return _one(char)

    def group(self) -> Expression:
        number = 0
        if self.take("?"):
            if not self.take(":"):
                raise PatternError("only `(?:` may follow an opening bracket")
        else:
            self.groups += 1
            number = self.groups
        inner = self.either()
        if not self.take(")"):
            raise PatternError("a `(` is not closed")
        if not number:
            return inner
        self.closed.add(number)
        return Group(number, inner)

    def repeated(self, atom: Expression) -> Expression:
        bounds = self.quantifier()
        if bounds is None:
            return atom
        if isinstance(atom, (Start, End)):
            raise PatternError("`^` and `$` cannot be repeated")
        least, most = bounds
        repeat = Repeat(atom, least, most, self.take("?"))
        if self.char and self.char in "?*+{":
            raise PatternError("a repeat cannot be repeated without brackets")
        return repeat

    def quantifier(self) -> tuple[int, int | None] | None:
        for sign, bounds in _SIGNS.items():
            if self.take(sign):
                return bounds
        if not self.take("{"):
            return None
        least = self.count()
        most: int | None = least
        if self.take(","):
            most = None if self.char == "}" else self.count()
        if not self.take("}"):
            raise PatternError("a `{` is not closed")
        if most is not None and most < least:
            raise PatternError(f"`{{{least},{most}}}` runs backwards")
        return least, most

    def count(self) -> int:
        start = self.position
        while self.char in _DIGITS:
            self.position += 1
        digits = self.text[start : self.position]
        if not digits or len(digits) > 6 or int(digits) > _MOST_REPEATS:
            raise PatternError(f"`{{` wants a count of at most {_MOST_REPEATS}")
        return int(digits)

    def escaped(self) -> Expression:
        if self.char in _DIGITS:
            return self.reference()
        return Class(self.escape_chars())

    def reference(self) -> Reference:
        """The longest number that is a group; the digits after it are plain."""
        number = int(self.next(""))
        while self.char in _DIGITS and number * 10 + int(self.char) <= self.groups:
            number = number * 10 + int(self.next(""))
        if number not in self.closed:
            raise PatternError(f"`\\{number}` refers to no group before it")
        return Reference(number)

    def escape_chars(self) -> Chars:
        """What stands after a backslash."""
        char = self.next("it ends in a backslash")
        if char in _SINGLE:
            return _one(_SINGLE[char]).chars
        if char in "pP":
            found = self.property_chars()
            return found if char == "p" else complement(found)
        found_or_none = escape(char)
        if found_or_none is None:
            raise PatternError(f"there is no `\\{char}`")
        return found_or_none

    def property_chars(self) -> Chars:
        end = self.text.find("}", self.position)
        if not self.take("{") or end < 0:
            raise PatternError("`\\p` wants a category or block in `{}`")
        name = self.text[self.position : end]
        self.position = end + 1
        found = block(name[2:]) if name.startswith("Is") else category(name)
        if found is None:
            raise PatternError(f"there is no category or block `{name}`")
        return found

    def char_class(self) -> Class:
        """After ``[``."""
        self.deeper()
        negated = self.take("^")
        found: list[Chars] = []
        without: Class | None = None
        while not self.take("]"):
            if found and self.take("-["):
                without = self.char_class()
                if not self.take("]"):
                    raise PatternError("a class ends after what is taken from it")
                break
            found.append(self.class_part(first=not found))
        self.depth -= 1
        if not found:
            raise PatternError("a class is empty")
        return Class(union(*found), negated, without)

    def class_part(self, *, first: bool) -> Chars:
        low = self.class_char(first=first)
        if len(low) != 1 or low[0][0] != low[0][1] or self.char != "-":
            return low
        following = self.text[self.position + 1 : self.position + 2]
        if following in ("]", "["):
            return low
        self.position += 1
        high = self.class_char(first=False, ends_range=True)
        if len(high) != 1 or high[0][0] != high[0][1] or high[0][0] < low[0][0]:
            raise PatternError("a range in a class runs backwards or does not end in a character")
        return ((low[0][0], high[0][0]),)

    def class_char(self, *, first: bool, ends_range: bool = False) -> Chars:
        char = self.next("a `[` is not closed")
        if char == "\\":
            return self.escape_chars()
        if char == "[":
            raise PatternError("a `[` stands in a class; write `\\[` for itself")
        if char == "-" and not first and not ends_range and self.char != "]" and not self.text.startswith("-[", self.position):
            raise PatternError("a `-` stands within a class; write `\\-` for itself")
        return _one(char).chars
