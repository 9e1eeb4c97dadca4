"""Like cases: where the relevant facts are the same, whether people were treated alike.

Compared are employees, sites, people and AI agents, and groups of customers.
"""
