"""One person is erased: their values are gone from the files, the chain verifies, and caps still count when they come back."""

from __future__ import annotations

from pathlib import Path

import pytest

import remit
from remit.errors import LedgerUnavailable, NotAllowed, NotFound
from support.desk import MANAGER, SUPERVISOR, Clock, desk, request
from support.ledgers import new_ledger, postgres_server

WHO = {"guest.name": "Ada Lovelace-Byron", "guest.phone": "+31 20 555 0101"}


def test_an_erased_guest_is_gone_and_still_counted(ledger: remit.Ledger) -> None:
    mine = [ledger.grant(desk(), request("50 EUR", guest="g-ada", facts=WHO, story="She told us so.")) for _ in range(2)]
    other = ledger.grant(desk(), request("50 EUR", guest="g-bob", employee="e-2"))
    anchor = ledger.head()
    erased = ledger.erase("guest.id", "g-ada", employee=MANAGER)
    assert erased.body["erased"] == {"fact": "guest.id", "records": [[1, 2]]}
    assert erased.employee == "m-1"
    for entry in mine:
        found = ledger.record(entry.id)
        assert found.opened == {}
        assert {found.facts(reveal=True)[name] for name in ("guest.id", *WHO)} == {"(erased)"}
        assert found.words("story", reveal=True) == "(erased)"
        assert found.text == entry.text
        with pytest.raises(NotAllowed, match="were erased"):
            ledger.redecide(entry.id)
    assert ledger.record(other.id).facts(reveal=True)["guest.id"] == "g-bob"
    assert ledger.verify(anchor, thorough=True).ok
    assert str(ledger.balances(desk(), request(guest="g-ada"))["guest-money"].used) == "100 EUR"
    assert ledger.grant(desk(), request("200 EUR", guest="g-ada", employee="s", role="supervisor", evidence=["note"])).granted
    assert not ledger.grant(desk(), request("1 EUR", guest="g-ada", employee="s", role="supervisor")).granted


def test_words_about_an_erased_guest_go_too(ledger: remit.Ledger) -> None:
    grant = ledger.grant(desk(), request(guest="g-ada"))
    void = ledger.void(grant.id, employee=MANAGER, reason="Ada said it was a mistake.")
    task = ledger.escalate(desk(), request("120 EUR", guest="g-ada"))
    declined = ledger.decline(task.id, employee=SUPERVISOR, reason="Ada has had enough.")
    ledger.erase("guest.id", "g-ada")
    for entry in (void, declined):
        assert ledger.record(entry.id).words("reason", reveal=True) == "(erased)"


def test_who_is_not_there_cannot_be_erased(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request(facts={"stay.id": "s-1"}))
    for fact, value in (("guest.id", "g-9"), ("stay.id", "s-1"), ("nonsense", "g-1")):
        with pytest.raises(NotFound, match=f"no record holds this value of `{fact}`"):
            ledger.erase(fact, value)
    ledger.erase("guest.id", "g-1")
    with pytest.raises(NotFound):
        ledger.erase("guest.id", "g-1")


def test_who_comes_back_after_an_erasure_can_be_erased_again(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request(guest="g-ada"))
    ledger.erase("guest.id", "g-ada")
    ledger.grant(desk(), request(guest="g-ada"))
    assert ledger.erase("guest.id", "g-ada").body["erased"]["records"] == [[3, 3]]


@pytest.mark.slow
def test_many_records_are_erased_at_once(ledger: remit.Ledger) -> None:
    policy = desk("\n  - {id: c, per: stay.id, over: lifetime, max: 9 grants}\n")
    for number in range(1_250):
        ledger.decide(policy, request("1 EUR", guest="g-ada" if number % 5 else "g-bob"))
    erased = ledger.erase("guest.id", "g-ada").body["erased"]["records"]
    assert sum(last - first + 1 for first, last in erased) == 1_000
    assert ledger.erase("guest.id", "g-bob").body["erased"]["records"][0] == [1, 1]


