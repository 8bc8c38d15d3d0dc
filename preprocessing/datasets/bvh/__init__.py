"""Users' motion capture as BVH files."""
