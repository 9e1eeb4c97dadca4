"""What people want to give, in the words in which they type it: ``credit 45, late checkout``, ``35``, ``cash``, ``nothing``."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection
from typing import Final

from remit.decision.typed import NO, YES, Unclear, parse_number, plain_word
from remit.decision.typed_money import parse_money, with_signs
from remit.language import words
from remit.language.locales.messages import Alternatives, Message
from remit.language.suggestions import closest
from remit.language.values import Money
from remit.language.words import show_value
from remit.policy.model import Model, Remedy

__all__ = ["AmountMissing", "parse_amount", "parse_bundle"]

_NEXT_REMEDY: Final = r"\s*(?:[;+]|,(?!\d{3}(?!\d))|\band\b)\s*"
_AMOUNT: Final = r"([A-Za-z]{3}|[\u20ac\u00a3$\u00a5])?\s*\d[\d., ]*([A-Za-z]{3}|[\u20ac\u00a3$\u00a5])?"
_NOTHING: Final = frozenset(("nothing", "none", "no", "0", "nichts", "nein", "nada", "rien", "non"))


class AmountMissing(ValueError):
    """A remedy was named, but not how much of it. ``remedy`` is its name."""

    def __init__(self, remedy: Remedy) -> None:
        title = words.in_sentence(remedy.title)
        many = remedy.kind == "count"
        super().__init__(Message("how many {title}?", title=title) if many else Message("how much {title}?", title=title))
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
        known = {"name": remedy.name, "typed": show_value(text)}
        raise ValueError(Message("`{name}` is given or not: write it alone, without `{typed}`", **known))
    if not text:
        raise AmountMissing(remedy)
    if remedy.kind == "money":
        return parse_money(text, model.currency or "")
    try:
        count = parse_number(text, None, whole=True)
    except Unclear:
        count = None
    if count is None or count != count.to_integral_value():
        said = {"typed": show_value(text), "title": words.in_sentence(remedy.title)}
        raise ValueError(Message("`{typed}` is not a whole number of {title}", **said))
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
    for part in filter(None, re.split(_NEXT_REMEDY, with_signs(text.strip()))):
        name, amount = _remedy_in(model, part, offered)
        if name in out:
            raise ValueError(Message("`{name}` is there twice", name=name))
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
            hint = Message("it could be {options}", options=Alternatives(known))
            raise ValueError(Message("`{typed}` is not clear; {hint}", typed=show_value(name), hint=hint))
    if not sign and re.fullmatch(_AMOUNT, part):
        return _only_money(model, part, offered), part
    near = closest(max(pieces, key=len) if pieces else part, model.remedies)
    said = {"typed": show_value(part), "options": ", ".join(model.remedies)}
    if not near:
        raise ValueError(Message("`{typed}` names none of {options}", **said))
    hint = Message("did you mean `{near}`?", near=near)
    raise ValueError(Message("`{typed}` names none of {options}; {hint}", **said, hint=hint))


def _only_money(model: Model, part: str, offered: Collection[str]) -> str:
    """The one money remedy that an amount alone can be of."""
    money = [name for name, remedy in model.remedies.items() if remedy.kind == "money"]
    open_ones = [name for name in money if name in offered] or money
    if len(open_ones) == 1:
        return open_ones[0]
    counted = [name for name, remedy in model.remedies.items() if remedy.kind != "exception"]
    known = [name for name in counted if name in offered] or counted
    if not known:
        said = {"typed": show_value(part), "options": ", ".join(model.remedies)}
        raise ValueError(Message("`{typed}` names none of {options}", **said))
    such = {"typed": show_value(part), "name": known[0], "names": tuple(known)}
    raise ValueError(Message("{typed} of what? Such as `{name} {typed}`; there is {names}", **such))


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
