"""remit: what a frontline employee may give, right now, without asking anyone."""
