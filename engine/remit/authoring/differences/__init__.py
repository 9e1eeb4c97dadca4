"""What changed between two policies, in words: what people may do and are owed, not lines of text."""
