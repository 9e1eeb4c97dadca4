"""The laws behind the policies, restated by hand in plain Python: what a policy must agree with in every case.

Nothing here reads a policy or imports remit. Money is in whole pence or cents.
"""
