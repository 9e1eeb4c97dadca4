"""Commands for those who answer and look after decisions."""
