"""Like cases: the same relevant facts, and whether they were treated alike, across employees, sites, people and AI agents, and
groups of customers."""
