"""The hook for tasks on the command line: real commands, a real server on this machine, and what happens when they fail."""

import json
import sys
import threading
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

import remit
from support.command import run, until
from support.desk import desk, request

HOTEL = "hotel-guest-recovery"
FACTS = ("incident.kind=injury", "guest.id=g-77", "stay.id=stay-9")
SENT = ("grant", HOTEL, *(word for fact in FACTS for word in ("--fact", fact)), "--employee", "e-17", "--case", "C-55")
SENT = (*SENT, "--give", "credit=23EUR", "--send-up")
ON_RECORD = "Sent up, and on record as number 1"


class Webhook:
    """A server that keeps what was posted, and answers as it was told."""

    def __init__(self, code=204, headers=(), hangs=False):
        self.got, self.paths, self.free = [], [], threading.Event()
        kept = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self):
                kept.paths.append(self.path)
                kept.got.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
                if hangs:
                    kept.free.wait(60)
                    return
                self.send_response(code)
                for name, value in headers:
                    self.send_header(name, value)
                self.end_headers()

            do_GET = do_POST  # noqa: N815 - as the server wants it

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.address = f"http://127.0.0.1:{self.server.server_address[1]}"

    def __enter__(self):
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_):
        self.free.set()
        self.server.shutdown()
        self.server.server_close()


def program(home, text):
    path = home / "hook.py"
    path.write_text(text)
    return f"{sys.executable} {path}"


def keeper(home):
    """A command that keeps what it gets."""
    kept = home / "kept.json"
    return kept, program(home, f"import sys; open({str(kept)!r}, 'a').write(sys.stdin.read() + chr(10)); print('noise')")


def test_a_command_gets_the_task_and_a_link_and_no_fact(home):
    kept, command = keeper(home)
    link = "https://desk.example/tasks/{number}?id={id}"
    done = run(home, *SENT, env={"REMIT_TASK_HOOK": command, "REMIT_TASK_LINK": link})
    assert (done.code, done.err) == (3, "")
    assert ON_RECORD in done.out
    assert "noise" not in done.out
    told = json.loads(kept.read_text())
    record = json.loads(run(home, "log", "--json").out)
    assert told == {
        "event": "task",
        "id": record["id"],
        "number": 1,
        "policy": HOTEL,
        "to": "duty_manager",
        "since": told["since"],
        "due": None,
        "ledger": record["ledger"],
        "ledger_name": told["ledger_name"],
        "link": f"https://desk.example/tasks/1?id={record['id']}",
    }
    plain = kept.read_text().replace(record["id"], "").replace(record["ledger"], "").replace(told["ledger_name"], "")
    plain = plain.replace(told["since"], "")
    assert [word for word in ("g-77", "stay-9", "23", "C-55", "e-17", "injury", "credit") if word in plain] == []


def test_a_webhook_gets_the_same(home):
    with Webhook() as webhook:
        done = run(home, *SENT, env={"REMIT_TASK_WEBHOOK": f"{webhook.address}/hooks/secret"})
        assert (done.code, done.err) == (3, "")
        assert webhook.paths == ["/hooks/secret"]
        assert (webhook.got[0]["number"], webhook.got[0]["link"]) == (1, "remit tasks 1")


def test_nothing_is_said_of_what_is_no_task(home):
    kept, command = keeper(home)
    easy = ("--fact", "incident.severity=2", "--fact", "guest.id=g-1", "--fact", "stay.id=s-1", "--give", "late_checkout")
    given = run(home, "grant", HOTEL, "--fact", "incident.kind=noise", *easy, "--send-up", env={"REMIT_TASK_HOOK": command})
    assert given.code == 0, given
    assert not kept.exists()


@pytest.mark.parametrize(
    ("code", "headers", "said"),
    [
        (404, (), "the webhook at 127.0.0.1 answered 404"),
        (302, (("Location", "/elsewhere"),), "the webhook at 127.0.0.1 answered 302"),
    ],
)
def test_a_webhook_that_refuses_is_told_without_its_address(home, code, headers, said):
    with Webhook(code, headers) as webhook:
        done = run(home, *SENT, env={"REMIT_TASK_WEBHOOK": f"{webhook.address}/hooks/secret"})
        assert webhook.paths == ["/hooks/secret"]
    assert (done.code, ON_RECORD in done.out) == (3, True)
    assert done.err == f"Task 1 is on record, but {said}. Tell the approver yourself.\n"


