"""The command. One file for each kind of user; what it knows of policies and ledgers it asks the library."""

from __future__ import annotations

import gc
import os
import sys

__all__ = ["main"]


def main() -> None:
    """Run ``remit`` with the words of the command line, and leave with its exit code.

    It leaves at once, without the interpreter's taking itself apart, which would take an eighth of the time of an answer. What
    must be kept has been written and flushed by then: a ledger's records are durable when they are acknowledged.
    """
    # Loading the program makes many objects and no garbage: looking for it now and then would take a twentieth of an answer.
    gc.set_threshold(100_000)
    try:
        from remit.cli.app import run
    except ModuleNotFoundError as error:
        sys.exit(f"remit: {error.name} is not installed here\n  help: python -m pip install .")

    code = run(sys.argv[1:])
    sys.stderr.flush()
    os._exit(code)
