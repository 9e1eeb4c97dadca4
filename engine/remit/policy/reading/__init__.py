"""Strict YAML with positions: text to a small tree in which everything knows where it stands."""
