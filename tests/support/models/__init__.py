"""Networks and trained weights for tests."""
