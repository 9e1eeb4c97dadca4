"""One text for each id and version of a policy: what the ledger goes by is put there on record, and nothing else decides."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

import remit
from remit.errors import NotPublished, RequestError
from support.crowd import run_crowd
from support.desk import CAPS, SUPERVISOR, desk, request
from support.ledgers import place_of


def altered(version: str = "1") -> remit.Policy:
    """The policy with other limits."""
    text = (
        desk().model.text.replace("associate: 50 EUR", "associate: 5000 EUR").replace('version: "1"', f'version: "{version}"')
    )
    return remit.loads(text, "desk.yaml")


def test_the_first_use_publishes_and_a_changed_copy_is_refused(ledger: remit.Ledger) -> None:
    first = ledger.grant(desk(), request())
    for operation in (ledger.decide, ledger.grant, ledger.escalate):
        with pytest.raises(NotPublished, match="is in this ledger with another text"):
            operation(altered(), request("4000 EUR"))
        with pytest.raises(NotPublished, match="version 2 of `desk` is not published in this ledger, which has 1"):
            operation(altered("2"), request("4000 EUR"))
    assert [entry.id for entry in ledger.records()] == [first.id]


def test_a_new_version_is_published_and_decides(ledger: remit.Ledger) -> None:
    ledger.grant(desk(), request())
    entry = ledger.publish(altered("2"), by="ana")
    assert (entry.kind, entry.employee, entry.role, entry.body["policy"]["version"]) == ("publish", "ana", "publisher", "2")
    assert ledger.grant(altered("2"), request("90 EUR")).granted
    assert ledger.grant(
        desk(), request(employee="e-2")
    ).granted  # the version of before goes on, for the days on which it holds
    assert ledger.redecide(ledger.grant(altered("2"), request("1 EUR")).id).same


def test_publishing_again_gives_the_record_that_published(ledger: remit.Ledger) -> None:
    first = ledger.publish(desk(), by="ana")
    again = ledger.publish(desk(), by="ben")
    assert (again.id, again.repeated) == (first.id, True)
    used = ledger.grant(desk(), request())
    assert used.granted
    assert ledger.publish(desk(), by="ben").id == first.id


def test_one_version_has_one_text(ledger: remit.Ledger) -> None:
    ledger.publish(desk(), by="ana")
    with pytest.raises(NotPublished, match="a changed policy needs a version of its own"):
        ledger.publish(altered(), by="ana")


def test_a_task_is_answered_by_the_text_that_sent_it_up(ledger: remit.Ledger) -> None:
    task = ledger.escalate(desk(), request("60 EUR"))
    ledger.publish(desk(CAPS, "2"), by="ana")
    assert ledger.approve(task.id, employee=SUPERVISOR).body["policy"]["version"] == "1"


@pytest.mark.parametrize("by", ["", " ", "a\u200bna", None, 3])
def test_somebody_publishes(ledger: remit.Ledger, by: Any) -> None:
    with pytest.raises(RequestError):
        ledger.publish(desk(), by=by)


def test_many_who_publish_other_texts_at_once_publish_one(backend: str, tmp_path: Path) -> None:
    place = place_of(backend, tmp_path)
    remit.open_ledger(**place).close()  # type: ignore[arg-type]
    run_crowd(_publish, 8, place, tmp_path)
    with remit.open_ledger(**place) as ledger:  # type: ignore[arg-type]
        (entry,) = ledger.records(kind="publish")
        assert ledger.verify(thorough=True).ok
        assert sum((tmp_path / f"done-{number}").read_text() == entry.id for number in range(8)) == 1


def _publish(place: dict[str, Any], folder: Path, number: int) -> None:
    with remit.open_ledger(**place, timeout=60) as ledger:
        try:
            told = ledger.publish(desk(visits=number + 3), by=f"e-{number}").id
        except NotPublished:
            told = "refused"
    (folder / f"done-{number}").write_text(told)


def test_what_a_new_version_does_to_claims_is_told(ledger: remit.Ledger) -> None:
    ledger.publish(desk(), by="ana")
    text = desk(CAPS, "2").model.text.replace("caps:", "claim: {per: stay.id}\ncaps:")
    (problem,) = ledger.compare(remit.loads(text, "desk.yaml"))
    assert (problem.code, "told apart by other facts" in problem.message) == ("ledger/claim-key", True)
