"""Readings of a checked policy: the reference evaluator, which is the definition, and others proven equal to it."""
