"""Writes docs/api.md from the public docstrings: ``python tests/support/api_doc.py > docs/api.md``."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Iterator, Mapping
from dataclasses import MISSING, dataclass, fields, is_dataclass
from typing import Any, Final

import remit
from remit import errors, feel, ledger
from remit.decision import detail

_HEAD = """\
# API

Everything that `remit` makes public, from its docstrings; a test sees to it that this page stays in step. How the parts work
together is in [for those who build services](integrators.md), what the ledger promises in [the ledger](ledger.md).
"""

#: What each section lists: where it is imported from, and its names.
SECTIONS: Final[Mapping[str, tuple[Any, tuple[str, ...]]]] = {
    "Policies": (remit, ("load", "loads", "load_folder", "shipped", "Policy", "PolicySet")),
    "Requests": (remit, ("Request", "Money")),
    "The roster": (remit, ("load_roster", "Roster")),
    "Decisions": (remit, ("Decision", "Offer", "Reason")),
    "Parts of a decision": (detail, ("RemedyDetail", "Unlock", "Missing", "Shown", "Detail")),
    "Opening a ledger": (remit, ("open_ledger", "Ledger")),
    "Parts of a ledger": (ledger, tuple(name for name in ledger.__all__ if name not in remit.__all__)),
    "FEEL": (feel, tuple(feel.__all__)),
    "Schemas": (remit, ("schema",)),
    "Errors": (errors, tuple(errors.__all__)),
}
_ROLE: Final = re.compile(r":(?:class|meth|func|mod|attr):`(~?)([\w.]+)`")
_WIDTH: Final = 100


@dataclass(frozen=True)
class Public:
    """One public name: a function, a class, or a method or property of a class."""

    title: str
    value: Any
    owner: type | None = None

    @property
    def doc(self) -> str:
        return inspect.cleandoc(self.value.__doc__ or "")

    @property
    def anchor(self) -> str:
        """As GitHub makes it of a heading."""
        return re.sub(r"[^\w-]", "", self.title.lower())


class _Written(str):
    """An annotation, shown as it is written in the code."""

    __slots__ = ()

    def __repr__(self) -> str:
        return str(self)


def public() -> Iterator[tuple[str, Public]]:
    """Everything on the page with its section, each class before its members."""
    for section, (module, names) in SECTIONS.items():
        for name in names:
            value = getattr(module, name)
            yield section, Public(f"{module.__name__}.{name}", value)
            if isinstance(value, type):
                for member, found in members(value):
                    yield section, Public(f"{name}.{member}", found, value)


def members(owner: type) -> Iterator[tuple[str, Any]]:
    """The public methods and properties of a class, its own before what it inherits of remit."""
    seen: set[str] = {"with_traceback", "add_note"}
    for each in owner.__mro__:
        if each.__module__.startswith("remit."):
            for name, value in vars(each).items():
                found = getattr(value, "__func__", value)
                if not name.startswith("_") and name not in seen and (inspect.isroutine(found) or _computed(found)):
                    seen.add(name)
                    yield name, found


def attributes(owner: type) -> list[tuple[str, str]]:
    """The fields and the properties without words of their own, which the docstring of the class describes; with types."""
    if is_dataclass(owner):
        return [
            (each.name, f"{each.type}{'' if each.default is MISSING else f' = {each.default!r}'}") for each in fields(owner)
        ]
    return [(name, returns(value)) for name, value in members(owner) if _computed(value) and not value.__doc__]


def returns(found: Any) -> str:
    """The type of a function's result or a property's value, as written."""
    getter = getattr(found, "fget", None) or getattr(found, "func", found)
    return str(getter.__annotations__.get("return", ""))


def _computed(value: Any) -> bool:
    return isinstance(value, property) or type(value).__name__ == "cached_property"


def signature(each: Public) -> str:
    """How it is called, one parameter a line where that is long; of a property, its type; of an error, what it is a kind of."""
    name = each.title if each.owner else each.title.removeprefix("remit.")
    if _computed(each.value):
        return f"{name}: {returns(each.value)}"
    if isinstance(each.value, type):
        return f"class {each.value.__name__}({', '.join(base.__name__ for base in each.value.__bases__)})"
    found = inspect.signature(each.value)
    own = [parameter for parameter in found.parameters.values() if not (each.owner and parameter.name in ("self", "cls"))]
    written = [p.replace(annotation=_Written(p.annotation), default=_default(p)) for p in own]
    result = f" -> {found.return_annotation}"
    line = f"{name}{found.replace(parameters=written, return_annotation=found.empty)}{result}"
    if len(line) <= _WIDTH:
        return line
    return "\n".join([f"{name}(", *(f"    {part}," for part in _parts(written)), f"){result}"])


def _default(parameter: inspect.Parameter) -> Any:
    return _Written("...") if inspect.isfunction(parameter.default) else parameter.default


def _parts(parameters: list[inspect.Parameter]) -> Iterator[str]:
    keywords = False
    for each in parameters:
        if each.kind is each.KEYWORD_ONLY and not keywords:
            keywords = True
            yield "*"
        yield str(each)


def page() -> str:
    """The whole page."""
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_lines())).rstrip("\n") + "\n"


def _lines() -> Iterator[str]:
    found = list(public())
    yield _HEAD
    for section in SECTIONS:
        tops = [each for of, each in found if of == section and each.owner is None]
        yield f"- {section}: " + ", ".join(f"[`{each.title.rpartition('.')[2]}`](#{each.anchor})" for each in tops)
    anchors = {each.title: each.anchor for _, each in found}
    anchors |= {each.title.rpartition(".")[2]: each.anchor for _, each in found if each.owner is None}
    section = ""
    for of, each in found:
        if of != section:
            section = of
            yield f"\n## {section}\n"
        if not _computed(each.value) or each.doc:
            yield from _entry(each, anchors)


def _entry(each: Public, anchors: Mapping[str, str]) -> Iterator[str]:
    yield f"{'####' if each.owner else '###'} `{each.title}`\n"
    shown = attributes(each.value) if isinstance(each.value, type) else []
    if shown:
        yield "```py\n" + "\n".join(f"{name}: {kind}" for name, kind in shown) + "\n```\n"
    elif not isinstance(each.value, type) or issubclass(each.value, Exception):
        yield f"```py\n{signature(each)}\n```\n"
    yield markdown(each.doc, anchors, (each.owner or each.value).__name__ if each.owner or isinstance(each.value, type) else "")
    yield ""


def markdown(doc: str, anchors: Mapping[str, str], owner: str = "") -> str:
    """A docstring as Markdown: examples and lists of terms in their own form, roles as links where the page has the name."""
    return "\n\n".join(_block(block, anchors, owner) for block in re.split(r"\n\s*\n", doc) if block)


def _block(block: str, anchors: Mapping[str, str], owner: str) -> str:
    if block.startswith(">>>"):
        return f"```pycon\n{block}\n```"
    terms = re.findall(r"^(``\S.*)\n((?:    .*\n?)+)", block, re.MULTILINE)
    if terms:
        block = "\n".join(f"- {term}: {' '.join(textwrap.dedent(words).split())}" for term, words in terms)

    def linked(match: re.Match[str]) -> str:
        name = match[2].rpartition(".")[2] if match[1] else match[2]
        for key in (f"{owner}.{match[2]}", ".".join(match[2].split(".")[-2:]), match[2].rpartition(".")[2]):
            if key in anchors:
                return f"[`{name}`](#{anchors[key]})"
        return f"`{name}`"

    return re.sub(r"``(.+?)``", r"`\1`", _ROLE.sub(linked, block), flags=re.DOTALL)


if __name__ == "__main__":
    print(page(), end="")
