"""A policy as compiled Python: requests are read, decided and answered by generated functions."""
