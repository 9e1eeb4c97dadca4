"""What is allowed but not wise: small checks with stable codes, each with a page in docs/checks."""
