"""The architecture, held by a test: imports point one way, there are no circles, every package is shipped, files stay small."""

from __future__ import annotations

import ast
import configparser
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
ENGINE = ROOT / "engine" / "remit"
LAYERS = ("errors", "language", "policy", "core", "decision", "readings", "deciding", "ledger", "authoring", "review", "cli")
#: Public doors, which stand above the layers that they open.
DOORS = {"remit": "ledger", "remit.feel": "language", "remit.schemas": "errors", "remit.__main__": "cli"}


def modules() -> dict[str, Path]:
    found = {}
    for path in sorted(ENGINE.rglob("*.py")):
        name = ".".join(("remit", *path.relative_to(ENGINE).with_suffix("").parts)).removesuffix(".__init__")
        found[name] = path
    return found


MODULES = modules()


def imports(name: str, *, anywhere: bool) -> Iterator[str]:
    """The modules of remit that ``name`` imports; ``anywhere``: inside functions too, else only when it is loaded."""
    tree = ast.parse(MODULES[name].read_text(encoding="utf-8"))
    nodes = ast.walk(tree) if anywhere else top_level(tree.body)
    for node in nodes:
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names if alias.name.split(".")[0] == "remit")
        elif isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "remit":
            for alias in node.names:
                whole = f"{node.module}.{alias.name}"
                yield whole if whole in MODULES else node.module


def top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        yield node
        if isinstance(node, ast.If | ast.Try):
            yield from top_level([*node.body, *node.orelse])


def layer(name: str) -> str:
    return DOORS.get(name) or name.split(".")[1]


@pytest.mark.parametrize("name", MODULES)
def test_imports_point_up_the_list(name: str) -> None:
    own = layer(name)
    assert own in LAYERS, f"{name} is in no layer; docs/contributing.md has the list"
    for other in imports(name, anywhere=True):
        assert layer(other) in LAYERS[: LAYERS.index(own) + 1], f"{name} imports {other}, which stands below it"


def test_no_two_modules_import_each_other_in_a_circle() -> None:
    graph = {name: set(imports(name, anywhere=False)) - {name} for name in MODULES}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        assert name not in path, " -> ".join((*path[path.index(name) :], name))
        if name not in done:
            for other in graph.get(name, ()):
                visit(other, (*path, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_every_package_is_shipped() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / "setup.cfg")
    listed = set(config["options"]["packages"].split())
    assert listed == {name for name, path in MODULES.items() if path.name == "__init__.py"} | {
        "remit.rules",
        "remit.check_pages",
    }


@pytest.mark.parametrize("name", MODULES)
def test_files_are_one_thing(name: str) -> None:
    assert len(MODULES[name].read_text(encoding="utf-8").splitlines()) <= 350


def test_no_folder_is_a_crowd() -> None:
    folders = Counter(path.parent.relative_to(ENGINE) for path in MODULES.values() if path.name != "__init__.py")
    assert {folder: count for folder, count in folders.items() if count > 15} == {}


def test_one_name_is_one_thing() -> None:
    """No two files, and no two public classes, have the same name."""
    files = Counter(path.name for path in MODULES.values() if path.name != "__init__.py")
    assert [name for name, count in files.items() if count > 1] == []
    classes = Counter(
        node.name
        for path in MODULES.values()
        for node in ast.parse(path.read_text(encoding="utf-8")).body
        if isinstance(node, ast.ClassDef) and not node.name.startswith("_")
    )
    assert [name for name, count in classes.items() if count > 1] == []


def test_every_rule_is_where_the_map_says() -> None:
    """The table in docs/contributing.md: a rule, its one file, and what to look for there."""
    page = (ROOT / "docs" / "contributing.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (.+) \| `(.+\.py)` \| `(\w+)` \|$", page, re.MULTILINE)
    assert len(rows) >= 21
    for rule, file, symbol in rows:
        tree = ast.parse((ENGINE / file).read_text(encoding="utf-8"))
        defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.ClassDef | ast.FunctionDef)}
        assert symbol in defined, f"{rule}: {file} defines no `{symbol}`"


def test_nothing_names_a_machine() -> None:
    """No path of one machine, and no package registry, in anything that is shipped."""
    words = ("/wo" + "rk/", "/ro" + "ot/", "pypi" + ".org", "registry." + "npmjs")
    for path in ROOT.rglob("*"):
        if path.suffix in (".py", ".md", ".yaml", ".cfg", ".toml", ".json", ".html", ".css", ".txt", ".sql"):
            hidden = (part.startswith(".") or part in ("build", "dist") for part in path.relative_to(ROOT).parts[:-1])
            if any(hidden):
                continue
            text = path.read_text(encoding="utf-8", errors="replace")
            assert not [word for word in words if word in text], path
