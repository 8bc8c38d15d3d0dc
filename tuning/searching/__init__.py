"""Searches beyond the paper's tables."""
