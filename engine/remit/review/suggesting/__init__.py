"""From exceptions to a better policy: what people keep approving although the policy refuses it, as changes of its text."""
