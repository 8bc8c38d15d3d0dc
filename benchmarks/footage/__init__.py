"""Real footage of calibrated cameras."""
