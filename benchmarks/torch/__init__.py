"""DG-Net in eager PyTorch, with our weights."""
