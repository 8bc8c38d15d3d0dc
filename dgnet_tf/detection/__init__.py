"""Reads videos, and finds people's 2-D keypoints in their frames."""
