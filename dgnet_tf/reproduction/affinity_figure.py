"""Figure 6: the joints that DSG and DTG connect, frame by frame."""

from __future__ import annotations

import pathlib
from collections.abc import Sequence

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.data import manifest
from dgnet_tf.drawing import pose_axes, style
from dgnet_tf.errors import UserError
from dgnet_tf.files.escaping import in_code, in_markdown
from dgnet_tf.files.tables import Table
from dgnet_tf.inference import affinities
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.view_lifter import ViewLifter
from dgnet_tf.reproduction import drawn_views

KINDS = {
    "spatial": "spatial, B_t",
    "forward": "to the next frame, Q_{t+1}",
    "backward": "to the one before, Q_{t-1}",
}
_COLUMNS = ["frame", "matrix", "joint", "neighbour", "weight"]
_SHOWN = 5

_NOTES = """\
# Figure 6: affinities over time

{view} of the {split} split of `{dataset}`, run {run}.

DG-Conv block {block}: the weights of its first DSG and its first DTG, each frame's from
the window that has it in the middle. Rows are joint i, columns the joints j that it
takes features from. White is no connection; the first frame has no frame before it, the
last none after it.

![matrices](figure6.png)

The row of {joint} in every frame:

![one joint over time](figure6-joint.png)

Whom {joint} listens to, besides itself, by weight:

"""


def make(
    workdir,
    data_dir,
    split: str,
    folder,
    *,
    view: str = "",
    shown: Sequence[int] = (),
    joint: str = "left_elbow",
    block: int = 1,
    flip: bool = True,
) -> list[pathlib.Path]:
    """Writes Figure 6 of one view: Markdown, CSV, two charts; returns their paths.

    Args:
        workdir, data_dir, split, folder: run with DSG or DTG, its data, the output's.
        view: see `drawn_views.find`.
        shown: frames whose matrices are drawn; five evenly spread ones by default.
        joint: whose row is drawn over time; the paper follows Joint12, the left elbow
            in this order of joints.
        block: number of the DG-Conv block, from 1.
        flip: draw the poses averaged with the mirrored estimate.

    Raises:
        UserError: if view, frame, joint or block do not exist, or the run's network
            has no dynamic graph, and as `runs.load`.
    """
    run = drawn_views.load_run(workdir, data_dir)
    skeleton = skeletons.get(run.config.skeleton)
    if joint not in skeleton.joints:
        names = ", ".join(skeleton.joints)
        raise UserError(f"--joint={joint}: must be one of {names}.")
    if not 1 <= block <= run.config.blocks:
        there = run.config.blocks
        raise UserError(f"--block={block}: the run has blocks 1 to {there}.")
    chosen = drawn_views.find(data_dir, split, view)
    frames = drawn_views.frames(chosen, shown, _SHOWN)
    options = InferenceOptions.of(run.config, flip=flip)
    lifter = ViewLifter(run.model, options)
    seen = lifter.network_keypoints(chosen)
    found = affinities.over_time(run.model, run.config, seen, chosen.image_size, block)
    matrices = {kind: getattr(found, kind) for kind in KINDS}
    matrices = {kind: m for kind, m in matrices.items() if m is not None}
    if not matrices:
        raise UserError(
            f"{workdir}: its network ({run.config.architecture}) has no dynamic graph. "
            "Name a run with DSG or DTG."
        )
    positions = lifter.positions(chosen)
    folder, number = pathlib.Path(folder), skeleton.joints.index(joint)
    rows = listed(matrices, frames, skeleton)
    text = _NOTES.format(
        view=in_code(chosen.name),
        split=split,
        dataset=in_markdown(manifest.read(data_dir).dataset),
        run=in_markdown(pathlib.Path(workdir).resolve().name),
        block=block,
        joint=joint,
    )
    text += _neighbours(rows, frames, matrices, joint).markdown()
    drawn = chart(matrices, positions, frames, chosen.fps, skeleton)
    rows_drawn = over_time(matrices, number, chosen.fps, skeleton)
    return [
        *Table(_COLUMNS, rows).write(folder, "figure6", text),
        style.save(drawn, folder / "figure6.png"),
        style.save(rows_drawn, folder / "figure6-joint.png"),
    ]


