"""The command. One file for each kind of user; what it knows of policies and ledgers it asks the library."""

from __future__ import annotations

import sys

__all__ = ["main"]


def main() -> None:
    """Run ``remit`` with the words of the command line, and leave with its exit code."""
    from remit.cli.app import run

    sys.exit(run(sys.argv[1:]))
