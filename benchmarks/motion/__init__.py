"""Errors of moving people: joints in time, and where the person goes."""
