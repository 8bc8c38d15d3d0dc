"""Layers before the first graph convolution."""
