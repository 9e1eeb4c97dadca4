"""The counter does not wait: an answer loads nothing that it does not need."""

import subprocess
import sys

import pytest

from support.command import ROOT, environment

#: What only authors, tables on a terminal, big data or other stores need.
HEAVY = (
    "yaml",
    "rich",
    "jsonschema",
    "psycopg",
    "pyarrow",
    "textwrap",
    "difflib",
    "importlib.resources",
    "remit.language.parser",
    "remit.language.lexer",
    "remit.language.checker",
    "remit.policy.loader",
    "remit.policy.reading",
    "remit.core.lowering.lowering",
    "remit.core.lowering.lowered",
    "remit.readings.code",
    "remit.deciding.compiled",
    "remit.authoring",
    "remit.ledger.stores.postgres",
)

RUN = """
import sys
from remit.cli.app import run
code = run(sys.argv[1:])
print(code, *sorted(sys.modules), file=sys.stderr)
"""


def loaded(home, *args):
    env = environment(home, XDG_CACHE_HOME=str(home / ".cache"))
    done = subprocess.run([sys.executable, "-c", RUN, *args], env=env, capture_output=True, text=True, cwd=ROOT, check=True)
    code, *modules = done.stderr.splitlines()[-1].split()
    return int(code), set(modules)


def test_an_answer_loads_nothing_heavy(home):
    ask = ["ask", "hotel-guest-recovery", "--fact", "incident.kind=noise", "--fact", "incident.severity=3"]
    assert loaded(home, *ask)[0] == 6  # reads the policy, and keeps it
    code, modules = loaded(home, *ask)
    assert code == 6
    assert not modules.intersection(HEAVY)


COMMANDS = [
    ("me",),
    ("customer", "--fact", "guest.id=g-1"),
    ("tasks",),
    ("why", "1"),
    ("void", "9", "--reason", "No."),
]


@pytest.mark.parametrize("command", COMMANDS)
def test_english_needs_no_catalogue(home, command):
    grant = ["grant", "hotel-guest-recovery", "--fact", "incident.kind=noise", "--fact", "incident.severity=3"]
    grant += ["--fact", "guest.id=g-1", "--fact", "stay.id=s-1", "--give", "credit=5EUR", "--role", "associate"]
    assert "babel" not in loaded(home, *grant)[1]
    modules = loaded(home, *command)[1]
    assert "babel" not in modules
    assert "remit.cli.review.tasks.task_queue" not in modules
    assert "babel" in loaded(home, "me", "--language", "de")[1]


def test_a_policy_that_changed_is_read_anew(home, tmp_path):
    policy = tmp_path / "policy.yaml"
    text = (ROOT / "rules" / "hotel-guest-recovery.yaml").read_text()
    ask = ["ask", str(policy), "--no-ledger", "--fact", "incident.kind=noise", "--fact", "incident.severity=3"]
    policy.write_text(text)
    assert "yaml" in loaded(home, *ask)[1]
    assert "yaml" not in loaded(home, *ask)[1]
    policy.write_text(text.replace("30 EUR", "31 EUR"))
    assert "yaml" in loaded(home, *ask)[1]


def test_a_spoilt_cache_is_no_harm(home, tmp_path):
    ask = ["ask", "hotel-guest-recovery", "--no-ledger", "--fact", "incident.kind=injury"]
    assert loaded(home, *ask)[0] == 3
    entries = list((home / ".cache" / "remit").iterdir())
    assert [each.suffix for each in entries] == [".model"]
    entries[0].write_bytes(b"\x80\x05spoilt")
    assert loaded(home, *ask)[0] == 3
    (home / ".cache" / "remit").chmod(0o777)  # others could write there: not read, not written
    code, modules = loaded(home, *ask)
    assert code == 3
    assert "yaml" in modules
