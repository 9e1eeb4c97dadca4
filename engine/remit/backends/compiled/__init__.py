"""The parts of the compiled backend: see :mod:`remit.backends.python` for the whole."""
