"""Folders of keypoint files, and of the frames of one video."""
