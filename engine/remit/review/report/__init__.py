"""The report: the figures that show whether a policy lets people help, and what it costs.

:data:`remit.review.report.making.FIGURES` is the table of figures. Each is a small fold over the actions of the ledger.
"""
