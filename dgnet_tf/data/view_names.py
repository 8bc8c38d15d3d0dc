"""What a camera view is called."""

from __future__ import annotations

IDS = ("subject", "action", "take", "camera")


def of(ids) -> str:
    """Returns subject/action/take/camera from a dict of them."""
    return "/".join(ids[name] for name in IDS)
