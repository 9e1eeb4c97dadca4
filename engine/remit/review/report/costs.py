"""What things cost the company, in smallest units of the policy's currency, from the policy's text in the ledger."""

from __future__ import annotations

from fractions import Fraction
from typing import TYPE_CHECKING, Final

from remit.decision.page.ranking import house_cost
from remit.errors import NotFound, RemitError
from remit.language.values import Money, minor_digits
from remit.review.actions import Action

if TYPE_CHECKING:
    from remit.ledger.ledger_reader import Reader
    from remit.policy.model import Model

__all__ = ["NO_CURRENCY", "Costs"]

#: Where a policy knows no money (ISO 4217).
NO_CURRENCY: Final = "XXX"


class Costs:
    """The models that actions were decided by, and what their remedies cost. Each text is read once."""

    def __init__(self, ledger: Reader | None = None) -> None:
        self._ledger = ledger
        self._models: dict[tuple[str, str | None], Model | None] = {}
        self._factors: dict[tuple[str | None, str | None, str], Fraction | None] = {}
        self._last: tuple[Action | None, int] = (None, 0)

    def model(self, digest: str | None, currency: str | None = None) -> Model | None:
        """The policy of a digest in a currency; ``None`` where the ledger does not have its text."""
        if digest is None or self._ledger is None:
            return None
        key = digest, currency
        if key not in self._models:
            try:
                whole = self._ledger.policy(digest).model
            except NotFound:
                self._models[key] = None
            else:
                self._models[key] = next((each for each in whole.each if each.currency == currency), whole)
        return self._models[key]

    def currency(self, action: Action) -> str:
        """The currency that an action is in."""
        if action.currency is not None:
            return action.currency
        model = self.model(action.digest)
        if model is not None:
            return model.currency_code
        return next((part.unit for part in action.parts.values() if part.unit), NO_CURRENCY)

    def factor(self, digest: str | None, currency: str | None, remedy: str, unit: str) -> Fraction | None:
        """What one smallest unit of a remedy costs the company, in smallest units of the currency: the share of its value that
        is ``borne``, or of its ``cost``. ``None`` where the policy does not say."""
        key = digest, currency, remedy
        if key not in self._factors:
            self._factors[key] = self._factor(digest, currency, remedy, unit)
        return self._factors[key]

    def _factor(self, digest: str | None, currency: str | None, remedy: str, unit: str) -> Fraction | None:
        model = self.model(digest, currency)
        if model is None or remedy not in model.remedies:
            return Fraction(1) if unit else None  # the text is not there: money is worth itself
        amount = Money.from_minor(1, unit) if unit else 1
        try:
            cost = house_cost(model, remedy, amount)
        except RemitError:
            return None
        return None if cost is None else Fraction(cost) * 10 ** minor_digits(model.currency_code)

    def goodwill(self, action: Action) -> int:
        """What the goodwill that an action gives costs the company, in whole smallest units (rounded down for each remedy):
        what is given beyond what is owed. A remedy whose cost is not known counts nothing."""
        if self._last[0] is action:
            return self._last[1]
        parts = action.parts or (action.target.parts if action.target is not None else {})
        total = 0
        for remedy, amount in action.given.items():
            part = parts.get(remedy)
            extra = amount - part.owed if part is not None else amount
            if extra > 0:
                factor = self.factor(action.digest, action.currency, remedy, part.unit if part is not None else "")
                if factor is not None:
                    total += extra * factor.numerator // factor.denominator
        self._last = action, total
        return total
