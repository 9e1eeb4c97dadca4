"""The table of commands: to add one, write a click command in a module here and name it in this table.

A command is imported only when it is called (or when ``--help`` lists them all); what it needs beyond click and the policy it
imports inside its function, so that the counter never waits for the workbench.
"""

from __future__ import annotations

from typing import Final

__all__ = ["COMMANDS", "SECTIONS"]

#: Heading in ``remit --help`` -> command -> where it stands.
SECTIONS: Final[dict[str, dict[str, str]]] = {
    "At the counter": {
        "ask": "remit.cli.staff:ask",
        "grant": "remit.cli.staff:grant",
        "void": "remit.cli.staff:void",
        "why": "remit.cli.staff:why",
        "decide": "remit.cli.batch:decide",
    },
    "For policy authors": {
        "new": "remit.cli.proposals:new",
        "check": "remit.cli.checking:check",
        "fmt": "remit.cli.fmt:fmt",
        "test": "remit.cli.testing:test",
        "cases": "remit.cli.proposals:cases",
        "coverage": "remit.cli.coverage_commands:coverage",
        "mutate": "remit.cli.coverage_commands:mutate",
        "diff": "remit.cli.differing:diff",
        "show": "remit.cli.author:show",
        "feel": "remit.cli.author:feel",
        "calendar": "remit.cli.author:calendar",
        "schema": "remit.cli.author:schema",
    },
    "For reviewers": {
        "log": "remit.cli.reviewer:log",
        "tasks": "remit.cli.reviewer:tasks",
        "approve": "remit.cli.reviewer:approve",
        "decline": "remit.cli.reviewer:decline",
    },
    "The record": {
        "ledger": "remit.cli.ledger_commands:ledger",
    },
    "Your shell": {
        "completion": "remit.cli.completion:completion",
    },
}

COMMANDS: Final[dict[str, str]] = {name: where for section in SECTIONS.values() for name, where in section.items()}
