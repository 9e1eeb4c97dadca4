"""A small policy with sections of its own, in a line each."""

from __future__ import annotations

from remit.policy.loader import read_model
from remit.policy.model import Model


def with_lines(**sections: str) -> Model:
    """A small policy with these sections."""
    base = {
        "policy": "small",
        "title": "Small",
        "version": '"1"',
        "owner": "someone",
        "currency": "EUR",
        "ladder": "[associate, manager]",
        "facts": "{a: {type: integer}, b: {type: choice, of: [red, green, dark blue]}, c: {type: boolean}, d: {type: date}, "
        "m: {type: money}, t: {type: text}, l: {type: list of choice, of: [red, green]}}",
        "remedies": "{credit: {type: money}, points: {type: count, cost: 0.01 EUR}, late: {type: exception}}",
        "rules": "[{id: r, may: {credit: 1 EUR}}]",
    }
    return read_model("".join(f"{key}: {text}\n" for key, text in (base | sections).items()), "small.yaml")
