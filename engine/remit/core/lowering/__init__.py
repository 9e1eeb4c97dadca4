"""From the Model to terms."""
