"""Comparisons of networks on the same records and the same budget."""
