"""Whole videos through a network: windows, smoothing, stitching, root."""
