"""Virtual cameras for motion that none has filmed, and cameras recovered from data."""
