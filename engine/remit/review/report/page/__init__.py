"""The report as people read it: one sheet for the terminal, one HTML page with its charts."""
