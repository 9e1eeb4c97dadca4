"""How many examples a law is tried on: a few in daily work, all in CI, many when asked to be thorough.

``HYPOTHESIS_PROFILE`` chooses; without it, ``CI`` does. A law whose every example is expensive (it loads a policy, or runs a
command) says what it needs in CI with :func:`trials`; the others have what the profile gives.
"""

from __future__ import annotations

import os
from typing import Final

from hypothesis import HealthCheck, settings

__all__ = ["PROFILE", "register_profiles", "scaled", "trials"]

#: How a count in CI is multiplied: of examples, and of what slow tests do again and again to processes and servers.
_EXAMPLES: Final = {"dev": 0.1, "ci": 1, "thorough": 20}
_REPEATS: Final = {"dev": 0.25, "ci": 1, "thorough": 20}
_EACH: Final = 100

PROFILE: Final = os.environ.get("HYPOTHESIS_PROFILE", "ci" if os.environ.get("CI") else "dev")


def scaled(in_ci: int) -> int:
    """As many of something as the profile wants, of which CI wants ``in_ci``."""
    return max(1, round(in_ci * _REPEATS[PROFILE]))


def trials(in_ci: int) -> settings:
    """The settings of a law that is tried on ``in_ci`` examples in CI."""
    return settings(max_examples=max(1, round(in_ci * _EXAMPLES[PROFILE])))


def register_profiles() -> None:
    """Register all profiles with Hypothesis, and load the one that was chosen.

    In CI the examples of a test are the same as long as the test is, so that a red run is about the change. No example has a
    deadline: the machine may be busy with something else.
    """
    for name in _EXAMPLES:
        settings.register_profile(
            name,
            deadline=None,
            max_examples=max(1, round(_EACH * _EXAMPLES[name])),
            derandomize=name == "ci",
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
            print_blob=True,
        )
    settings.load_profile(PROFILE)
