"""Exports: SavedModel, TensorFlow Lite, ONNX, and folders of trained weights."""
