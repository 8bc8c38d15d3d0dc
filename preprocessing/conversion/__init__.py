"""From recordings to camera views, records and shards."""
