"""Writers of detectors' keypoint files."""
