"""A solver that fails in any way never yields a proof, and leaves no process behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from queue import Queue
from threading import Thread
from typing import Any

import pytest

from remit.authoring.proving import question
from remit.authoring.proving.proof_result import ProofResult
from remit.authoring.proving.proof_run import prove
from remit.deciding.loading import loads
from remit.readings.smt import solver
from remit.readings.smt.solver import Solver, SolverFailure
from support.command import environment, until

POLICY = """
policy: desk
title: Desk
version: "1"
owner: us
currency: EUR
ladder: [clerk, boss]
facts:
  nights: {type: integer, min: 0, max: 9}
  rate: {type: money, min: 0 EUR, max: 500 EUR}
remedies:
  credit: {type: money, title: Credit}
rules:
  - {id: some, because: A small thing, may: {credit: "min(rate * nights, 100 EUR)"}}
promises:
  - {id: small, always: 'nights > 2 or limit.credit.clerk <= rate * 2'}
"""
#: No whole numbers meet it, which takes longer to find than anybody waits.
HARD = """
(declare-fun x () Int) (declare-fun y () Int) (declare-fun z () Int)
(assert (= (+ (* x x x) (* y y y) (* z z z)) 114))
(assert (> x 1000000)) (assert (< y (- 1000000)))
"""
HARD_POLICY = POLICY.replace(
    "  nights:", "".join(f"  n{each}: {{type: integer, min: 2, max: 100000}}\n" for each in range(6)) + "  nights:"
).replace("min(rate * nights, 100 EUR)", "if n0 * n1 * n2 = n3 * n4 * n5 * n5 + 7 then 1000 EUR else 0 EUR")

#: What a false solver does with each of its questions, as Python: ``told`` is the question, ``say`` prints at once. ``mark``
#: ends an answer.
FALSE = {
    "it ends at once": "sys.exit(0)",
    "it ends with an error": "sys.exit('out of memory')",
    "it ends without an answer": "say(mark)",
    "it is killed": "os.kill(os.getpid(), 9)",
    "it is killed after half a word": "say('uns'); os.kill(os.getpid(), 9)",
    "it ends before the answer is whole": "say('unsat\\n'); sys.exit(0)",
    "it answers without an end": "say('unsat\\n')",
    "the answer runs into its end": "say('unsat' + mark)",
    "it changes its mind": "say('unsat\\nsat\\n' + mark)",
    "it repeats itself": "say('unsat\\nunsat\\n' + mark)",
    "it knows another word": "say('unsatisfiable\\n' + mark)",
    "it answers loudly": "say('UNSAT\\n' + mark)",
    "an error comes first": "say('(error \"line 3: unknown constant\")\\nunsat\\n' + mark)",
    "an error comes last": "say('unsat\\n(error \"canceled\")\\n' + mark)",
    "it says no text": "sys.stdout.buffer.write(b'\\xff\\xfeunsat\\n' + mark.encode()); sys.stdout.flush()",
    "it never answers": "pass",
    "a case has no values": "say(('sat\\n' if 'check-sat' in told else '()\\n') + mark)",
    "a case has half its values": "say(('sat\\n' if 'check-sat' in told else '((rate 5\\n') + mark)",
    "a case has no numbers": "say(('sat\\n' if 'check-sat' in told else '((rate (/ 1 2)) (nights x))\\n') + mark)",
    "it does not know": "say('unknown\\n' + mark)",
    "it is out of time": "say('timeout\\n' + mark)",
}
SOLVER = """
import os, sys
mark = "remit-answer-ends\\n"
def say(text):
    sys.stdout.write(text)
    sys.stdout.flush()
told = ""
for line in sys.stdin:
    told += line
    if "echo" in line:
        {does}
        told = ""
"""


def falsely(monkeypatch: pytest.MonkeyPatch, does: str) -> None:
    command = [sys.executable, "-c", SOLVER.format(does=does)]
    monkeypatch.setattr(solver, "solver_command", lambda: command)


class Watched(Solver):
    """Tells which process it started."""

    started: Queue[int]

    def __init__(self, seconds: float, command: Sequence[str] | None = None, options: Sequence[str] = ()) -> None:
        super().__init__(seconds, command, options)
        self.started.put(self._process.pid)


@pytest.fixture
def started(monkeypatch: pytest.MonkeyPatch) -> Queue[int]:
    """The processes that were started for questions."""
    Watched.started = Queue()
    monkeypatch.setattr(question, "Solver", Watched)
    return Watched.started


def promised(text: str, seconds: float) -> ProofResult:
    found, *_ = prove(loads(text).model, ["promise"], seconds=seconds)
    return found[0]


def test_the_promise_holds() -> None:
    assert promised(POLICY, 60).verdict == "proved"


@pytest.mark.parametrize("name", FALSE)
def test_what_a_false_solver_says_is_no_proof(name: str, monkeypatch: pytest.MonkeyPatch, started: Queue[int]) -> None:
    falsely(monkeypatch, FALSE[name])
    waits = name in ("it never answers", "it answers without an end", "the answer runs into its end")
    result = promised(POLICY, 1 if waits else 60)
    assert result.verdict == "open"
    assert "not proved: " in result.told[0]
    assert started.qsize() > 0
    while not started.empty():
        assert not lives(started.get())


def test_a_case_that_the_definition_does_not_confirm_is_a_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    falsely(monkeypatch, "say(('sat\\n' if 'check-sat' in told else '((|$rate| 100) (|$nights| 1))\\n') + mark)")
    with pytest.raises(question.Disagreement) as raised:
        promised(POLICY, 60)
    assert "(declare-fun |$rate| () Int)" in raised.value.script


def test_a_true_answer_of_a_false_solver_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the others say differs from this in what they say alone."""
    falsely(monkeypatch, "say('unsat\\n' + mark)")
    assert promised(POLICY, 60).verdict == "proved"


