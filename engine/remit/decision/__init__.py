"""From a checked policy and a request to a decision."""
