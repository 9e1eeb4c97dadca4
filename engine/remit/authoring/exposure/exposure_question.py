"""What can be asked about an exposure, and what every answer rests on, in words."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from typing import Final

from remit.authoring.exposure.grant_kinds import LargestGrant
from remit.authoring.exposure.subject import Bound, ExposureSubject
from remit.policy.model import Model

__all__ = ["notes_of", "refuse_largest", "refuse_wrong", "targets_of"]


def refuse_wrong(model: Model, role: str, days: int) -> None:
    if model.others:
        raise ValueError("the policy is in several currencies; ask of it in one: `policy.in_currency(...)`")
    if role not in model.ladder:
        raise ValueError(f"`{role}` is not on the ladder: {', '.join(model.ladder)}")
    if days < 1:
        raise ValueError("`days` is how long it is added up: 1 or more")


def targets_of(model: Model, remedies: Collection[str] | None) -> tuple[str, ...]:
    money = tuple(name for name, remedy in model.remedies.items() if remedy.kind == "money")
    found = money if remedies is None else tuple(remedies)
    unknown = [name for name in found if name not in model.remedies]
    if unknown:
        raise ValueError(f"the policy has no remedy {', '.join(f'`{name}`' for name in unknown)}")
    if not found:
        raise ValueError("no remedy is money; name one")
    if len(found) > 1 and not set(found) <= set(money):
        raise ValueError("only remedies that are money can be added up; name one of the others alone")
    return found


def refuse_largest(targets: Sequence[str], largest: Sequence[LargestGrant], role: str) -> None:
    missing = [name for name in targets if not any(each.remedy == name for each in largest)]
    if missing:
        raise ValueError(f"the largest grant of {', '.join(f'`{name}`' for name in missing)} is not given")
    others = {each.role for each in largest if each.role != role}
    if others:
        raise ValueError(f"these are the largest grants of {', '.join(sorted(others))}, not of {role}")


#: What every bound rests on.
_VOIDED: Final = (
    "A hold counts when it is made. A grant that is voided counts as if it had not been made: where what was handed over does "
    "not come back, voiding it and giving again has no limit."
)


def notes_of(
    model: Model, subject: ExposureSubject, bounds: Sequence[Bound], targets: Sequence[str], is_bound: bool
) -> Iterator[str]:
    counted = [each for each in bounds if set(each.counts) & set(targets)]
    if not subject.fixed:
        yield f"No fact of the policy says which {subject.who} it is, so no cap is kept for one {subject.who}."
    if subject.employees is None and any(_is_of_employees(model, each) for each in counted):
        yield (
            "Any number of employees may take part, so a cap or an allowance of each employee does not limit what one "
            f"{subject.who} can {'receive' if subject.who in ('customer', 'case') else 'give'}."
        )
    if any(each.fixed and each.split for each in counted):
        names = ", ".join(dict.fromkeys(name for each in counted for name in each.split))
        yield f"A cap is kept by {names}: only the values in the largest grants were tried."
    if is_bound:
        yield _VOIDED


def _is_of_employees(model: Model, bound: Bound) -> bool:
    return bound.measure == "discretion" or any(each.id == bound.name and "employee.id" in each.per for each in model.caps)
