"""Ids are UUIDs of version 7, rise with the log and tell their place in it."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from remit.ledger.log.record_ids import LARGEST_SEQ, make_id, seq_of

times = st.integers(0, 4_102_444_800_000_000)


@given(times, st.integers(0, 10**9), st.integers(1, LARGEST_SEQ - 1))
def test_ids_rise_with_the_log(at: int, later: int, seq: int) -> None:
    first, second = make_id(seq, at), make_id(seq + 1, at + later)
    assert first < second
    assert (UUID(first).version, UUID(first).variant) == (7, "specified in RFC 4122")
    assert UUID(first).int >> 80 == at // 1000
    assert (seq_of(first), seq_of(second)) == (seq, seq + 1)


@pytest.mark.parametrize("text", ["", "17", "00000000-0000-0000-0000-000000000000", "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"])
def test_other_text_is_no_id(text: str) -> None:
    assert seq_of(text) is None


@pytest.mark.parametrize(("seq", "at"), [(0, 0), (LARGEST_SEQ + 1, 0), (1, -1)])
def test_what_an_id_cannot_hold_is_refused(seq: int, at: int) -> None:
    with pytest.raises(ValueError, match="beyond"):
        make_id(seq, at)
