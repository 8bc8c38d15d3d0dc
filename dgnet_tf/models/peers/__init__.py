"""The networks that the paper compares itself with."""
