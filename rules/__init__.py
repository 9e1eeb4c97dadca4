"""Ready-to-use policies, by industry, each with its source and date."""
