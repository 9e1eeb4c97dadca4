"""What a changed policy really changes, in every case: more, less, or the same."""
