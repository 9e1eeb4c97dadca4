"""The definition of a decision: the policy's trees are walked, and the laws are worked out on plain numbers."""
