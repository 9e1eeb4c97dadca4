"""Digests under the ledger's secret are HMAC-SHA256 (RFC 2104), as the standard library computes it."""

import hmac

from hypothesis import given
from hypothesis import strategies as st

from remit.ledger.log.private_facts import keyed, series_of

secrets = st.binary(max_size=200)  # shorter and longer than a block


@given(secrets, st.text(st.characters(codec="utf-8")))
def test_a_keyed_digest_is_an_hmac(secret: bytes, text: str) -> None:
    assert keyed(secret, "request", text) == hmac.new(secret, b"remit request\x00" + text.encode(), "sha256").hexdigest()


@given(
    secrets,
    st.text("abc\x00", max_size=9),
    st.dictionaries(st.sampled_from(("guest.id", "stay.id")), st.text("äx"), min_size=1),
)
def test_a_series_is_named_by_an_hmac(secret: bytes, base: str, key: dict[str, str]) -> None:
    text = "\x00".join(["remit series", base, *(part for pair in key.items() for part in pair)])
    assert series_of(secret, base, key) == hmac.digest(secret, text.encode(), "sha256")[:16]
