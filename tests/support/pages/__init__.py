"""Clips and pages to look at."""
