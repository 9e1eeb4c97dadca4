"""The sections of a policy: for each its keys, and how what the author wrote becomes part of the model."""
