"""The built-in functions, one module a family, each a table."""
