"""Folders of trained weights: what is written into them."""
