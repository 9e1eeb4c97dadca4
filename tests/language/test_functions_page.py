"""docs/functions.md is what the tables of the functions say."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from remit.language.builtins import BUILTINS
from support.functions_doc import page

_PAGE: Final = Path(__file__).parents[2] / "docs" / "functions.md"


def test_the_page_is_in_step_with_the_tables() -> None:
    assert _PAGE.read_text(encoding="utf-8") == page(), "run: python tests/support/functions_doc.py > docs/functions.md"


def test_every_function_is_on_the_page_with_an_example() -> None:
    rows = {line for line in page().splitlines() if line.startswith("| `")}
    for name, builtin in BUILTINS.items():
        row = next(row for row in rows if row.startswith(f"| `{name}("))
        assert builtin.summary in row
        assert "` = `" in row
