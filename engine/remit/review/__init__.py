"""What a reviewer learns from the ledger: the queue, the report, suggestions, like cases, calibration.

Everything here reads records and gives values; what people decide about them goes on record through :mod:`remit.ledger`.
"""
