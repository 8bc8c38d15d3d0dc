"""Lifting people's keypoints, whole videos and live feeds, into files of poses."""