def listed(matrices: dict[str, np.ndarray], frames, skeleton) -> list[list]:
    """Returns a row for each connection of the chosen frames."""
    rows = []
    for frame in frames:
        for kind, matrix in matrices.items():
            for i, j in np.argwhere(matrix[frame] != 0):
                weight = float(matrix[frame, i, j])
                names = skeleton.joints[i], skeleton.joints[j]
                rows.append([int(frame), kind, *names, weight])
    return rows


def _neighbours(rows, frames, matrices, joint):
    """The table of one joint's neighbours."""
    lines = []
    for frame in frames:
        cells = [int(frame)]
        for kind in matrices:
            mine = [
                (weight, neighbour)
                for f, k, i, neighbour, weight in rows
                if (f, k, i) == (frame, kind, joint) and neighbour != joint
            ]
            shown = [f"{name} {weight:.2f}" for weight, name in sorted(mine)[::-1]]
            cells.append(", ".join(shown) or None)
        lines.append(cells)
    return Table(["frame", *(KINDS[kind] for kind in matrices)], lines)


def chart(matrices, positions, frames, fps: float, skeleton):
    """Returns the figure: poses above, their matrices below.

    Args:
        matrices: {kind: (F, N, N)}.
        positions: (F, N, 3) metres, camera axes.
        frames: the chosen ones, at `fps` a second.
        fps, skeleton: of both.
    """
    rows, columns = 1 + len(matrices), len(frames)
    made = style.figure(2.0 + 2.2 * columns, 2.3 * rows, layout="none")
    made.subplots_adjust(
        left=1.3 / made.get_figwidth(), right=1 - 0.9 / made.get_figwidth(),
        bottom=0.04, top=0.95, wspace=0.12, hspace=0.22,
    )  # fmt: skip
    poses = style.upright(positions[frames])
    low, high = pose_axes.box([poses])
    cube = (low + high) / 2, pose_axes.half_side(high - low)
    names = [f"{i} {name}" for i, name in enumerate(skeleton.joints)]
    for c, frame in enumerate(frames):
        axes = pose_axes.deep_axes(made, (rows, columns, c + 1), *cube)
        pose_axes.draw_bones(axes, poses[c], skeleton)
        axes.set_title(f"frame {frame}, {frame / fps:.2f} s", fontsize=9)
        for r, (kind, matrix) in enumerate(matrices.items(), start=1):
            axes = made.add_subplot(rows, columns, r * columns + c + 1)
            image = axes.imshow(matrix[frame], **_scale(matrix))
            axes.set_xticks(range(len(names)), range(len(names)), fontsize=5)
            axes.set_yticks(range(len(names)), names if not c else [], fontsize=6)
            axes.tick_params(length=0)
            if not c:
                axes.set_title(KINDS[kind], fontsize=9, loc="left")
            if c == columns - 1:
                box = axes.get_position()
                bar = made.add_axes([box.x1 + 0.01, box.y0, 0.012, box.height])
                made.colorbar(image, bar).ax.tick_params(labelsize=7)
    return made


def over_time(matrices, joint: int, fps: float, skeleton):
    """Returns the figure of one joint's rows over all frames."""
    made = style.figure(9.0, 0.5 + 2.4 * len(matrices), layout="none")
    made.subplots_adjust(left=0.14, right=1.0, bottom=0.08, top=0.95, hspace=0.28)
    for r, (kind, matrix) in enumerate(matrices.items()):
        axes = made.add_subplot(len(matrices), 1, r + 1)
        rows = matrix[:, joint].T  # (N, F)
        image = axes.imshow(
            rows,
            extent=(0, rows.shape[1] / fps, len(rows) - 0.5, -0.5),
            **{**_scale(matrix), "aspect": "auto", "interpolation": "nearest"},
        )
        axes.set_yticks(range(len(rows)), skeleton.joints, fontsize=6)
        axes.set_title(
            f"{skeleton.joints[joint]}: {KINDS[kind]}", fontsize=9, loc="left"
        )
        made.colorbar(image, ax=axes, pad=0.02).ax.tick_params(labelsize=7)
    axes.set_xlabel("seconds", fontsize=9)
    return made


def _scale(matrix):
    """White for no connection; two hues only where there are negative weights."""
    most = float(np.abs(matrix).max()) or 1.0
    if matrix.min() < 0:
        return {"cmap": "PuOr", "vmin": -most, "vmax": most}
    return {"cmap": "Blues", "vmin": 0.0, "vmax": most}
