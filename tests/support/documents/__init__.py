"""The blocks that documents show."""
