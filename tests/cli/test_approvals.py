"""What was sent up and is answered on the command line: with what was missing, by the owner, and by two."""

import json
from pathlib import Path

from remit.deciding.loading import shipped
from support.command import run

HOTEL = "hotel-guest-recovery"
KNOWN = ["--fact", "incident.kind=noise", "--fact", "incident.severity=4", "--fact", "guest.id=g-1", "--fact", "stay.id=s-1"]
STAY = ["--fact", "stay.nightly_rate=120", "--fact", "stay.nights=2", "--case", "C-1"]
SUPERVISOR = ["--role", "supervisor", "--employee", "s-2"]


def give(home, amount, *more):
    return run(home, "grant", HOTEL, *KNOWN, *STAY, "--employee", "e-17", "--give", f"credit={amount}", *more)


def records(home, *options):
    return [json.loads(line) for line in run(home, "log", "--json", *options).out.splitlines()]


def test_what_was_missing_is_said_by_whoever_answers(home):
    injury = ("--fact", "incident.kind=injury", "--give", "credit=25EUR")
    sent = run(home, "grant", HOTEL, *injury, "--employee", "e-17", "--send-up")
    assert sent.code == 3
    assert "Whoever answers must know, too: guest id and stay id. Find it out, and tell them." in sent.out
    shown = " ".join(run(home, "tasks").out.split())
    assert (
        "hotel-guest-recovery; for a duty manager; waiting less than a minute; still to be known: guest id and stay id" in shown
    )
    manager = ("--role", "duty_manager", "--employee", "d-2")
    early = run(home, "approve", "1", *manager)
    assert early.code == 6
    assert "Not approved: d-2 cannot approve it yet: guest.id" in early.out
    wrong = run(home, "approve", "1", *manager, "--fact", "guest.idd=g-1")
    assert (wrong.code, "did you mean `guest.id`?" in wrong.err) == (2, True)
    done = run(
        home, "approve", "1", *manager, "--fact", "guest.id=g-1", "--fact", "stay.id=s-1", "--fact", "incident.severity=3"
    )
    assert done.code == 0, done
    (record,) = records(home, "--kind", "approve")
    assert record["request"]["sources"]["guest.id"] == "stated"
    assert run(home, "tasks").out == ""
    assert [each["kind"] for each in records(home)] == ["escalate", "approve"]


def test_two_must_agree(home):
    policy = home / "large.yaml"
    text = Path(str(shipped(HOTEL))).read_text(encoding="utf-8")
    large, wanted = '"asked.credit > 600 EUR", count: 2, by: duty_manager', '"asked.credit > 60 EUR", count: 2, by: supervisor'
    assert large in text
    policy.write_text(text.replace(large, wanted), encoding="utf-8")
    sent = run(home, "grant", str(policy), *KNOWN, *STAY, "--employee", "e-17", "--give", "credit=90EUR", "--send-up")
    assert sent.code == 3, sent
    assert "2 must agree" in " ".join(run(home, "tasks").out.split())
    assert run(home, "tasks", "--overdue").out == ""
    assert "wanted" in (shown := run(home, "why", "1").out)
    assert "2 must agree" in shown
    first = run(home, "approve", "1", *SUPERVISOR, "--evidence", "note")
    assert first.code == 3
    assert "Agreed, on record as number 2. It is given when 2 have agreed; somebody else must, too." in first.out
    assert "s-2 has agreed" in " ".join(run(home, "tasks").out.split())
    again = run(home, "approve", "1", *SUPERVISOR, "--evidence", "note")
    assert (again.code, "s-2 has agreed already" in again.err) == (4, True)
    second = run(home, "approve", "1", "--role", "supervisor", "--employee", "s-3", "--evidence", "note")
    assert second.code == 0, second
    assert [each["kind"] for each in records(home)] == ["escalate", "agree", "approve"]


def test_who_could_give_it_but_is_not_whom_the_policy_wants(home):
    policy = home / "large.yaml"
    text = Path(str(shipped(HOTEL))).read_text(encoding="utf-8")
    policy.write_text(text.replace("asked.credit > 600 EUR", "asked.credit > 60 EUR"), encoding="utf-8")
    sent = run(home, "grant", str(policy), *KNOWN, *STAY, "--employee", "e-17", "--give", "credit=90EUR", "--send-up")
    assert sent.code == 3, sent
    assert "for a duty manager" in run(home, "tasks").out
    refused = run(home, "approve", "1", *SUPERVISOR, "--evidence", "note")
    assert refused.code == 3
    assert (
        refused.out
        == "Not approved: s-2 cannot approve it: the policy wants a duty manager or above to agree. The task stays open.\n"
    )
    assert run(home, "decline", "1", *SUPERVISOR, "--reason", "No.").code == 4
    assert run(home, "approve", "0", *SUPERVISOR).err.startswith("remit: no record has the id `0`")


def test_the_owner_answers_what_no_role_can(home):
    assert give(home, "900EUR", "--send-up", "--evidence", "note").code == 3
    shown = run(home, "tasks", "--role", "owner:guest-relations").out
    assert "for guest-relations, who own the policy" in shown
    general = ("--role", "general_manager", "--employee", "m-1")
    assert run(home, "approve", "1", *general).code == 3
    owner = ("approve", "1", "--role", "owner:guest-relations", "--employee", "o-1")
    early = run(home, *owner)
    assert "Not approved: o-1 cannot approve it yet: incident_report must be on file. The task stays open." in early.out
    done = run(home, *owner, "--evidence", "incident_report")
    assert done.code == 0, done
    assert "Approved by the owner of the policy: 900 EUR folio credit." in done.out
    assert "Given, and on record as number 2" in done.out
