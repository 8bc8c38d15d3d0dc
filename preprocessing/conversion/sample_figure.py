"""Draws sample records: 2-D keypoints over the image frame, 3-D poses beside them."""

from __future__ import annotations

import pathlib

import numpy as np
from matplotlib import figure, ticker
from matplotlib.backends import backend_agg

from dgnet_tf import skeletons
from dgnet_tf.data import manifest as manifests
from dgnet_tf.data import records
from dgnet_tf.errors import UserError
from dgnet_tf.files import atomic

SAMPLES = 4
MOMENTS = {0.0: 0.25, 0.5: 0.5, 1.0: 1.0}  # place in the record: opacity
# Okabe and Ito's colours, told apart by colour-blind readers.
LEFT, RIGHT, MIDDLE = "#0072B2", "#D55E00", "#444444"


def draw(data_dir, manifest: manifests.Manifest, path):
    """Draws records taken evenly from the data set's first split.

    Args:
        data_dir: folder of the data set.
        manifest: its `dataset.json`.
        path: image file to write; its ending chooses the format.

    Raises:
        UserError: if a shard is damaged or the file's ending is no image format.
    """
    path = pathlib.Path(path)
    skeleton = skeletons.get(manifest.skeleton)
    split = next(name for name in manifests.SPLITS if name in manifest.splits)
    chosen = _choose(data_dir, manifest, split)
    picture = figure.Figure(figsize=(8, 3.6 * len(chosen)))
    canvas = backend_agg.FigureCanvasAgg(picture)
    if path.suffix.lower().lstrip(".") not in canvas.get_supported_filetypes():
        raise UserError(f"{path}: --figure must end in an image format, such as .png.")
    for row, record in enumerate(chosen):
        flat = picture.add_subplot(len(chosen), 2, 2 * row + 1)
        deep = picture.add_subplot(len(chosen), 2, 2 * row + 2, projection="3d")
        _draw_image(flat, record, skeleton)
        _draw_space(deep, record, skeleton)
    picture.suptitle(
        f"{manifest.dataset}, {split}: left blue, right orange; later frames stronger"
    )
    picture.tight_layout(rect=(0, 0, 1, 0.99))
    with atomic.replacing(path) as partial:
        picture.savefig(partial, dpi=100)


def _choose(data_dir, manifest, split):
    import tensorflow as tf

    paths = manifests.shard_paths(data_dir, manifest, split)
    count = manifest.splits[split].records
    wanted = set(np.linspace(0, count - 1, SAMPLES).astype(int).tolist())
    chosen = []
    for index, serialized in enumerate(tf.data.TFRecordDataset(paths)):
        if index in wanted:
            parsed = records.parse(serialized, manifest.record_frames, manifest.joints)
            chosen.append({name: value.numpy() for name, value in parsed.items()})
    return chosen


def _moments(record):
    last = int(record["frames"]) - 1
    return {round(place * last): opacity for place, opacity in MOMENTS.items()}


def _bones(skeleton):
    for child, parent in skeleton.edges:
        sides = ((skeleton.left, LEFT), (skeleton.right, RIGHT))
        colour = next((c for side, c in sides if child in side), MIDDLE)
        yield [parent, child], colour


def _draw_image(axes, record, skeleton):
    width, height = record["image_size"]
    for frame, opacity in _moments(record).items():
        x, y = record["keypoints"][frame].T
        for bone, colour in _bones(skeleton):
            axes.plot(x[bone], y[bone], color=colour, alpha=opacity)
    border = ([0, width, width, 0, 0], [0, 0, height, height, 0])
    axes.plot(*border, color="black", linewidth=1)
    axes.set_xlim(-0.05 * width, 1.05 * width)
    axes.set_ylim(1.05 * height, -0.05 * height)
    axes.set_aspect("equal")
    ids = [record[name].decode() for name in ("subject", "action", "take", "camera")]
    first = int(record["first_frame"])
    axes.set_title(
        f"{' / '.join(ids)}\nframes {first} to {first + int(record['frames']) - 1}, px",
        fontsize=8,
    )
    axes.tick_params(labelsize=7)


def _draw_space(axes, record, skeleton):
    # Drawn with x right, z (depth) into the page and y up.
    frames = list(_moments(record))
    shown = record["positions"][frames]
    low, high = shown.min(axis=(0, 1)), shown.max(axis=(0, 1))
    centre, reach = (low + high) / 2.0, (high - low).max() / 2.0
    for frame, opacity in _moments(record).items():
        x, y, z = record["positions"][frame].T
        for bone, colour in _bones(skeleton):
            axes.plot(x[bone], z[bone], -y[bone], color=colour, alpha=opacity)
    axes.set_xlim(centre[0] - reach, centre[0] + reach)
    axes.set_ylim(centre[2] - reach, centre[2] + reach)
    axes.set_zlim(-centre[1] - reach, -centre[1] + reach)
    axes.set_box_aspect((1, 1, 1))
    axes.view_init(elev=15, azim=-60)
    axes.set_xlabel("x, m", fontsize=7)
    axes.set_ylabel("z (depth), m", fontsize=7)
    axes.set_zlabel("-y, m", fontsize=7)
    axes.tick_params(labelsize=6)
    for axis in (axes.xaxis, axes.yaxis, axes.zaxis):
        axis.set_major_locator(ticker.MaxNLocator(4))
