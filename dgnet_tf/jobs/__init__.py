"""Lifting of many inputs: which they are, what is done, and who does the rest."""
