"""Shapes that stand for bones where a skeleton is shown as a solid body."""

from __future__ import annotations

import numpy as np

# Thickness as a share of the length, where the bone is thickest, and its least, metres.
_WIDTH, _WAIST, _LEAST = 0.12, 0.15, 0.012


def octahedron(start: np.ndarray, end: np.ndarray):
    """Returns a bone's triangles: an octahedron that is thickest near its start.

    Args:
        start, end: (3,) metres, in different places.

    Returns:
        (24, 3) vertices, three of each triangle, counter-clockwise seen from outside;
        (24, 3) unit normals, one for all of a triangle.
    """
    start, end = np.asarray(start, np.float64), np.asarray(end, np.float64)
    along = end - start
    length = np.linalg.norm(along)
    along = along / length
    across = np.cross(along, np.eye(3)[np.abs(along).argmin()])
    across /= np.linalg.norm(across)
    other = np.cross(along, across)
    middle = start + _WAIST * length * along
    width = max(_WIDTH * length, _LEAST)
    ring = [middle + width * way for way in (across, other, -across, -other)]
    triangles = []
    for one, following in zip(ring, ring[1:] + ring[:1], strict=True):
        triangles += [(one, following, end), (following, one, start)]
    vertices = np.array(triangles)
    edges = vertices[:, 1:] - vertices[:, :1]
    normals = np.cross(edges[:, 0], edges[:, 1])
    normals /= np.linalg.norm(normals, axis=-1, keepdims=True)
    return vertices.reshape(-1, 3), np.repeat(normals, 3, axis=0)
