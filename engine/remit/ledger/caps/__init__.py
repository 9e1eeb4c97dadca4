"""What is counted: windows of time, how much of a cap is used, and what history facts read."""
