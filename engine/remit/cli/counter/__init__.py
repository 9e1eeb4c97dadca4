"""Commands for those who stand before the customer."""
