"""The sizes of each network of `--architecture`, published ones and smaller ones.

DG-Net's own values are the configuration's defaults and presets.
"""

from __future__ import annotations

# With the preset "paper": as published. See each network's file for the publication.
PUBLISHED = {
    "martinez": {"frames": 1, "channels": 1024, "blocks": 2, "dropout": 0.5},
    "semgcn": {"frames": 1, "channels": 128, "blocks": 4},
    # Published: 1024 frames a batch. Frames near a window's ends see repeated ones; the
    # rule "center" reads no such pose.
    "tcn": {"frames": 27, "channels": 1024, "blocks": 2, "dropout": 0.25,
            "batch_size": 38, "overlap": "center"},
    "stgcn": {"frames": 7, "channels": 128, "blocks": 2, "dropout": 0.1,
              "overlap": "center"},
}  # fmt: skip

# With another preset these come on top. An epoch of "small" shows as many frames as
# DG-Net's: 200 steps of 64 windows of 4 frames, to one step.
REDUCED = {
    "small": {
        "martinez": {"channels": 256, "batch_size": 256},
        "semgcn": {"channels": 64, "batch_size": 256},
        "tcn": {"channels": 256, "batch_size": 16, "steps_per_epoch": 119},
        "stgcn": {"channels": 64, "batch_size": 32, "steps_per_epoch": 229},
    },
    "smoke": {
        "martinez": {"channels": 16, "blocks": 1},
        "semgcn": {"channels": 16, "blocks": 1},
        "tcn": {"channels": 16, "blocks": 1, "frames": 9, "batch_size": 8},
        "stgcn": {"channels": 8, "blocks": 1, "frames": 3},
    },
}


def of(architecture: str, preset: str) -> dict:
    """Returns the fields that a network sets over those of the preset."""
    reduced = REDUCED.get(preset, {}).get(architecture, {})
    return {**PUBLISHED.get(architecture, {}), **reduced}
