"""How expressions are checked, one small module per family of nodes. Use :mod:`remit.language.checker`."""
