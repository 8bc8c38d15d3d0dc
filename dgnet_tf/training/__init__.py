"""Training with `model.fit`."""
