"""What computes poses from keypoints: TensorFlow, LiteRT, ONNX Runtime or OpenVINO."""
