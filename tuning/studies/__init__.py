"""A study's folder: its rows, results, budget and workers."""
