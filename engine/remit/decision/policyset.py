"""All versions of all policies of a folder; each request is decided by the version in force when the incident happened."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from remit.decision.decision import Decision
from remit.decision.policy import Policy
from remit.decision.request import Request
from remit.errors import Problem, RequestError
from remit.policy.versions import Versions

__all__ = ["PolicySet"]


class PolicySet:
    """All policies of a folder, each in all its versions; the version is the one in force on the day of the incident."""

    __slots__ = ("_versions",)

    def __init__(self, versions: Mapping[str, Versions[Policy]]) -> None:
        self._versions = dict(versions)

    def __iter__(self) -> Iterator[str]:
        return iter(self._versions)

    def __len__(self) -> int:
        return len(self._versions)

    def at(self, day: date | str | None, policy: str | None = None) -> Policy:
        """The version of ``policy`` (which may be left out where there is only one) in force on ``day`` (which may be left out
        where it has only one version). Raises :class:`remit.RequestError`."""
        if policy is None and len(self._versions) == 1:
            policy = next(iter(self._versions))
        if policy not in self._versions:
            hint = f"name one of {', '.join(self._versions)}"
            what = "which policy?" if policy is None else f"there is no policy `{policy}`"
            raise RequestError([Problem("request/policy", what, path="policy", hint=hint)])
        return self._versions[policy].at(day)

    def decide(
        self,
        request: Request | Mapping[str, Any],
        *,
        policy: str | None = None,
        balances: Mapping[str, Any] | None = None,
        history: Mapping[str, Any] | None = None,
    ) -> Decision:
        """As :meth:`Policy.decide`, by the version in force on the day that the request says the incident ``occurred``."""
        if not isinstance(request, Request | Mapping):
            raise RequestError([Problem("request/type", "a request is a mapping or a `remit.Request`")])
        occurred = request.occurred if isinstance(request, Request) else request.get("occurred")
        if occurred is not None and not isinstance(occurred, date | str):
            raise RequestError([Problem("request/type", "`occurred` is a day such as `2026-07-01`", path="occurred")])
        return self.at(occurred, policy).decide(request, balances=balances, history=history)
