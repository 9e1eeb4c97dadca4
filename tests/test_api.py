"""The API reference is what the docstrings say, and the docstrings say what a caller needs and show what is so."""

from __future__ import annotations

import ast
import doctest
import inspect
import re
import textwrap
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pytest

import remit
from remit import errors
from support.api_doc import SECTIONS, Public, attributes, page, public

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "engine"
PUBLIC = [pytest.param(each, id=each.title) for _, each in public()]
CALLS = [case for case in PUBLIC if inspect.isfunction(inspect.unwrap(case.values[0].value))]
CLASSES = [case for case in PUBLIC if isinstance(case.values[0].value, type)]
SHOWN = [path for path in sorted(ENGINE.rglob("*.py")) if ">>> " in path.read_text(encoding="utf-8")]


def test_the_page_is_in_step_with_the_docstrings() -> None:
    assert (ROOT / "docs" / "api.md").read_text(encoding="utf-8") == page(), (
        "run: python tests/support/api_doc.py > docs/api.md"
    )


def test_the_page_has_every_public_name() -> None:
    values = [each.value for _, each in public()]
    assert not [name for name in remit.__all__ if name not in ("__version__", "feel") and getattr(remit, name) not in values]
    assert {getattr(module, name) for module, names in SECTIONS.values() for name in names} <= set(values)


def test_the_page_is_markdown_whose_links_lead_somewhere() -> None:
    text = page()
    anchors = {re.sub(r"[^\w-]", "", heading.lower()) for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}
    assert not set(re.findall(r"\]\(#([^)]+)\)", text)) - anchors
    assert not re.findall(r":(?:class|meth|func|mod):|<function|0x", text)
    assert "``" not in re.sub(r"^```\w*$", "", text, flags=re.MULTILINE)


def owner_doc(each: Public) -> str:
    return inspect.getdoc(each.owner) or "" if each.owner else ""


@pytest.mark.parametrize("each", PUBLIC)
def test_every_public_name_says_what_it_is(each: Public) -> None:
    name = each.title.rpartition(".")[2]
    assert each.doc.split("\n\n")[0].endswith((".", ":")) or f"``{name}``" in owner_doc(each)


@pytest.mark.parametrize("each", CLASSES)
def test_every_attribute_is_described(each: Public) -> None:
    unsaid = [name for name, _ in attributes(each.value) if f"``{name}``" not in each.doc and "See :class:" not in each.doc]
    assert not unsaid


@pytest.mark.parametrize("each", CALLS)
def test_every_argument_but_what_it_is_about_is_described(each: Public) -> None:
    names = [name for name in inspect.signature(each.value).parameters if name not in ("self", "cls")][1:]
    said = each.doc + owner_doc(each)
    assert not [name for name in names if f"``{name}``" not in said]


@pytest.mark.parametrize("each", CALLS)
def test_every_error_that_a_call_raises_itself_is_named(each: Public) -> None:
    tree = ast.parse(textwrap.dedent(inspect.getsource(inspect.unwrap(each.value))))
    assert not [name for name in raised(tree) if name in (*errors.__all__, "ValueError", "TypeError") and name not in each.doc]


def raised(node: ast.AST) -> Iterator[str]:
    """The errors of the `raise` statements below, but for those that a `try` around them turns into others."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Raise) and isinstance(child.exc, ast.Call):
            yield ast.unparse(child.exc.func)
        elif not isinstance(node, ast.Try) or child not in node.body:
            yield from raised(child)


@pytest.mark.parametrize("path", [pytest.param(path, id=path.relative_to(ENGINE).as_posix()) for path in SHOWN])
def test_what_docstrings_show_is_so(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    module = import_module(".".join(path.relative_to(ENGINE).with_suffix("").parts).removesuffix(".__init__"))
    assert doctest.testmod(module).failed == 0
