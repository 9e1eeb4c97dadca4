"""All versions of all policies of a folder; each request is decided by the version in force when the incident happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from remit.deciding.policy import Policy
from remit.decision.decision import Decision
from remit.decision.request import Request
from remit.errors import Problem, RequestError
from remit.language.suggestions import closest

if TYPE_CHECKING:
    from remit.policy.versions import Versions  # which reads YAML, and who asks at the counter does not wait for that

__all__ = ["PolicySet", "day_of"]


class PolicySet:
    """All policies of a folder, each in all its versions; the version is the one in force on the day of the incident.

    It holds names (``for name in policies``); ``policies["hotel-guest-recovery"]`` is one policy in all its versions, which can
    be used wherever a policy can: to decide, and in the ledger to decide, grant, hold and escalate.
    """

    __slots__ = ("_versions",)

    def __init__(self, versions: Mapping[str, Versions[Policy]]) -> None:
        self._versions = dict(versions)

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)

    def __getitem__(self, policy: str) -> PolicySet:
        """One policy in all its versions. Raises :class:`remit.RequestError` where there is none of that name.

        >>> import remit
        >>> policies = remit.load_folder("rules")
        >>> list(policies["hotel-guest-recovery"])
        ['hotel-guest-recovery']
        """
        if policy not in self._versions:
            near = closest(policy, self._versions) if isinstance(policy, str) else None
            hint = f"did you mean `{near}`?" if near else f"there are {', '.join(self._versions)}"
            raise RequestError([Problem("request/policy", f"there is no policy `{policy}`", path="policy", hint=hint)])
        return PolicySet({policy: self._versions[policy]})

    @property
    def versions(self) -> tuple[Policy, ...]:
        """Every version of every policy."""
        return tuple(policy for versions in self._versions.values() for policy in versions)

    def at(self, day: date | str | None) -> Policy:
        """The version in force on ``day``, which may be left out where there is only one. Raises :class:`remit.RequestError`;
        where there are several policies, too: name one first (``policies["hotel-guest-recovery"].at(day)``)."""
        if len(self._versions) != 1:
            hint = f"name one of {', '.join(self._versions)}; in Python `policies[...]`"
            raise RequestError([Problem("request/policy", "which policy?", path="policy", hint=hint)])
        (versions,) = self._versions.values()
        return versions.at(day)

    def decide(
        self,
        request: Request | Mapping[str, Any],
        *,
        balances: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
        at: datetime | None = None,
    ) -> Decision:
        """As :meth:`Policy.decide`, with the same ``balances``, ``history`` and ``at``, by the version in force on the day on
        which the request says the incident ``occurred``. Raises :class:`remit.RequestError`."""
        return self.at(day_of(request)).decide(request, balances=balances, history=history, at=at)


def day_of(request: Request | Mapping[str, Any]) -> date | str | None:
    """The day of the incident, by which the version is chosen. Raises :class:`remit.RequestError` where it is no day at all."""
    if not isinstance(request, Request | Mapping):
        raise RequestError([Problem("request/type", "a request is a mapping or a `remit.Request`")])
    occurred = request.occurred if isinstance(request, Request) else request.get("occurred")
    if occurred is not None and not isinstance(occurred, date | str):
        raise RequestError([Problem("request/type", "`occurred` is a day such as `2026-07-01`", path="occurred")])
    return occurred
