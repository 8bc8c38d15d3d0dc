"""Writers of data sets in their raw layouts."""