def test_a_solver_that_is_killed_at_work_is_no_proof(started: Queue[int]) -> None:
    killer = Thread(target=lambda: os.kill(started.get(), signal.SIGKILL))
    killer.start()
    result = promised(HARD_POLICY, 600)
    killer.join()
    assert result.verdict == "open"
    assert "ended" in result.told[0]


def test_a_hard_question_ends_with_its_time(started: Queue[int]) -> None:
    result = promised(HARD_POLICY, 0.5)
    assert (result.verdict, result.told) == ("open", ("not proved: no answer in 0.5 s",))
    assert started.qsize() > 1  # it was tried in more than one way
    while not started.empty():
        assert not lives(started.get())


def test_a_question_without_luck_is_begun_anew(monkeypatch: pytest.MonkeyPatch, started: Queue[int]) -> None:
    falsely(monkeypatch, "'smt.random_seed=3' in sys.argv and say('unsat\\n' + mark)")
    assert promised(POLICY, 10).verdict == "proved"
    assert started.qsize() == 4


def test_a_process_ends_with_the_block_that_used_it() -> None:
    with pytest.raises(SolverFailure) as raised, Solver(0.5) as used:
        used.check(HARD)
    assert raised.value.timed_out
    assert not lives(used._process.pid)


def test_ctrl_c_ends_the_solver(tmp_path: Path) -> None:
    note = tmp_path / "started"
    false = SOLVER.format(does=f"open({str(note)!r}, 'w').write(str(os.getpid()) + ' ')")
    (tmp_path / "policy.yaml").write_text(POLICY)
    program = f"""
import signal, sys
signal.signal(signal.SIGINT, signal.default_int_handler)
from remit.readings.smt import solver
solver.solver_command = lambda: [sys.executable, "-c", {false!r}]
from remit.cli import main
sys.argv = ["remit", "prove", "--seconds", "600", "--again", {str(tmp_path / "policy.yaml")!r}]
main()
"""
    apart: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment(tmp_path)}
    with subprocess.Popen([sys.executable, "-c", program], **apart) as proving:
        until(lambda: proving.poll() is not None or (note.exists() and note.read_text().endswith(" ")))
        number = int(note.read_text())
        assert lives(number)
        proving.send_signal(signal.SIGINT)
        proving.communicate()
    assert proving.returncode != 0
    assert not lives(number)


def test_the_question_that_shows_a_fault_is_kept(tmp_path: Path) -> None:
    false = SOLVER.format(does="say(('sat\\n' if 'check-sat' in told else '((|$rate| 100) (|$nights| 1))\\n') + mark)")
    (tmp_path / "policy.yaml").write_text(POLICY)
    program = f"""
import sys
from remit.readings.smt import solver
solver.solver_command = lambda: [sys.executable, "-c", {false!r}]
from remit.cli import main
sys.argv = ["remit", "prove", "--only", "promise", {str(tmp_path / "policy.yaml")!r}]
main()
"""
    home = environment(tmp_path, XDG_CACHE_HOME=str(tmp_path / "cache"))
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, env=home, check=False)
    (kept,) = (tmp_path / "cache" / "remit" / "proofs").glob("fault-*.smt2")
    assert "(declare-fun |$rate| () Int)" in kept.read_text()
    assert (done.returncode, f"is in `{kept}`" in done.stderr) == (1, True), done.stderr


def lives(number: int) -> bool:
    """Whether there is such a process."""
    try:
        os.kill(number, 0)
    except ProcessLookupError:
        return False
    return True


def test_a_solver_gives_up_without_its_parent(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is killed cannot kill what it started, which then must end by itself."""
    seen: list[Any] = []
    real = subprocess.Popen

    def noted(command: list[str], **how: Any) -> Any:
        seen.append(command)
        return real(command, **how)

    monkeypatch.setattr(solver.subprocess, "Popen", noted)  # type: ignore[attr-defined]
    with Solver(2.5) as used:
        assert used.check("(declare-fun p () Bool)\n(assert p)") == "sat"
    assert "-T:4" in seen[0]
