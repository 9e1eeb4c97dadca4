"""From a request to the row of values that compiled functions take."""
