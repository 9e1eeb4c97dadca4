"""What people want to give, in the words in which they type it: ``credit 45, late checkout``."""

from __future__ import annotations

import re
from typing import Final

from remit.decision.typed import NO, YES, Unclear, parse_money, parse_number, plain_word
from remit.language import words
from remit.language.suggestions import closest
from remit.language.values import Money
from remit.language.words import show_value
from remit.policy.model import Model, Remedy

__all__ = ["parse_amount", "parse_bundle"]

_NEXT_REMEDY: Final = r"\s*(?:[;+]|,(?!\d{3}(?!\d))|\band\b)\s*"


def parse_amount(model: Model, remedy: Remedy, text: str) -> Money | int | bool:
    """``text`` as an amount of ``remedy``; ``yes`` or nothing for an exception. Raises ``ValueError``."""
    text = text.strip()
    if remedy.kind == "exception":
        if not text or text.lower() in YES:
            return True
        if text.lower() in NO:
            return False
        raise ValueError(f"`{remedy.name}` is given or not: write it alone, without `{show_value(text)}`")
    if remedy.kind == "money":
        return parse_money(text, model.currency or "")
    try:
        count = parse_number(text, None, whole=True)
    except Unclear:
        count = None
    if count is None or count != count.to_integral_value():
        raise ValueError(f"`{show_value(text)}` is not a whole number of {words.in_sentence(remedy.title)}")
    return int(count)


def parse_bundle(model: Model, text: str) -> dict[str, Money | int | bool]:
    """What to give, in one line: ``credit 45, late checkout``, ``30 EUR credit and 2000 points``, ``credit=45EUR``.

    Remedies go by name or title, or the beginning of either. Raises ``ValueError``.
    """
    out: dict[str, Money | int | bool] = {}
    for part in filter(None, re.split(_NEXT_REMEDY, text.strip())):
        name, amount = _remedy_in(model, part)
        if name in out:
            raise ValueError(f"`{name}` is there twice")
        value = parse_amount(model, model.remedies[name], amount)
        if not words.nothing(value):
            out[name] = value
    return out


def _remedy_in(model: Model, part: str) -> tuple[str, str]:
    """The remedy that ``part`` names, at its beginning or its end, and the rest of it."""
    head, sign, rest = part.partition("=")
    pieces = head.split()
    splits = [(head, rest)] if sign else [(" ".join(pieces[:at]), " ".join(pieces[at:])) for at in range(len(pieces), 0, -1)]
    splits += [] if sign else [(" ".join(pieces[at:]), " ".join(pieces[:at])) for at in range(1, len(pieces))]
    for name, amount in splits:
        known = _remedies_called(model, name)
        if len(known) == 1:
            return known[0], amount.strip()
        if known:
            raise ValueError(f"`{show_value(name)}` is not clear; it could be {words.listing(known, 'or')}")
    near = closest(max(pieces, key=len) if pieces else part, model.remedies)
    known = list(model.remedies)
    raise ValueError(f"`{show_value(part)}` names none of {', '.join(known)}" + (f"; did you mean `{near}`?" if near else ""))


def _remedies_called(model: Model, text: str) -> list[str]:
    wanted = plain_word(text)
    names = {name: (plain_word(name), plain_word(remedy.title)) for name, remedy in model.remedies.items()}
    exact = [name for name, known in names.items() if wanted in known]
    return exact or [name for name, known in names.items() if any(each.startswith(wanted) for each in known)]
