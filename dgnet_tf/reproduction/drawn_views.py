"""Choice of views and frames for the figures that draw poses."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from dgnet_tf.data import manifest, views
from dgnet_tf.errors import UserError
from dgnet_tf.models import runs

_FEW = 8  # names in an error's message


def find(data_dir, split: str, name: str = "") -> views.View:
    """Returns the view of a split that is called subject/action/take/camera.

    The name's first parts are enough, and give the first view that has them; "" gives
    the split's first.

    Raises:
        UserError: if there is no such view; the message names some that there are.
    """
    found = views.load_views(data_dir, split)
    seen = []
    for view in found:
        if not name or f"{view.name}/".startswith(f"{name}/"):
            return view
        seen.append(view.name)
    there = "; ".join(itertools.islice(seen, _FEW))
    raise UserError(
        f"{data_dir}: no view {name!r} among the {len(seen)} of the split {split!r}: "
        f"{there}{'; ...' if len(seen) > _FEW else ''}."
    )


def load_run(workdir, data_dir) -> runs.Run:
    """Loads a run that can lift a data set's views.

    Raises:
        UserError: if it was trained on another skeleton, and as `runs.load`.
    """
    run, data = runs.load(workdir), manifest.read(data_dir)
    if run.config.skeleton != data.skeleton:
        raise UserError(
            f"{workdir}: was trained on skeleton {run.config.skeleton!r}, {data_dir} "
            f"holds {data.skeleton!r}. Name another run or other data."
        )
    return run


def frames(view: views.View, asked: Sequence[int], count: int) -> np.ndarray:
    """Returns the frames to draw: those asked for, or `count` evenly spread ones.

    Raises:
        UserError: if a frame does not exist.
    """
    length = len(view.valid)
    if not len(asked):
        count = min(count, length)
        # The middles of as many parts: the ends have no frame before or after them.
        return ((np.arange(count) + 0.5) * length / count).astype(int)
    for frame in asked:
        if not 0 <= frame < length:
            raise UserError(
                f"--shown: {view.name} has frames 0 to {length - 1}, not {frame}."
            )
    return np.array(asked, int)
