"""What an expression is worth: values, comparisons, arithmetic, and what is known before all facts are."""
