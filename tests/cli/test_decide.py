"""``remit decide``: many requests in, decisions out, whatever stands between them."""

import json
import os
import subprocess
import time
from pathlib import Path

import pytest

from support.command import REMIT, Terminal, environment, run, until

HOTEL = "hotel-guest-recovery"


def request(**more):
    return {
        "employee": {"id": "e-17", "role": "associate"},
        "asked": {"credit": "25 EUR"},
        "facts": {"incident": {"kind": "noise", "severity": 3}, "guest.recoveries": 0},
        "occurred": "2026-07-01",
        **more,
    }


def lines(*requests):
    return "".join(json.dumps(each) + "\n" for each in requests)


def outcomes(done):
    return [each.get("outcome", "error") for each in map(json.loads, done.out.splitlines())]


def test_decisions_come_out_in_the_order_of_the_requests(home):
    amounts = [25, 90, 5, 31, 30]
    done = run(home, "decide", HOTEL, stdin=lines(*(request(asked={"credit": f"{each} EUR"}) for each in amounts)))
    assert outcomes(done) == ["grant", "escalate", "grant", "escalate", "grant"]
    assert [json.loads(line)["asked"]["credit"] for line in done.out.splitlines()] == [f"{each} EUR" for each in amounts]
    assert (done.code, done.err) == (0, "")


def test_a_bad_line_gets_an_error_line_with_its_number_and_the_run_goes_on(home):
    text = "\n".join(
        (
            json.dumps(request()),
            "{not json",
            "",
            json.dumps(request(asked={"credid": "5 EUR"}, occured="2026-07-01")),
            "[1, 2]",
            '{"asked": {"credit": "1 EUR", "credit": "500 EUR"}}',
            '{"employee": NaN}',
            json.dumps(request(asked={"credit": 12.5})),
            json.dumps(request()),
        )
    )
    done = run(home, "decide", HOTEL, stdin=text)
    assert done.code == 4
    found = [json.loads(line) for line in done.out.splitlines()]
    assert [each["error"]["line"] for each in found if "error" in each] == [2, 4, 5, 6, 7, 8]
    assert outcomes(done)[0] == outcomes(done)[-1] == "grant"
    by_line = {each["error"]["line"]: each["error"]["problems"] for each in found if "error" in each}
    assert "not JSON" in by_line[2][0]["message"]
    assert {problem["path"] for problem in by_line[4]} == {"asked.credid", "occured"}
    assert "`credit` is there twice" in by_line[6][0]["message"]
    assert "`NaN` is not a number" in by_line[7][0]["message"]


def test_fractions_stay_exact(home):
    """A number with a fraction is read as it is written, and refused in those very digits, which no float has."""
    digits = "0.1000000000000000000000001"
    assert repr(float(digits)) == "0.1"
    done = run(home, "decide", HOTEL, stdin=f'{{"employee":{{"id":"e","role":"associate"}},"asked":{{"points":{digits}}}}}')
    (problem,) = json.loads(done.out)["error"]["problems"]
    assert f"`{digits}`" in problem["message"]


@pytest.mark.parametrize(("asked", "code"), [({"credit": "25 EUR"}, 0), ({"credit": "90 EUR"}, 3)], ids=["grant", "escalate"])
def test_a_single_request_leaves_with_the_code_of_its_outcome(home, asked, code):
    assert run(home, "decide", HOTEL, stdin=lines(request(asked=asked))).code == code


def test_one_object_over_several_lines(home):
    done = run(home, "decide", HOTEL, stdin=json.dumps(request(), indent=2))
    assert outcomes(done) == ["grant"]


def test_a_list(home):
    done = run(home, "decide", HOTEL, stdin="\n" + json.dumps([request(), {"asked": 3}, request()], indent=1))
    assert outcomes(done) == ["grant", "error", "grant"]
    assert json.loads(done.out.splitlines()[1])["error"]["line"] == 2


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"\n\n",
        b"\xff\xfe{",
        b"{" * 5000,
        b"[" * 100_000,
        b'"a"',
        b"\xef\xbb\xbf[]",
        b'{"a": ' + b"9" * 9000 + b"}",
        b"null",
    ],
    ids=["empty", "blank", "utf-16", "braces", "brackets", "text", "bom", "digits", "null"],
)
def test_nothing_that_comes_in_makes_a_traceback(home, text):
    done = run(home, "decide", HOTEL, stdin=text)
    assert "Traceback" not in done.err
    assert "fault" not in done.err
    assert done.code in (0, 4)
    for line in done.out.splitlines():
        json.loads(line)