@pytest.mark.parametrize(
    "address",
    ["http://hooks.example/secret", "ftp://hooks.example/secret", "secret", "https://", "http://[secret", "file:///secret"],
)
def test_an_address_that_is_not_safe_is_not_used(home, address):
    done = run(home, *SENT, env={"REMIT_TASK_WEBHOOK": address})
    assert (done.code, ON_RECORD in done.out) == (3, True)
    assert "REMIT_TASK_WEBHOOK is not an https address (http is for localhost only), so nothing was sent" in done.err
    assert "secret" not in done.err


def test_a_webhook_that_is_not_there(home):
    with Webhook() as gone:
        address = gone.address
    done = run(home, *SENT, env={"REMIT_TASK_WEBHOOK": f"{address}/secret"})
    assert (done.code, ON_RECORD in done.out) == (3, True)
    assert "the webhook at 127.0.0.1 cannot be reached: Connection refused" in done.err
    assert "secret" not in done.err


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("/no/such/program --token secret", "`program`, cannot be run: No such file or directory"),
        ("sh -c 'exit 7' secret", "`sh`, exited with 7"),
        ("sh -c 'secret", "has a quote that is not closed"),
    ],
)
def test_a_command_that_fails_is_told_without_its_arguments(home, command, said):
    done = run(home, *SENT, env={"REMIT_TASK_HOOK": command})
    assert (done.code, ON_RECORD in done.out) == (3, True)
    assert said in done.err
    assert done.err.endswith("Tell the approver yourself.\n")
    assert "secret" not in done.err
    assert len(run(home, "tasks", "--json").out.splitlines()) == 1


def test_a_command_that_does_not_read_what_it_gets_is_no_failure(home):
    assert run(home, *SENT, env={"REMIT_TASK_HOOK": "true"}).err == ""


@pytest.mark.slow
def test_what_hangs_is_left_behind(home):
    with Webhook(hangs=True) as webhook:
        done = run(home, *SENT, env={"REMIT_TASK_WEBHOOK": webhook.address})
        assert "the webhook at 127.0.0.1 did not answer within 4 seconds" in done.err
    assert (done.code, ON_RECORD in done.out) == (3, True)
    pid = home / "pid"
    command = program(
        home, f"import subprocess, time; subprocess.Popen(['sh', '-c', 'echo $$ > {pid}; exec sleep 60']); time.sleep(60)"
    )
    done = run(home, *SENT, env={"REMIT_TASK_HOOK": command})
    assert "was stopped after 4 seconds" in done.err
    assert (done.code, ON_RECORD in done.out.replace("number 2", "number 1")) == (3, True)
    started = Path("/proc", pid.read_text().strip(), "cmdline")
    until(lambda: not (started.exists() and started.read_bytes()), 20)  # what it had started is stopped, too


def test_a_task_that_becomes_overdue_is_told_too(home):
    within = '\napprovals:\n  - {when: "asked.credit > 100 EUR", within: 4 hours}\n'
    policy, then = remit.loads(desk().model.text + within), datetime.now(UTC) - timedelta(hours=5)
    with remit.open_ledger(home / "desk.db", clock=lambda: then) as opened:
        task = opened.escalate(policy, request("120 EUR"))
    kept, command = keeper(home)
    file = home / "desk.yaml"
    file.write_text(policy.model.text)
    give = ("--fact", "guest.id=g-9", "--give", "late", "--role", "associate", "--ledger", str(home / "desk.db"))
    assert run(home, "grant", str(file), *give, env={"REMIT_TASK_HOOK": command}).code == 0
    (told,) = [json.loads(line) for line in kept.read_text().splitlines()]
    assert (told["event"], told["id"], told["to"]) == ("overdue", task.id, "manager")
