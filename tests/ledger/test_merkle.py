"""The growing tree equals the recursive definition of RFC 6962, and its proofs prove what they say and nothing else."""

from hashlib import sha256

from hypothesis import given
from hypothesis import strategies as st

from remit.ledger.log.merkle import EMPTY, grow, inclusion, leaf_hash, root, root_of_proof


def definition(leaves: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1, word for word."""
    if not leaves:
        return sha256(b"").digest()
    if len(leaves) == 1:
        return sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return sha256(b"\x01" + definition(leaves[:k]) + definition(leaves[k:])).digest()


def path_definition(number: int, leaves: list[bytes]) -> list[bytes]:
    """PATH of RFC 6962, section 2.1.1, word for word."""
    if len(leaves) == 1:
        return []
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    if number < k:
        return [*path_definition(number, leaves[:k]), definition(leaves[k:])]
    return [*path_definition(number - k, leaves[k:]), definition(leaves[:k])]


def grown(leaves: list[bytes]) -> dict[int, bytes]:
    beside: dict[int, bytes] = {}
    for number, leaf in enumerate(leaves, 1):
        beside[number] = grow(number, leaf_hash(leaf), beside.__getitem__)
    return beside


def test_every_size_and_every_proof_up_to_70_equals_the_definition() -> None:
    leaves = [b"leaf %d" % number for number in range(70)]
    beside = grown(leaves)
    assert root(0, beside.__getitem__) == EMPTY
    for size in range(1, 71):
        top = root(size, beside.__getitem__)
        assert top == definition(leaves[:size])
        for number in range(1, size + 1):
            path = inclusion(number, size, beside.__getitem__)
            assert path == path_definition(number - 1, leaves[:size])
            assert root_of_proof(leaf_hash(leaves[number - 1]), number, size, path) == top


@given(st.integers(2, 60), st.data())
def test_a_proof_that_was_changed_leads_elsewhere(size: int, data: st.DataObject) -> None:
    leaves = [b"%d" % number for number in range(size)]
    beside = grown(leaves)
    number = data.draw(st.integers(1, size))
    top, path = root(size, beside.__getitem__), inclusion(number, size, beside.__getitem__)
    other = data.draw(st.integers(1, size).filter(lambda each: each != number))
    assert root_of_proof(leaf_hash(leaves[number - 1]), other, size, path) != top
    assert root_of_proof(leaf_hash(leaves[other - 1]), number, size, path) != top
    assert root_of_proof(leaf_hash(leaves[number - 1]), number, size, path[:-1]) is None
    assert root_of_proof(leaf_hash(leaves[number - 1]), number, size, [*path, top]) is None
    flipped = data.draw(st.integers(0, len(path) - 1))
    spoiled = [bytes(32) if index == flipped else each for index, each in enumerate(path)]
    assert root_of_proof(leaf_hash(leaves[number - 1]), number, size, spoiled) != top


@given(st.integers(1, 5000))
def test_growing_by_one_looks_up_few_hashes(size: int) -> None:
    asked: list[int] = []

    def lookup(number: int) -> bytes:
        asked.append(number)
        return bytes(32 * 20)

    grow(size, bytes(32), lookup)
    assert len(asked) <= size.bit_length()
    assert all(number < size for number in asked)