def test_a_file_and_a_file_that_is_not_there(home, tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_text(lines(request()))
    assert outcomes(run(home, "decide", HOTEL, str(file))) == ["grant"]
    missing = run(home, "decide", HOTEL, str(tmp_path / "none.jsonl"))
    assert missing.code == 2
    assert "none.jsonl" in missing.err


def test_a_reader_that_has_seen_enough(home, tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_text(lines(*[request()] * 3000))
    process = subprocess.Popen(
        [*REMIT, "decide", HOTEL, str(file)], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment(home)
    )
    assert process.stdout is not None
    assert process.stderr is not None
    assert process.stdout.readline().startswith(b'{"outcome":"grant"')
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(120) == 141


def test_a_summary_at_a_terminal(home, tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_text(lines(*[request(), request(asked={"credit": "90 EUR"})] * 700) + "{\n")
    shell = f"{' '.join(REMIT)} decide {HOTEL} {file} > {tmp_path}/out.jsonl"
    with Terminal(["/bin/sh", "-c", shell], environment(home)) as terminal:
        code, text = terminal.finish()
    assert code == 4
    assert "1,401 requests: 700 escalate, 700 grant, 1 not valid" in text
    assert len((tmp_path / "out.jsonl").read_text().splitlines()) == 1401


def test_progress_is_shown_while_it_takes_long_and_gone_at_the_end(home, tmp_path):
    """Work that is done in half a second shows none: here it takes as long as somebody lets the answers lie."""
    file, answers = tmp_path / "requests.jsonl", tmp_path / "answers"
    file.write_text(lines(*[request()] * 3000))
    os.mkfifo(answers)
    with Terminal(["/bin/sh", "-c", f"{' '.join(REMIT)} decide {HOTEL} {file} > {answers}"], environment(home)) as terminal:
        with answers.open("rb") as reader:
            reader.read(1)
            time.sleep(0.6)
            assert reader.read().count(b"\n") == 3000
        terminal.expect("Decided ")
        terminal.expect("%")
        terminal.finish()
        assert terminal.raw.rstrip().split(b"\r\x1b[K")[-1].startswith(b"3,000 requests: 3,000 grant")


def test_a_program_that_waits_for_each_answer_gets_it(home):
    process = subprocess.Popen(
        [*REMIT, "decide", HOTEL], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment(home)
    )
    assert process.stdin is not None
    assert process.stdout is not None
    for amount, outcome in ((25, "grant"), (90, "escalate")):
        process.stdin.write(lines(request(asked={"credit": f"{amount} EUR"})))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["outcome"] == outcome
    process.stdin.close()
    assert process.wait(120) == 0


def test_several_processes_give_the_same_in_the_same_order(home, tmp_path):
    file = tmp_path / "requests.jsonl"
    each = [lines(request(asked={"credit": f"{number % 60} EUR"}, case=f"C-{number}")) for number in range(2300)]
    each[1700] = "{\n"
    file.write_text("".join(each))
    alone, shared = (run(home, "decide", HOTEL, str(file), "--brief", "--jobs", jobs) for jobs in ("1", "3"))
    assert alone.out == shared.out
    assert alone.code == shared.code == 4
    found = [json.loads(line) for line in shared.out.splitlines()]
    assert found[1700]["error"]["line"] == 1701
    assert found[2299] == {"case": "C-2299", "outcome": "grant"}


def test_ctrl_c_stops_all_of_it_quietly(home, tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_text(lines(*[request()] * 60_000))
    with Terminal(
        ["/bin/sh", "-c", f"{' '.join(REMIT)} decide {HOTEL} {file} --jobs 2 > {tmp_path}/out.jsonl"], environment(home)
    ) as terminal:
        while int(terminal.expect(" requests ").rpartition("Decided ")[2].replace(",", "")) < 2_000:
            pass
        terminal.type("\x03", enter=False)
        terminal.expect("Stopped.")
        _, text = terminal.finish()
    assert "Traceback" not in text


#: Each process says that it begins, and goes on when Ctrl-C was typed.
SLOW_TO_BEGIN = """
import os, pathlib, time
from remit.cli.support import workers
from remit.cli import main

begin, folder = workers._begin, pathlib.Path(__file__).parent

def slowly(first):
    (folder / f"begins-{os.getpid()}").touch()
    while not (folder / "typed").exists():
        time.sleep(0.01)
    begin(first)

workers._begin = slowly
main()
"""


def test_ctrl_c_while_the_processes_begin(home, tmp_path):
    """They do not yet ignore it, and must not die of it: found when the machine was busy."""
    file, program = tmp_path / "requests.jsonl", tmp_path / "slow" / "program.py"
    program.parent.mkdir()
    file.write_text(lines(*[request()] * 20_000))
    program.write_text(SLOW_TO_BEGIN)
    out = tmp_path / "out.jsonl"
    command = f"{REMIT[0]} {program} decide {HOTEL} {file} --jobs 2 > {out}"
    with Terminal(["/bin/sh", "-c", command], environment(home)) as terminal:
        until(lambda: len(list(program.parent.glob("begins-*"))) == 2)
        terminal.type("\x03", enter=False)  # it has reached all of them when this comes back
        (program.parent / "typed").touch()
        terminal.expect("Stopped.")
        _, text = terminal.finish()
    assert "Traceback" not in text


def test_a_killed_run_leaves_no_process_behind(home, tmp_path):
    file = tmp_path / "requests.jsonl"
    file.write_text(lines(*[request()] * 60_000))
    process = subprocess.Popen(
        [*REMIT, "decide", HOTEL, str(file), "--jobs", "2"], stdout=subprocess.PIPE, env=environment(home)
    )
    assert process.stdout is not None
    for _ in range(1300):
        process.stdout.readline()
    process.kill()
    rest = process.stdout.read()  # ends when the last process that could write has gone
    assert rest.count(b"\n") < 58_000


ODD = '{"employee": {"id": "e", "role": "associate"}, "evidence": [{}]}'


@pytest.mark.parametrize("bad", ["[1]", "[not json", '{"employee":', ODD])
def test_a_bad_first_line_takes_nothing_with_it(tmp_path: Path, bad: str) -> None:
    good = '{"employee": {"id": "e", "role": "associate"}, "asked": {"points": 5}}'
    ran = run(tmp_path, "decide", "hotel-guest-recovery", "--brief", stdin=f"{bad}\n{good}\n{good}\n")
    lines = [json.loads(line) for line in ran.out.splitlines()]
    assert [line.get("outcome") for line in lines] == [None, "ask", "ask"]
    assert lines[0]["error"]["line"] == 1
    assert ran.code == 4
