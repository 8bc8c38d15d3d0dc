"""A reader for each data set."""
