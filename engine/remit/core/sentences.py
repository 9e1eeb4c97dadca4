"""The sentences of a decision: those that the laws make, and those that :mod:`remit.decision.page.recorded` finds again in a
record to say them in another language. They are on record as they are here, so none may change: a new wording is a new
sentence, and the old one stays for reading.

What a placeholder holds goes by its name: ``KINDS`` in that module.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from remit.language.locales.messages import Sentence

__all__ = [
    "ABOVE_HIGHEST",
    "ALREADY_GIVEN",
    "BEYOND_LIMIT",
    "BY_KIND",
    "CANNOT_BE_WORKED_OUT",
    "CAP_LEFT",
    "CAP_UNKNOWN",
    "CAUSES",
    "COVERED_BY_DISCRETION",
    "GIVEN_BY_DISCRETION",
    "GOES_TO",
    "GOES_TO_NEXT",
    "HELD_DOWN",
    "HERE",
    "MAY_APPLY",
    "MAY_APPLY_BECAUSE",
    "MAY_APPLY_UNKNOWN",
    "MAY_GIVE",
    "MAY_GIVE_UP_TO",
    "NOT_GIVEN",
    "NOT_THEIRS",
    "NOT_YOURS",
    "NO_RULE",
    "NO_RULE_FOR",
    "ONE_CLAIM",
    "ONLY_WHERE",
    "ON_FILE",
    "OWN_ACCOUNT",
    "OWN_LIMIT",
    "TOO_OLD",
    "TRUSTED_WITH",
    "TRUSTED_WITH_UP_TO",
    "UNTIL",
]

# Guardrails
GOES_TO: Final = Sentence("this goes to {who}")
GOES_TO_NEXT: Final = Sentence("this goes to the next role")
NOT_GIVEN: Final = Sentence("this is not given in this case")
HELD_DOWN: Final = Sentence("this is held down in this case")
MAY_APPLY: Final = Sentence("`{id}` may apply, depending on what is not known yet")
MAY_APPLY_BECAUSE: Final = Sentence("`{id}` may apply, depending on what is not known yet: {because}")
MAY_APPLY_UNKNOWN: Final = Sentence("`{id}` may apply: {cause}")
OWN_LIMIT: Final = Sentence("{title}: your own limit is {amount}")
TOO_OLD: Final = Sentence("this policy covers incidents of the last {span}, up to today")
OWN_ACCOUNT: Final = Sentence("this is an account of your own, so somebody else decides")
ABOVE_HIGHEST: Final = Sentence("{fact} is above {high}, the highest that this policy speaks of")
NOT_YOURS: Final = Sentence("{title} is not yours to give")

# Caps
CAP_LEFT: Final = Sentence("{id}: {left} of {total} left{until}")
CAP_UNKNOWN: Final = Sentence("{id}: what is left of {total} is not known without {facts}")
UNTIL: Final = Sentence(" until {day}")

# Claims
ONE_CLAIM: Final = Sentence("{titles} are one claim, and together they are more than is left of it")
ALREADY_GIVEN: Final = Sentence("already given for this claim: {what}")

# Limits, and what no rule covers
NO_RULE: Final = Sentence("no rule of this policy speaks of this case")
NO_RULE_FOR: Final = Sentence("no rule that applies here speaks of {title}")
NOT_THEIRS: Final = Sentence("{title} is not {who}'s to give here")
BEYOND_LIMIT: Final = Sentence("{asked} is more than the {limit} that {who} may give here")
ONLY_WHERE: Final = Sentence("{because}: only where {condition}")
HERE: Final = Sentence("; here it is {value}")

# What was granted, and how
TRUSTED_WITH: Final = Sentence("you are personally trusted with {title}")
TRUSTED_WITH_UP_TO: Final = Sentence("you are personally trusted with {title} up to {amount}")
GIVEN_BY_DISCRETION: Final = Sentence("given at the {role}'s own discretion")
ON_FILE: Final = Sentence("{title} must be on file")

# What would open more
COVERED_BY_DISCRETION: Final = Sentence(
    "your own discretion covers it ({each} at a time, {total} per {window}); tell the story"
)
MAY_GIVE: Final = Sentence("{role} may give {title}")
MAY_GIVE_UP_TO: Final = Sentence("{role} may give up to {what}")

# What cannot be worked out. The reasons are those of ``language/evaluating/nulls.py`` and ``readings/numbers/causes.py``.
CANNOT_BE_WORKED_OUT: Final = (
    Sentence("`{formula}` cannot be worked out: {why}"),
    Sentence("`{formula}` cannot be worked out"),
)
CAUSES: Final = (
    Sentence("the time of the request is not known"),
    Sentence("it has no entry for a day before {date}"),
    Sentence("more than one row of its table matches"),
    Sentence("the rows of its table that match do not agree"),
    Sentence("no row of its table matches"),
    Sentence("the calendar `{id}` only has the days from {date} to {end}"),
    Sentence("it takes too many steps"),
    Sentence("a division by zero"),
    Sentence("the range has no whole numbers or days, or more than {most}"),
    Sentence("the list is empty"),
    Sentence("the list has no such item"),
)

#: By the kind of a reason or an unlock, the sentences that it may be; the first that fits is the one.
BY_KIND: Final[Mapping[str, tuple[Sentence, ...]]] = {
    "guardrail": (
        GOES_TO_NEXT,
        GOES_TO,
        NOT_GIVEN,
        HELD_DOWN,
        MAY_APPLY,
        MAY_APPLY_BECAUSE,
        MAY_APPLY_UNKNOWN,
        OWN_LIMIT,
        NOT_YOURS,
        TOO_OLD,
        OWN_ACCOUNT,
        ABOVE_HIGHEST,
    ),
    "cap": (CAP_UNKNOWN, CAP_LEFT),
    "claim": (ALREADY_GIVEN, ONE_CLAIM),
    "gap": (NO_RULE, NO_RULE_FOR),
    "limit": (BEYOND_LIMIT, NOT_THEIRS),
    "near": (ONLY_WHERE,),
    "trust": (TRUSTED_WITH_UP_TO, TRUSTED_WITH),
    "discretion": (GIVEN_BY_DISCRETION, COVERED_BY_DISCRETION),
    "requirement": (ON_FILE,),
    "undetermined": CANNOT_BE_WORKED_OUT,
    "role": (MAY_GIVE_UP_TO, MAY_GIVE),
}
