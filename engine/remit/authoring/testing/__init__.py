"""Cases that authors write beside a policy: read, run, and told apart when they fail."""
