"""People and cameras that are made up, for benchmarks of real footage."""