def contents(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


def test_nothing_of_them_is_left_in_the_files(tmp_path: Path) -> None:
    ledger = remit.open_ledger(tmp_path / "remit.db")
    for number in range(40):
        ledger.grant(desk(), request("1 EUR", guest="g-ada-5a1f" if number % 2 else "g-bob", facts=WHO if number % 2 else {}))
    assert b"g-ada-5a1f" in contents(tmp_path)
    ledger.erase("guest.id", "g-ada-5a1f")
    left = contents(tmp_path)  # the database, its WAL and its index, while the ledger is open
    for gone in (b"g-ada-5a1f", b"Lovelace", b"555 0101"):
        assert gone not in left
    assert b"g-bob" in left
    ledger.close()


def test_a_log_without_the_secret_does_not_betray_a_guess(tmp_path: Path) -> None:
    """The name of a series is what the secret makes of the guest: with another secret, the same guest has another name."""
    names = set()
    for number in range(2):
        with remit.open_ledger(tmp_path / f"{number}.db") as ledger:
            entry = ledger.grant(desk(), request(guest="g-ada"))
            names.add((entry.body["charges"][0]["series"], entry.body["apart"]["facts.guest.id"]))
    assert len({series for series, _ in names}) == len({commitment for _, commitment in names}) == 2


def test_a_role_without_the_right_cannot_erase(tmp_path: Path, clock: Clock) -> None:
    ledger = new_ledger("postgres", tmp_path, clock=clock)
    ledger.grant(desk(), request(guest="g-ada"))
    schema = ledger.name.split("schema ")[1].rstrip(")")
    ledger.create_roles(writer=f"{schema}_w", eraser=f"{schema}_e", reader=f"{schema}_r")
    import psycopg

    with psycopg.connect(postgres_server().get_uri(), autocommit=True) as connection:
        for role in "wer":
            connection.execute(f"ALTER ROLE {schema}_{role} LOGIN")  # type: ignore[arg-type]
    opened = {role: remit.open_ledger(as_role(f"{schema}_{role}"), schema=schema, clock=clock) for role in "we"}
    given = opened["w"].grant(desk(), request(guest="g-ada", key="w-1"))
    assert given.granted
    assert opened["w"].review(given.id, verdict="praise", employee=MANAGER, note="Well done.").kind == "review"
    with pytest.raises(NotAllowed, match="permission denied"):
        opened["w"].erase("guest.id", "g-ada")
    assert opened["e"].erase("guest.id", "g-ada").kind == "erase"
    with psycopg.connect(as_role(f"{schema}_w"), options=f"-c search_path={schema}", autocommit=True) as connection:
        for change in ("UPDATE record SET kind = 'x'", "DELETE FROM charge", "TRUNCATE record", "DROP TABLE record"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                connection.execute(change)  # type: ignore[arg-type]
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("ALTER TABLE record DISABLE TRIGGER append_only")
    reading = remit.open_ledger(as_role(f"{schema}_r"), schema=schema, clock=clock)
    assert [entry.kind for entry in reading.records()] == ["grant", "grant", "review", "erase"]
    assert [entry.words("note", reveal=True) for entry in reading.replies("e-1")] == ["(erased)"]
    assert reading.verify(thorough=True).ok
    with pytest.raises(LedgerUnavailable, match=r"the secret of .* cannot be read"):
        reading.grant(desk(), request())
    reading.close()
    reading = remit.open_ledger(as_role(f"{schema}_r"), schema=schema, clock=clock, secret=ledger._core.secret)
    with pytest.raises(NotAllowed, match="permission denied"):
        reading.grant(desk(), request())
    for each in (*opened.values(), reading, ledger):
        each.close()


def as_role(role: str) -> str:
    return str(postgres_server().get_uri()).replace("postgres:", f"{role}:", 1).replace("//postgres@", f"//{role}@", 1)
