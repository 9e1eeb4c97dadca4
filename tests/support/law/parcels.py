"""Claims for mail: Royal Mail (pounds in pence) and the United States Postal Service (dollars in cents)."""

from __future__ import annotations

from support.law.working_days import passed

__all__ = ["royal_mail", "usps"]


def royal_mail(facts: dict) -> dict[str, int]:
    """Compensation, postage and stamps."""
    nothing = {"compensation": 0, "postage": 0, "stamps": 0}
    service, fate = facts["mail.service"], facts["mail.fate"]
    if fate == "late":
        days = passed(facts["mail.due"], facts["mail.arrived"])
        if service == "special_delivery":
            return nothing | {"compensation": 10_00 if days >= 7 else 5_00 if days >= 1 else 0}
        return nothing | {"stamps": 6 if days >= 3 else 0}
    if fate == "lost":
        wait = 5 if service == "special_delivery" else 10
        if passed(facts["mail.due"], facts["claim.day"]) < wait:
            return nothing
    if facts["mail.value"] == 0 or not facts["claim.proof"]:
        return nothing | {"stamps": 6}
    cover = {"first_or_second": 20_00, "signed_for": 50_00, "special_delivery": facts["mail.cover"]}[service]
    return nothing | {
        "compensation": min(facts["mail.loss"], facts["mail.value"], cover),
        "postage": facts["mail.postage"],
    }


def usps(facts: dict) -> dict[str, int]:
    """Indemnity and postage."""
    age = (facts["claim.day"] - facts["parcel.mailed"]).days
    lost = facts["parcel.fate"] == "lost"
    opens = (7 if facts["parcel.service"] == "express" else 15) if lost else 0
    if age < opens or age > 60:
        return {"indemnity": 0, "postage": 0}
    return {
        "indemnity": min(facts["parcel.loss"], facts["parcel.value"], facts["parcel.insured"]),
        "postage": facts["parcel.postage"] if lost else 0,
    }
