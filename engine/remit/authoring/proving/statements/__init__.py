"""The kinds of statements that are proved of a policy."""
