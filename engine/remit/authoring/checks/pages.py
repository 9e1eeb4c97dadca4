"""The page of each check (``docs/checks/CATEGORY/NAME.md``), as the wheel carries it, and the words of every code."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path

from remit.authoring.checks.catalogue import CHECKS
from remit.language.checking.codes import CODES as LANGUAGE_CODES
from remit.language.parsing.codes import CODES as SYNTAX_CODES
from remit.policy.codes import CODES as POLICY_CODES

__all__ = ["known_codes", "page"]


def known_codes() -> dict[str, str]:
    """Every code that can be told of a policy, with what it says in one line. Those of the checks have a page."""
    return {**SYNTAX_CODES, **LANGUAGE_CODES, **POLICY_CODES, **{check.code: check.summary for check in CHECKS}}


def page(code: str) -> str | None:
    """What there is to say of ``code``: the page of a check, one sentence for an error; ``None`` for what is no code."""
    if any(check.code == code for check in CHECKS):
        return (_folder() / f"{code}.md").read_text(encoding="utf-8")
    words = known_codes().get(code)
    return None if words is None else f"# {code}\n\nAn error: {words}. The policy cannot be used until it is put right.\n"


def _folder() -> Path:
    try:
        return Path(next(iter(import_module("remit.check_pages").__path__)))
    except ModuleNotFoundError:  # a checkout that is not installed
        import remit

        return Path(remit.__file__).resolve().parents[2] / "docs" / "checks"
