"""``remit review`` without a record: the reviewer's queue at a terminal, the draw as a list, what the team may read."""
