"""What a policy means: terms, lowered once from the Model, and the laws of a decision, written once."""
