"""Layers of the networks that the paper compares itself with."""
