"""What computes poses from keypoints: TensorFlow, LiteRT or ONNX Runtime."""
