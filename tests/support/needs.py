"""What some tests need that no package of Python brings: said where it is missing, and installed by ``.ci/run``."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

__all__ = ["PACKAGES", "needs"]

#: Programs, each named as the package that it comes in.
PACKAGES = (Path(__file__).parents[2] / ".ci" / "packages").read_text(encoding="utf-8").split()


def needs(program: str) -> pytest.MarkDecorator:
    """Mark a test that runs ``program``: it is skipped, and says why, where there is none. In CI that fails.

    >>> needs("git").kwargs["reason"]
    'needs git: apt-get install git'
    """
    assert program in PACKAGES, f"add {program} to .ci/packages, so that CI has it"
    return pytest.mark.skipif(shutil.which(program) is None, reason=f"needs {program}: apt-get install {program}")
