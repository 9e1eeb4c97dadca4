"""How something is written in the file, for what the model does not keep. Reads the file again, so only for findings."""

from __future__ import annotations

from remit.language.source import Source
from remit.policy.model import Model
from remit.policy.reading.reader import read_yaml
from remit.policy.reading.tree import YamlList, YamlMap, YamlNode, YamlScalar

__all__ = ["evidence_key", "fact_node", "role_on_ladder"]


def fact_node(model: Model, name: str) -> YamlMap | None:
    """How the fact ``name`` is written."""
    facts = _section(model, "facts")
    fact = facts.get(name) if isinstance(facts, YamlMap) else None
    return fact if isinstance(fact, YamlMap) else None


def role_on_ladder(model: Model, role: str) -> Source | None:
    """Where the ladder names ``role``."""
    ladder = _section(model, "ladder")
    for each in ladder if isinstance(ladder, YamlList) else ():
        if isinstance(each, YamlScalar) and each.text == role:
            return each.source()
    return None


def evidence_key(model: Model, name: str) -> Source | None:
    """Where the evidence ``name`` is declared."""
    evidence = _section(model, "evidence")
    key = evidence.key(name) if isinstance(evidence, YamlMap) else None
    return None if key is None else key.source()


def _section(model: Model, name: str) -> YamlNode | None:
    root, _ = read_yaml(model.text, model.file)
    return None if root is None else root.get(name)
