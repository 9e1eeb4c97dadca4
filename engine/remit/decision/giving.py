"""What people want to give, in the words in which they type it: ``credit 45, late checkout``, ``35``, ``cash``, ``nothing``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from remit.decision.typed import NO, YES, Unclear, parse_money, parse_number, plain_word
from remit.language import words
from remit.language.suggestions import closest
from remit.language.values import Money
from remit.language.words import show_value
from remit.policy.model import Model, Remedy

__all__ = ["AmountMissing", "parse_amount", "parse_bundle"]

_NEXT_REMEDY: Final = r"\s*(?:[;+]|,(?!\d{3}(?!\d))|\band\b)\s*"
_AMOUNT: Final = r"([A-Za-z]{3}|[\u20ac\u00a3$\u00a5])?\s*\d[\d., ]*([A-Za-z]{3}|[\u20ac\u00a3$\u00a5])?"
_NOTHING: Final = frozenset(("nothing", "none", "no", "0"))


class AmountMissing(ValueError):
    """A remedy was named, but not how much of it. ``remedy`` is its name."""

    def __init__(self, remedy: Remedy) -> None:
        super().__init__(f"how {'many' if remedy.kind == 'count' else 'much'} {words.in_sentence(remedy.title)}?")
        self.remedy = remedy.name


def parse_amount(model: Model, remedy: Remedy, text: str) -> Money | int | bool:
    """``text`` as an amount of ``remedy``; ``yes`` or nothing for an exception. Raises ``ValueError``, and
    :class:`AmountMissing` where there is no text."""
    text = text.strip()
    if remedy.kind == "exception":
        if not text or text.lower() in YES:
            return True
        if text.lower() in NO:
            return False
        raise ValueError(f"`{remedy.name}` is given or not: write it alone, without `{show_value(text)}`")
    if not text:
        raise AmountMissing(remedy)
    if remedy.kind == "money":
        return parse_money(text, model.currency or "")
    try:
        count = parse_number(text, None, whole=True)
    except Unclear:
        count = None
    if count is None or count != count.to_integral_value():
        raise ValueError(f"`{show_value(text)}` is not a whole number of {words.in_sentence(remedy.title)}")
    return int(count)


def parse_bundle(model: Model, text: str, offered: Collection[str] = ()) -> dict[str, Money | int | bool]:
    """What to give, in one line: ``credit 45, late checkout``, ``30 EUR credit and 2000 points``, ``credit=45EUR``; ``no``.

    Remedies go by name or title, the beginning of either, or any word of a title; of several that are called so, those that are
    ``offered`` come first. A number alone is an amount of the one money remedy there is, or that is offered. Raises
    ``ValueError``, and :class:`AmountMissing` for a remedy without its amount.
    """
    if text.strip().lower() in _NOTHING:
        return {}
    out: dict[str, Money | int | bool] = {}
    for part in filter(None, re.split(_NEXT_REMEDY, text.strip())):
        name, amount = _remedy_in(model, part, offered)
        if name in out:
            raise ValueError(f"`{name}` is there twice")
        value = parse_amount(model, model.remedies[name], amount)
        if not words.nothing(value):
            out[name] = value
    return out


def _remedy_in(model: Model, part: str, offered: Collection[str]) -> tuple[str, str]:
    """The remedy that ``part`` names, at its beginning or its end, and the rest of it."""
    head, sign, rest = part.partition("=")
    pieces = head.split()
    splits = [(head, rest)] if sign else [(" ".join(pieces[:at]), " ".join(pieces[at:])) for at in range(len(pieces), 0, -1)]
    splits += [] if sign else [(" ".join(pieces[at:]), " ".join(pieces[:at])) for at in range(1, len(pieces))]
    for name, amount in splits:
        known = _remedies_called(model, name, offered)
        if len(known) == 1:
            return known[0], amount.strip()
        if known:
            raise ValueError(f"`{show_value(name)}` is not clear; it could be {words.listing(known, 'or')}")
    if not sign and re.fullmatch(_AMOUNT, part):
        return _only_money(model, part, offered), part
    near = closest(max(pieces, key=len) if pieces else part, model.remedies)
    known = list(model.remedies)
    raise ValueError(f"`{show_value(part)}` names none of {', '.join(known)}" + (f"; did you mean `{near}`?" if near else ""))


def _only_money(model: Model, part: str, offered: Collection[str]) -> str:
    """The one money remedy that an amount alone can be of."""
    money = [name for name, remedy in model.remedies.items() if remedy.kind == "money"]
    open_ones = [name for name in money if name in offered] or money
    if len(open_ones) == 1:
        return open_ones[0]
    counted = [name for name, remedy in model.remedies.items() if remedy.kind != "exception"]
    known = [name for name in counted if name in offered] or counted
    if not known:
        raise ValueError(f"`{show_value(part)}` names none of {', '.join(model.remedies)}")
    raise ValueError(f"{show_value(part)} of what? Such as `{known[0]} {show_value(part)}`; there is {words.listing(known)}")


def _remedies_called(model: Model, text: str, offered: Collection[str]) -> list[str]:
    """The remedies that ``text`` may mean: by their whole name or title, else by its beginning, else by a word of it."""
    wanted = plain_word(text)
    names = {name: (plain_word(name), plain_word(remedy.title)) for name, remedy in model.remedies.items()}
    tests: tuple[Callable[[tuple[str, str]], bool], ...] = (
        lambda known: wanted in known,
        lambda known: any(each.startswith(wanted) for each in known),
        lambda known: any(word == wanted or word == f"{wanted}s" for each in known for word in each.split("_")),
    )
    for test in tests if wanted else ():
        found = [name for name, known in names.items() if test(known)]
        if found:
            return [name for name in found if name in offered] or found
    return []
