"""A reader for each format that keypoint detectors write."""
