"""What each line of business calls things, for the starters that ``remit new`` writes."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from remit.language.suggestions import closest

__all__ = ["INDUSTRIES", "Industry", "industry_in", "industry_near"]


@dataclass(frozen=True, slots=True)
class Industry:
    """What a line of business calls things. ``customer`` names the facts about a person; ``kinds`` is what can go wrong, the
    one that always goes to somebody above last; ``extra`` is the small thing that anybody may give at once."""

    title: str
    customer: str
    order: str
    kinds: tuple[str, ...]
    grave: str
    words: str
    money: str
    extra: tuple[str, str]
    ladder: tuple[str, ...]
    amounts: tuple[int, ...]


INDUSTRIES: Final[Mapping[str, Industry]] = {
    "hotel": Industry(
        "Guest recovery at the front desk",
        "guest",
        "stay",
        ("noise", "cleanliness", "room_not_ready", "billing_error"),
        "injury",
        "I want the {top} to look after you personally. They are on their way.",
        "Folio credit",
        ("late_checkout", "Late checkout"),
        ("associate", "supervisor", "duty_manager"),
        (30, 150, 600),
    ),
    "airline": Industry(
        "Goodwill at the counter",
        "passenger",
        "booking",
        ("delay", "lost_bag", "seat", "rude_service"),
        "injury",
        "I am calling the {top} to you now. Please sit down with me for a moment.",
        "Travel voucher",
        ("lounge", "Lounge access"),
        ("agent", "supervisor", "station_manager"),
        (25, 100, 400),
    ),
    "retail": Industry(
        "Goodwill in the shop",
        "customer",
        "order",
        ("late", "damaged", "wrong_item", "unhappy"),
        "hurt_by_product",
        "Thank you for telling us. The {top} takes this up with you today.",
        "Store credit",
        ("free_return", "Free return"),
        ("associate", "team_leader", "store_manager"),
        (10, 50, 250),
    ),
    "rail": Industry(
        "Goodwill at the station",
        "passenger",
        "journey",
        ("delay", "no_seat", "cleanliness", "wrong_information"),
        "injury",
        "I am calling the {top} to you now. Please sit down with me for a moment.",
        "Travel voucher",
        ("first_class", "Upgrade to first class"),
        ("agent", "supervisor", "station_manager"),
        (10, 50, 250),
    ),
    "telecom": Industry(
        "Goodwill for subscribers",
        "customer",
        "contract",
        ("outage", "slow_connection", "missed_appointment", "billing_error"),
        "no_emergency_calls",
        "This comes first. I am connecting you with the {top} and stay on the line.",
        "Bill credit",
        ("express_visit", "Engineer on the next day"),
        ("agent", "team_leader", "manager"),
        (15, 60, 250),
    ),
    "energy": Industry(
        "Goodwill for households",
        "customer",
        "supply",
        ("outage", "missed_appointment", "billing_error", "wrong_reading"),
        "medical_equipment",
        "You come first. I am connecting you with the {top}, who can act at once.",
        "Account credit",
        ("payment_break", "One month to pay later"),
        ("agent", "team_leader", "manager"),
        (20, 75, 300),
    ),
    "water": Industry(
        "Goodwill for households",
        "customer",
        "supply",
        ("no_supply", "low_pressure", "missed_appointment", "billing_error"),
        "unsafe_water",
        "Please do not drink it. I am connecting you with the {top}, who can act at once.",
        "Account credit",
        ("bottled_water", "Bottled water to the door"),
        ("agent", "team_leader", "manager"),
        (20, 75, 300),
    ),
    "parcel": Industry(
        "Goodwill for lost and late parcels",
        "customer",
        "parcel",
        ("late", "damaged", "missing_item", "wrong_address"),
        "injury",
        "Thank you for telling us. The {top} takes this up with you today.",
        "Postage credit",
        ("redelivery", "Redelivery at a time of your choice"),
        ("agent", "team_leader", "depot_manager"),
        (5, 25, 100),
    ),
    "bank": Industry(
        "Courtesy at the branch",
        "customer",
        "account",
        ("fee_dispute", "card_blocked", "late_transfer", "long_wait"),
        "fraud",
        "Let us make your account safe first. The {top} takes this up with you now.",
        "Courtesy credit",
        ("fee_waiver", "Fee waived once"),
        ("teller", "banker", "branch_manager"),
        (25, 75, 300),
    ),
    "insurance": Industry(
        "Goodwill in claims",
        "policyholder",
        "claim",
        ("late_answer", "lost_documents", "wrong_information", "late_repair"),
        "bereavement",
        "I am sorry for your loss. The {top} takes care of everything from here.",
        "Goodwill payment",
        ("replacement_car", "Replacement car for a day"),
        ("handler", "senior_handler", "claims_manager"),
        (50, 150, 500),
    ),
    "support": Industry(
        "Goodwill in the contact centre",
        "customer",
        "account",
        ("outage", "billing_error", "broken_promise", "long_wait"),
        "vulnerable",
        "I am connecting you with the {top}, who knows how to help here. I stay on the line.",
        "Bill credit",
        ("fee_waiver", "Fee waived once"),
        ("agent", "team_leader", "manager"),
        (20, 60, 250),
    ),
}


#: Other words for the industries, as they occur in the names of files.
_WORDS: Final[Mapping[str, str]] = {
    **{industry: industry for industry in INDUSTRIES},
    "air": "airline",
    "railway": "rail",
    "train": "rail",
    "telco": "telecom",
    "broadband": "telecom",
    "electricity": "energy",
    "gas": "energy",
    "shipping": "parcel",
    "delivery": "parcel",
    "shop": "retail",
    "store": "retail",
    "banking": "bank",
    "contact": "support",
    "callcentre": "support",
    "helpdesk": "support",
}


def industry_in(name: str) -> str | None:
    """The industry that the name of a file mentions, if it is one alone.

    >>> industry_in("airline"), industry_in("hotels-goodwill"), industry_in("mine")
    ('airline', 'hotel', None)
    """
    words = re.split("[^a-z]+", name.lower())
    found = {_WORDS[each] for word in words for each in (word, word.removesuffix("s")) if each in _WORDS}
    return found.pop() if len(found) == 1 else None


def industry_near(name: str) -> str | None:
    """The industry that the name of a file most likely means, where a word of it is misspelled.

    >>> industry_near("airlnie-goodwill"), industry_near("telecom"), industry_near("mine")
    ('airline', 'telecom', None)
    """
    near = (closest(word, _WORDS) for word in re.split("[^a-z]+", name.lower()) if len(word) > 3)
    return next((_WORDS[each] for each in near if each is not None), None)
