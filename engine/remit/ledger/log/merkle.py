"""A Merkle tree that grows one leaf at a time (RFC 6962, section 2.1; RFC 9162), as pure functions over hashes.

Leaves are numbered from 1. Leaf ``n`` completes one perfect subtree for each time that 2 divides ``n``; :func:`grow` gives the
hashes of these, and a store keeps them beside the leaf. The hash of the perfect subtree of ``2**k`` leaves that ends at leaf
``n`` is then item ``k`` of what stands beside leaf ``n``, so that the root of any size and the proof of any leaf take a number
of look-ups that grows with the logarithm of the size.

Every kind of hash begins with a byte of its own, so that a leaf can never pass for an inner node or a link of the chain.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import sha256
from typing import Final, TypeAlias

__all__ = [
    "EMPTY",
    "HASH_BYTES",
    "Lookup",
    "grow",
    "inclusion",
    "leaf_hash",
    "node_hash",
    "peaks",
    "root",
    "root_from_peaks",
    "root_of_proof",
]

HASH_BYTES: Final = 32

#: The root of a tree without leaves (RFC 6962).
EMPTY: Final = sha256(b"").digest()

#: ``lookup(n)`` gives the hashes that stand beside leaf ``n``: its own, then the subtrees it completes, one after the other.
Lookup: TypeAlias = Callable[[int], bytes]


def leaf_hash(data: bytes) -> bytes:
    """The hash of one leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """The hash over two subtrees."""
    return sha256(b"\x01" + left + right).digest()


def _item(hashes: bytes, level: int) -> bytes:
    return hashes[level * HASH_BYTES : (level + 1) * HASH_BYTES]


def grow(size: int, leaf: bytes, lookup: Lookup) -> bytes:
    """What stands beside leaf number ``size``: ``leaf``, then the hash of each subtree that it completes.

    ``lookup`` is asked for earlier leaves only: once per subtree, which is once per leaf on average.
    """
    hashes, top, level = [leaf], leaf, 0
    while size % (2 << level) == 0:
        left = size - (1 << level)
        top = node_hash(_item(lookup(left), level), top)
        hashes.append(top)
        level += 1
    return b"".join(hashes)


def peaks(size: int) -> Iterator[tuple[int, int]]:
    """The perfect subtrees that a tree of ``size`` leaves is made of, largest first, as (last leaf, level)."""
    end = 0
    for level in range(size.bit_length() - 1, -1, -1):
        if size >> level & 1:
            end += 1 << level
            yield end, level


def root_from_peaks(hashes: Sequence[bytes]) -> bytes:
    """The root over perfect subtrees, largest first."""
    if not hashes:
        return EMPTY
    top = hashes[-1]
    for left in reversed(hashes[:-1]):
        top = node_hash(left, top)
    return top


def root(size: int, lookup: Lookup) -> bytes:
    """The root of the first ``size`` leaves."""
    return root_from_peaks([_item(lookup(end), level) for end, level in peaks(size)])


def inclusion(number: int, size: int, lookup: Lookup) -> list[bytes]:
    """The hashes that lead from leaf ``number`` to the root of the first ``size`` leaves, from the bottom up."""
    if not 1 <= number <= size:
        raise ValueError(f"leaf {number} is not among the first {size}")
    before: list[bytes] = []
    after: list[bytes] = []
    path: list[bytes] = []
    for end, level in peaks(size):
        if number > end:
            before.append(_item(lookup(end), level))
        elif number > end - (1 << level):
            path = list(_path_within(number, end, level, lookup))
        else:
            after.append(_item(lookup(end), level))
    return path + ([root_from_peaks(after)] if after else []) + before[::-1]


def _path_within(number: int, end: int, level: int, lookup: Lookup) -> Iterator[bytes]:
    """Within the perfect subtree of ``2**level`` leaves that ends at ``end``, from the bottom up."""
    start = end - (1 << level)
    index = number - start - 1
    for step in range(level):
        sibling_end = start + (((index >> step) ^ 1) + 1 << step)
        yield _item(lookup(sibling_end), step)


def root_of_proof(leaf: bytes, number: int, size: int, path: Iterable[bytes]) -> bytes | None:
    """The root that ``path`` leads to from leaf ``number`` of ``size``; ``None`` if the path has another length than it must
    (RFC 9162, section 2.1.3.2)."""
    if not 1 <= number <= size:
        return None
    index, last, top = number - 1, size - 1, leaf
    for hash_ in path:
        if last == 0:
            return None
        if index & 1 or index == last:
            top = node_hash(hash_, top)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            top = node_hash(top, hash_)
        index, last = index >> 1, last >> 1
    return top if last == 0 else None
