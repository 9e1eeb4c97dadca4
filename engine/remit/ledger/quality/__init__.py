"""What is said of decisions afterwards: reviews, disputes, outcomes, calibration. Nothing of it changes a decision."""
