"""The numbers that the paper prints, as it prints them, typed once.

Source: J. Zhang et al., "Learning Dynamical Human-Joint Affinity for 3D Pose Estimation
in Videos", IEEE Transactions on Image Processing, 2021, Tables I-IV and X; [n] are
its references. Tables V-IX, the ablations, belong to `tuning`. Each table's `misprints`
say where it is not to be taken at its word.
"""

from __future__ import annotations

import dataclasses

from dgnet_tf.reproduction.published_human36m import TABLE_I, TABLE_II
from dgnet_tf.reproduction.published_table import (
    AVERAGE,
    MISPRINTED_NAMES,
    OURS,
    Table,
    row,
)

CELLS = ("Walking S1", "Walking S2", "Walking S3", "Jog S1", "Jog S2", "Jog S3")
NOISES_PX = (0, 5, 10, 15, 20)

_CELLS = (*CELLS, AVERAGE)
TABLE_III = Table(
    "III",
    "HumanEva-I, Protocol 2",
    "humaneva",
    "P-MPJPE, mm",
    _CELLS,
    (
        row("Yasin et al.", 32, 1, "35.8 32.4 41.6 46.6 41.4 35.4 38.9", _CELLS),
        row("Lin et al.", 1, 1, "26.5 20.7 38.0 41.0 29.7 29.1 30.8", _CELLS),
        row("Moreno-Noguer", 16, 1, "19.7 13.0 24.9 39.7 20.0 21.0 26.9", _CELLS,
            printed="Moreno-Noguer et al."),
        row("Pavlakos et al.", 8, 1, "22.1 21.9 29.0 29.8 23.6 26.0 25.5", _CELLS),
        row("Martinez et al.", 11, 1, "19.7 17.4 46.8 26.9 18.2 18.6 24.6", _CELLS),
        row("Fang et al.", 25, 1, "19.4 16.8 37.4 30.4 17.6 16.3 22.9", _CELLS),
        row("Hossain and Little", 2, 5, "19.1 13.6 43.9 23.2 16.9 15.5 22.0", _CELLS,
            printed="Marcard et al."),
        row("Pavllo et al.", 3, 27, "14.5 10.5 47.3 21.9 13.4 13.9 20.2", _CELLS,
            printed="Pallvo et al."),
        row(OURS, None, 4, "13.7 9.5 47.1 21.0 12.6 13.4 19.5", _CELLS),
    ),
    (
        "Averages are over the six cells; DG-Net's gives 19.55, printed 19.5. Box is "
        "not in them.",
        "The average of Moreno-Noguer [16] does not follow from its cells (23.1).",
        MISPRINTED_NAMES,
    ),
)  # fmt: skip

_MPI = ("PCK", "AUC", "MPJPE")
TABLE_IV = Table(
    "IV",
    "MPI-INF-3DHP, lifters from ground-truth 2-D",
    "mpi_inf_3dhp",
    "PCK at 150 mm and AUC, %; MPJPE, mm",
    _MPI,
    (
        row("Mehta et al. (Mono)", 7, 1, "75.7 39.3 -", _MPI, truth_2d=True,
            printed="Mono et al."),
        row("Mehta et al. (VNect)", 33, 1, "79.4 41.6 -", _MPI, truth_2d=True,
            printed="Mehta et al."),
        row("Lin and Lee", 12, 25, "83.6 51.4 79.8", _MPI, truth_2d=True,
            printed="Lin et al."),
        row("Lin and Lee", 12, 50, "82.4 49.6 81.9", _MPI, truth_2d=True,
            printed="Lin et al."),
        row(OURS, None, 4, "87.5 53.8 76.0", _MPI, truth_2d=True),
    ),
    ('Mehta [7] is printed "Mono", the name of its method.',),
)  # fmt: skip

_NOISE = tuple(f"{noise} px" for noise in NOISES_PX)
TABLE_X = Table(
    "X",
    "Robustness to noise on the 2-D keypoints, Human3.6M, Protocol 2",
    "human36m",
    "P-MPJPE, mm",
    _NOISE,
    (
        row("Moreno-Noguer", 16, None, "62.17 67.11 79.12 96.08 115.55", _NOISE,
            truth_2d=True, printed="Moreno-Nouguer"),
        row("Martinez et al.", 11, None, "37.10 46.65 52.84 59.97 70.24", _NOISE,
            truth_2d=True, printed="Martinez"),
        row("Hossain and Little", 2, None, "31.6 37.46 49.41 61.80 73.65", _NOISE,
            truth_2d=True, printed="Hossain"),
        row(OURS, None, 4, "24.17 31.86 38.63 46.92 56.33", _NOISE, truth_2d=True,
            printed="Our"),
    ),
    (
        "The paper does not state the noise's unit; pixels, as in the works that it "
        "compares with.",
    ),
)  # fmt: skip

TABLES = {
    "table1": TABLE_I,
    "table2": TABLE_II,
    "table3": TABLE_III,
    "table4": TABLE_IV,
    "table10": TABLE_X,
}


@dataclasses.dataclass(frozen=True)
class Point:
    """A point of Figure 4: parameters and MPJPE on Human3.6M from detected 2-D, mm."""

    label: str
    parameters: int
    mpjpe_mm: float
    source: str


# The figure itself prints no numbers: parameters are those of the sources named.
FIGURE_4 = (
    Point(
        "DG-Net, the paper (4 frames)",
        2_695_000,
        45.3,
        'Table I; "84.1 % parameter reduction" of Pavllo et al. (243 frames)',
    ),
    Point(
        "Pavllo et al. [3] (243 frames)",
        16_952_371,
        46.8,
        "Table I; counted from VideoPose3D's layers",
    ),
    Point(
        "Pavllo et al. [3] (81 frames)",
        12_753_971,
        47.7,
        "VideoPose3D's own table; counted from its layers",
    ),
    Point(
        "Pavllo et al. [3] (27 frames)",
        8_555_571,
        48.8,
        "VideoPose3D's own table; counted from its layers",
    ),
    Point("Martinez et al. [11]", 4_290_000, 62.9, "Table I; SemGCN's own table"),
    Point("Zhao et al. [4]", 430_000, 57.6, "Table I; SemGCN's own table"),
)
