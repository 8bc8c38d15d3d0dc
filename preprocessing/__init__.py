"""Raw data sets to pose sequences, camera views, records and shards."""
