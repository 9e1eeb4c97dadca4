"""What kinds of record are called, as nouns for people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.language import words
from remit.language.locales.messages import Message

__all__ = ["a_kind", "kind_name"]

_NAMES: Final[Mapping[str, Message]] = {
    "decide": Message("decision"),
    "grant": Message("grant"),
    "hold": Message("hold"),
    "settle": Message("settlement"),
    "release": Message("release"),
    "void": Message("void"),
    "escalate": Message("task"),
    "overdue": Message("overdue notice"),
    "agree": Message("agreement"),
    "permit": Message("permission"),
    "approve": Message("approval"),
    "decline": Message("refusal"),
    "review": Message("review"),
    "dispute": Message("dispute"),
    "answer": Message("answer"),
    "outcome": Message("outcome"),
    "calibrate": Message("calibration"),
    "rate": Message("rating"),
    "erase": Message("erasure"),
    "publish": Message("publication"),
    "migrate": Message("migration"),
    "note": Message("note"),
}

_ONE: Final[Mapping[str, Message]] = {
    "decide": Message("a decision"),
    "grant": Message("a grant"),
    "hold": Message("a hold"),
    "settle": Message("a settlement"),
    "release": Message("a release"),
    "void": Message("a void"),
    "escalate": Message("a task"),
    "overdue": Message("an overdue notice"),
    "agree": Message("an agreement"),
    "permit": Message("a permission"),
    "approve": Message("an approval"),
    "decline": Message("a refusal"),
    "review": Message("a review"),
    "dispute": Message("a dispute"),
    "answer": Message("an answer"),
    "outcome": Message("an outcome"),
    "calibrate": Message("a calibration"),
    "rate": Message("a rating"),
    "erase": Message("an erasure"),
    "publish": Message("a publication"),
    "migrate": Message("a migration"),
    "note": Message("a note"),
}


def kind_name(kind: str) -> str:
    """What a kind of record is called, alone."""
    return _NAMES.get(kind, kind)


def a_kind(kind: str) -> str:
    """One record of this kind, in a sentence."""
    return _ONE.get(kind) or words.a(kind)
