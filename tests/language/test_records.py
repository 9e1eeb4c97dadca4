"""Quickly made classes behave as the standard library's do."""

import copy
import dataclasses
import pickle
from dataclasses import FrozenInstanceError, field, fields, replace

import pytest

from remit.language.fast_dataclass import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Base:
    """Something with a place that takes no part in equality."""

    at: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)


@dataclass(frozen=True, slots=True)
class Pair(Base):
    """Two things."""

    left: int
    right: list[int] = field(default_factory=list)


@dataclass(slots=True)
class Counter:
    """Something that changes."""

    count: int = 0
    doubled: int = field(init=False)

    def __post_init__(self) -> None:
        self.doubled = self.count * 2


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class StandardBase:
    at: tuple[int, int] = field(default=(0, 0), compare=False, repr=False)


@dataclasses.dataclass(frozen=True, slots=True)
class StandardPair(StandardBase):
    left: int
    right: list[int] = field(default_factory=list)


@pytest.mark.parametrize(
    "given",
    [
        ((1,), {}),
        ((1, [2]), {}),
        ((1,), {"at": (3, 4)}),
        ((), {"left": 1, "right": [5]}),
        ((), {}),
        ((1, 2, 3), {}),
        ((1,), {"up": 1}),
    ],
)
def test_takes_what_the_standard_takes(given):
    arguments, names = given
    try:
        expected = StandardPair(*arguments, **names)
    except TypeError:
        with pytest.raises(TypeError):
            Pair(*arguments, **names)
        return
    made = Pair(*arguments, **names)
    assert [getattr(made, each.name) for each in fields(Pair)] == [
        getattr(expected, each.name) for each in fields(StandardPair)
    ]
    assert repr(made) == repr(expected).replace("StandardPair", "Pair")


def test_equality_leaves_out_what_takes_no_part():
    assert Pair(1, at=(1, 2)) == Pair(1, at=(3, 4))
    assert Pair(1) != Pair(2)
    assert Pair(1) != (1, [])
    assert Pair(1).right is not Pair(1).right
    assert len({Base(at=(1, 2)), Base(at=(3, 4))}) == 1


def test_frozen_is_frozen_and_has_no_other_attributes():
    pair = Pair(1)
    with pytest.raises(FrozenInstanceError):
        pair.left = 2
    with pytest.raises(FrozenInstanceError):
        del pair.left
    with pytest.raises(FrozenInstanceError):
        pair.middle = 2
    assert not hasattr(pair, "__dict__")


def test_what_changes_changes_and_is_not_hashed():
    counter = Counter(2)
    counter.count += 1
    assert (counter.count, counter.doubled) == (3, 4)
    assert Counter.__hash__ is None
    assert repr(counter) == "Counter(count=3, doubled=4)"


@pytest.mark.parametrize("copied", [copy.copy, copy.deepcopy, lambda each: pickle.loads(pickle.dumps(each))])
def test_copies_and_pickles(copied):
    for made in (Pair(1, [2], at=(3, 4)), Counter(5)):
        again = copied(made)
        assert again == made
        assert [getattr(again, each.name) for each in fields(made)] == [getattr(made, each.name) for each in fields(made)]


def test_replace_and_match():
    assert replace(Pair(1, [2]), left=3) == Pair(3, [2])
    match Pair(1, [2]):
        case Pair(left, right):
            assert (left, right) == (1, [2])
