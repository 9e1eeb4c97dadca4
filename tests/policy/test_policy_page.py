"""The page on policy files is made of the loader's tables, and is up to date."""

from __future__ import annotations

from pathlib import Path

from remit.policy.schema import policy_schema
from support.policy_doc import page

PAGE = Path(__file__).parents[2] / "docs" / "policy-files.md"


def test_the_page_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == page(), "run `python tests/support/policy_doc.py > docs/policy-files.md`"


def test_it_has_every_key_of_every_part() -> None:
    text = page()
    schema = policy_schema()
    for name, part in {"the file": schema, **schema["definitions"]}.items():
        if "properties" not in part:  # a text, not a part
            continue
        section = text.split(f"\n## {name.replace('-', ' ').capitalize()}\n")[1].split("\n## ")[0]
        for key in part["properties"]:
            assert f"| `{key}` |" in section, (name, key)
