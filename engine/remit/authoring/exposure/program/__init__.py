"""Exposure as an exact integer program over the moments that matter."""
