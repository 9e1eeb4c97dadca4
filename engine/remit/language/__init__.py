"""The language: text to typed expression to value. Knows nothing of policies."""
