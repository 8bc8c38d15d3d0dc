"""The pages that are opened in a browser, of made-up people."""

import dataclasses

import numpy as np

from dgnet_tf.pages import viewer
from support.pages import clip_stand_ins

HOSTILE = "</script><img src=x onerror=alert(1)>\"'&\u2028"


def write(folder):
    """Writes the pages of one person, of several, of one who walks away, and more.

    `unsure.html` has a person of whom the page knows how far off each joint may be.
    """
    one = clip_stand_ins.person(frames=100, target=True, affinity=True)
    viewer.write(clip_stand_ins.clip(one), folder / "one.html")
    several = [
        clip_stand_ins.person("ann", x=800.0),
        clip_stand_ins.person("ben & co", first_frame=20, x=200.0),
        clip_stand_ins.person(HOSTILE, first_frame=7, frames=5),
    ]
    named = clip_stand_ins.clip(*several, title=HOSTILE, image_size=(1600, 900))
    viewer.write(named, folder / "several.html")
    walk = clip_stand_ins.person()
    walk.positions[..., 2] += np.linspace(4, 7, 50)[:, None]
    viewer.write(clip_stand_ins.clip(walk), folder / "walk.html")
    unsure = dataclasses.replace(
        clip_stand_ins.person(frames=30),
        uncertainty_mm=np.tile([0.0, *range(20, 36)], (30, 1)),
        missing=np.zeros((30, 17), bool),
    )
    unsure.uncertainty_mm[10:, 13] = 180.0
    unsure.missing[10:, 13] = True
    viewer.write(clip_stand_ins.clip(unsure), folder / "unsure.html")
    return folder
