"""Statements about every possible case: proved, refuted by a case, or open."""
