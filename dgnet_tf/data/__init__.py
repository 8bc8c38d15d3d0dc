"""Converted data sets: records, windows cut from them, epochs of windows."""
