"""Exposure: the most that one customer, case, employee or site can receive or give over time, without approvals, and how."""
