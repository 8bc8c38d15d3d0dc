"""Clips of poses as pictures, animations and charts."""
