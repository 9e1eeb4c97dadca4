"""Cases that remit proposes and the author confirms: one for each rule and guardrail, three for each boundary."""
