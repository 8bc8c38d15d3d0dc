"""TensorFlow Serving for exported models: its configuration, and client examples."""
