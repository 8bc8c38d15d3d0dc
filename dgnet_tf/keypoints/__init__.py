"""2-D keypoints: detectors' files and layouts, people tracked from frame to frame."""
