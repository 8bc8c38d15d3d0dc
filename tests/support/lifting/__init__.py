"""Lifters that answer at once, and what the command is given."""
