"""Remit's own words in several languages, and how each language writes money, numbers, days and lists."""
