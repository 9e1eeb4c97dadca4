"""Writes docs/checks/README.md from the table of checks: ``python tests/support/checks_doc.py > docs/checks/README.md``."""

from __future__ import annotations

from remit.authoring.checks.catalogue import CHECKS

_HEAD = """\
# Checks

What is allowed in a policy, but not wise. `remit check` tells it as a warning, beside the [errors](../errors.md) that make a
policy unusable; a promise that does not hold is an error, though the policy can be used. Every check has a page: what to
avoid, what to prefer, why, and how to switch it off. `remit check --explain CODE` prints it.

A check is switched off where it is wrong, not everywhere:

```yaml
rules:
  - id: small-gesture          # remit: off reasons/missing (the name says it all)
```

The comment stands at the end of the line that is told, or on a line of its own before it; `# remit: off-file CODE` switches a
check off for its file. Several codes are parted by commas. A comment that switches off nothing, or a check that there is not,
is told.

`remit check --fix` fixes the findings that are marked below, where what they find has lines of its own; no decision changes by
that. `--diff` shows what it would do.
`remit check --strict` leaves with 1 where there are warnings, which is what a pipeline wants: see [CI](../ci.md).

| check | finds | `--fix` |
|---|---|---|
"""


def page() -> str:
    """The whole page."""
    rows = (f"| [`{each.code}`]({each.code}.md) | {each.summary} | {'yes' if each.fixes else ''} |\n" for each in CHECKS)
    return _HEAD + "".join(rows)


if __name__ == "__main__":
    print(page(), end="")
