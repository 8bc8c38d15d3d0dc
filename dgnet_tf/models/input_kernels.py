"""Gives DG-Net trained weights whose inputs are described in another way.

All weights but the kernels of the first graph are the same for any number of frames and
any description of the inputs. Those kernels have a row for each input channel.
"""

from __future__ import annotations

import numpy as np

FIELDS = ("inputs", "input_frame")  # Of the configuration.
# The size of a person, r of `PersonFrame`: the geometric mean over views of free
# motion by cameras 3 to 7 m away.
_SIZE = 0.19588


def fits(wanted: dict, brought: dict) -> bool:
    """Whether `adapt` makes a configuration's inputs from those of trained weights."""
    return (wanted["inputs"] == brought["inputs"] or brought["inputs"] == "xy") and (
        wanted["input_frame"] in (brought["input_frame"], "person_and_place")
        and brought["input_frame"] in (wanted["input_frame"], "screen")
    )


def adapt(source, target) -> None:
    """Gives a DG-Net the weights of another, which may have other inputs and frames.

    A screen coordinate x is c + r x' in the terms of `PersonFrame`. With r at its
    typical value, a first graph that took x takes x' and c; log r, and a confidence
    that was not there, begin without effect.

    Args:
        source, target: DG-Nets of the same blocks, channels and units, whose inputs
            are as `fits` wants them.
    """
    before, after = _channels(source), _channels(target)
    target.set_weights(
        [
            # Of all weights only those kernels differ in shape.
            old if old.shape == new.shape else _rows(old, before, after)
            for old, new in zip(source.get_weights(), target.get_weights(), strict=True)
        ]
    )


def _channels(network) -> list[str]:
    """Returns what the channels are that a network's first graph takes."""
    arguments = network.get_config()
    confidence = ["confidence"] if arguments["inputs"] == "xyc" else []
    if arguments["input_frame"] == "screen":
        return ["x", "y", *confidence]
    place = ["c_x", "c_y", "log_r"] if "place" in arguments["input_frame"] else []
    return ["x'", "y'", *confidence, *place]


def _rows(kernel, before, after):
    """Returns a kernel (channels before, C) with a row for each channel after."""
    known = dict(zip(before, kernel, strict=True))
    for axis in "xy":
        if axis in known:
            known[f"c_{axis}"], known[f"{axis}'"] = known[axis], _SIZE * known[axis]
    return np.stack([known.get(name, np.zeros_like(kernel[0])) for name in after])
