"""Files that appear whole or not at all, and the formats that several parts read."""
