"""One layout: golden examples; nothing that is said ever changes, whatever the layout was before."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from remit.authoring.formatting.formatted_files import format_file, format_text
from remit.errors import PolicyError
from remit.policy.loader import inspect_model, read_model
from support import small_policy
from support.golden import CASES, same_as
from support.mangle import Mangler
from support.policies import policies
from support.trials import trials

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = sorted((CASES / "fmt").glob("*.before.yaml"))


@pytest.mark.parametrize("before", EXAMPLES, ids=lambda path: path.name.removesuffix(".before.yaml"))
def test_examples(before: Path) -> None:
    out = format_text(before.read_text(encoding="utf-8"), before.name)
    same_as(f"fmt/{before.name.replace('.before.', '.after.')}", out)
    assert format_text(out) == out


@pytest.mark.parametrize("path", sorted((ROOT / "rules").glob("*.yaml")), ids=lambda path: path.stem)
def test_the_policies_that_are_shipped_are_in_the_layout(path: Path) -> None:
    found = format_file(path)
    assert found.after == found.before, f"run `remit fmt {path.name}`"


def mangled(data: dict[str, object], seed: int) -> tuple[str, list[str]]:
    mangler = Mangler(random.Random(seed).randrange)
    text = mangler.text(data)
    # The comments as they stand in the text: parts are made in another order than they are put in.
    return text, sorted(mangler.comments, key=text.index)


def check_all(data: dict[str, object], seed: int) -> None:
    text, comments = mangled(data, seed)
    out = format_text(text)
    assert format_text(out) == out
    assert read_model(out) == replace(read_model(text), digest=read_model(out).digest)
    assert re.findall(r"# ?note \d+", out) == [re.match(r"# ?note \d+", each)[0] for each in comments]  # type: ignore[index]
    assert "\t" not in out
    assert not re.search(r"[ \t]$", out, re.MULTILINE)
    assert "\n\n\n" not in out
    assert out.endswith("\n")


@trials(150)
@given(small_policy.policies(), st.integers(0, 2**32))
def test_small_policies_in_any_layout(policy: dict[str, object], seed: int) -> None:
    check_all(yaml.safe_load(small_policy.text_of(policy)), seed)


def check_meaning(text: str) -> None:
    """The same policy, or the same mistakes in it."""
    out = format_text(text)
    assert format_text(out) == out
    (before, problems), (after, same) = inspect_model(text), inspect_model(out)
    assert sorted(each.code for each in problems) == sorted(each.code for each in same)
    if before is not None:
        assert after is not None
        assert replace(before, digest=after.digest) == after


@trials(40)
@given(policies())
def test_policies_as_they_are(text: str) -> None:
    check_meaning(text)


@trials(40)
@given(policies(), st.integers(0, 2**32))
def test_large_policies_in_any_layout(text: str, seed: int) -> None:
    check_meaning(Mangler(random.Random(seed).randrange).text(yaml.safe_load(text)))


@pytest.mark.parametrize("seed", range(20))
def test_shipped_policies_without_their_layout(seed: int) -> None:
    """Indentation is multiplied, spaces doubled around nothing that matters, columns undone: the layout comes back."""
    paths = sorted((ROOT / "rules").glob("*.yaml"))
    path = paths[seed % len(paths)]
    text = path.read_text(encoding="utf-8")
    chaos = random.Random(seed)

    def worse(line: str) -> str:
        indent = len(line) - len(line.lstrip(" "))
        line = " " * (indent * 2) + re.sub("^- ", "-   ", line.lstrip(" "))
        if not line.lstrip().startswith("#"):
            line = re.sub(r" {2,}(?=#)", "  ", line)
            line = re.sub(r"(?<=\S:) +(?=[{\[])", " " * chaos.randint(1, 4), line)
        return line + " " * chaos.randint(0, 2)

    again = "\n".join(worse(line) for line in text.split("\n"))
    assert format_text(again) == text


def test_line_ends_and_byte_order_marks_go() -> None:
    text = (ROOT / "rules" / "hotel-guest-recovery.yaml").read_text(encoding="utf-8")
    assert format_text("\ufeff" + text.replace("\n", "\r\n")) == text


def test_what_cannot_be_read_is_not_laid_out() -> None:
    with pytest.raises(PolicyError) as told:
        format_text("policy: [a\ntitle: b\n")
    assert told.value.problems[0].code.startswith("yaml/")
