"""Reports whose numbers are known."""
