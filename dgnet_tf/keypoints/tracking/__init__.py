"""Tells people apart in the detections of a video: by their ids, by where they are."""
