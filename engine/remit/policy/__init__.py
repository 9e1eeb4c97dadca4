"""YAML to a checked policy."""
