"""The log: records in order, hash-chained; reading, verifying, erasing, and records in and out."""
