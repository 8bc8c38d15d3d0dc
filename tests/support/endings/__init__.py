"""Processes that are signalled, starved and cut off."""
