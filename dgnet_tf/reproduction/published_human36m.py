"""Tables I and II of the paper; see `published`."""

from __future__ import annotations

from dgnet_tf.reproduction.published_table import (
    AVERAGE,
    MISPRINTED_NAMES,
    OURS,
    Table,
    row,
)

# The columns, by our names of Human3.6M's actions.
ACTIONS = (
    "Directions", "Discussion", "Eating", "Greeting", "Phoning", "Photo", "Posing",
    "Purchases", "Sitting", "SittingDown", "Smoking", "Waiting", "WalkDog", "Walking",
    "WalkTogether",
)  # fmt: skip


def _only_average(average):
    return "- " * len(ACTIONS) + average


_H36M = (*ACTIONS, AVERAGE)
_SHIFTED = (
    "The rows of Zhao [4], Yang [26] and Lee [17] look shifted by an action; only "
    "their averages are used."
)

TABLE_I = Table(
    "I",
    "Human3.6M, Protocol 1",
    "human36m",
    "MPJPE, mm",
    _H36M,
    (
        row("Martinez et al.", 11, 1,
            "51.8 56.2 58.0 59.0 69.5 78.4 55.2 58.1 74.0 94.6 62.3 59.1 65.1 49.5 "
            "52.4 62.9", _H36M),
        row("Fang et al.", 25, 1,
            "50.1 54.3 57.0 57.1 66.6 73.3 53.4 55.7 72.8 88.6 60.3 57.7 62.7 47.5 "
            "50.6 60.4", _H36M),
        row("Yang et al.", 26, 1,
            "51.5 58.9 50.4 57.0 62.1 65.4 49.8 52.7 69.2 85.2 57.4 58.4 43.6 60.1 "
            "47.7 58.6", _H36M, per_column=False),
        row("Zhao et al.", 4, 1,
            "47.3 60.7 51.4 60.5 61.1 49.9 47.3 68.1 86.2 55.0 67.8 61.0 42.1 60.6 "
            "45.3 57.6", _H36M, per_column=False),
        row("Pavlakos et al.", 10, 1,
            "48.5 54.4 54.4 52.0 59.4 65.3 49.9 52.9 65.8 71.1 56.6 52.9 60.9 44.7 "
            "47.8 56.2", _H36M),
        row("Ci et al.", 5, 1,
            "46.8 52.3 44.7 50.4 52.9 68.9 49.6 46.4 60.2 78.9 51.2 50.0 54.8 40.4 "
            "43.3 52.7", _H36M),
        row("Wang et al.", 27, 1,
            "44.7 48.9 47.0 49.0 56.4 67.7 48.7 47.0 63.0 78.1 51.1 50.1 54.5 40.1 "
            "43.0 52.6", _H36M),
        row("Lee et al.", 17, 3,
            "40.2 49.2 47.8 52.6 50.1 75.0 50.2 43.0 55.8 73.9 54.1 55.6 43.3 58.2 "
            "43.3 52.8", _H36M, per_column=False),
        row("Hossain and Little", 2, 5,
            "44.2 46.7 52.3 49.3 59.9 59.4 47.5 46.2 59.9 65.6 55.8 50.4 52.3 43.5 "
            "45.1 51.9", _H36M, printed="Marcard et al."),
        row("Cai et al.", 6, 7,
            "44.6 47.4 45.6 48.8 50.8 59.0 47.2 43.9 57.9 61.9 49.7 46.6 51.3 37.1 "
            "39.4 48.8", _H36M),
        row("Xu et al.", 28, 7,
            "38.2 44.4 42.8 43.7 47.6 60.3 42.0 45.4 53.2 60.8 46.4 43.5 48.5 34.6 "
            "38.6 46.3", _H36M),
        row("Liu et al. (GAST-Net)", 29, 27,
            "44.9 46.7 41.9 45.6 47.9 56.1 44.2 45.5 57.1 59.1 46.8 43.5 47.5 32.6 "
            "33.1 46.2", _H36M, printed="Liu et al."),
        row("Pavllo et al.", 3, 243,
            "45.2 46.7 43.3 45.6 48.1 55.1 44.6 44.3 57.3 65.8 47.1 44.0 49.0 32.8 "
            "33.9 46.8", _H36M, printed="Dario et al."),
        row(OURS, None, 4,
            "41.5 46.6 41.0 44.3 47.1 54.1 44.2 42.5 54.9 58.8 46.9 43.1 46.9 32.6 "
            "35.6 45.3", _H36M),
        row("Ci et al.", 5, 1,
            "36.3 38.8 29.7 37.8 34.6 42.5 39.8 32.5 36.2 39.5 34.4 38.4 38.2 31.3 "
            "34.2 36.3", _H36M, truth_2d=True),
        row("Cai et al.", 6, 3,
            "32.9 38.7 32.9 37.0 37.3 44.8 38.7 36.1 41.0 45.6 36.8 37.7 37.7 29.5 "
            "31.6 37.2", _H36M, truth_2d=True),
        row("Hossain and Little", 2, 5,
            "35.2 40.8 37.2 37.4 43.2 44.0 38.9 35.6 42.3 44.6 39.7 39.7 40.2 32.8 "
            "35.5 39.2", _H36M, truth_2d=True, printed="Marcard et al."),
        row("Pavllo et al.", 3, 243, _only_average("37.1"), _H36M, truth_2d=True),
        row("Liu et al. (attention)", 30, 243,
            "32.3 35.2 33.3 35.8 35.9 41.5 33.2 32.7 44.6 50.9 37.0 32.4 37.0 25.2 "
            "27.2 34.7", _H36M, truth_2d=True, printed="Liu et"),
        row(OURS, None, 4,
            "28.5 33.5 28.1 28.9 32.6 35.5 33.3 30.0 37.4 39.9 31.4 30.2 29.5 23.9 "
            "25.5 31.2", _H36M, truth_2d=True),
    ),
    (_SHIFTED, MISPRINTED_NAMES),
)  # fmt: skip

TABLE_II = Table(
    "II",
    "Human3.6M, Protocol 2",
    "human36m",
    "P-MPJPE, mm",
    _H36M,
    (
        row("Pavlakos et al.", 8, 1, _only_average("51.9"), _H36M),
        row("Martinez et al.", 11, 1,
            "39.5 43.2 46.4 47.0 51.0 56.0 41.4 40.6 56.5 59.4 49.2 45.0 49.5 38.0 "
            "43.1 47.7", _H36M),
        row("Fang et al.", 25, 1,
            "38.2 41.7 43.7 44.9 48.5 55.3 40.2 38.2 54.5 64.4 47.2 44.3 47.3 36.7 "
            "41.7 45.7", _H36M),
        row("Pavlakos et al.", 10, 1,
            "34.7 39.8 41.8 38.6 42.5 47.5 38.0 36.6 50.7 56.8 42.6 39.6 43.9 32.1 "
            "36.5 41.8", _H36M),
        row("Ci et al.", 5, 1,
            "36.9 41.6 38.0 41.0 41.9 51.1 38.2 37.6 49.1 62.1 43.1 39.9 43.5 32.2 "
            "37.0 42.2", _H36M),
        row("Wang et al.", 27, 1,
            "32.8 36.8 42.5 38.5 42.4 49.0 35.4 34.3 53.6 66.2 46.5 34.1 42.3 30.0 "
            "39.7 42.2", _H36M),
        row("Lee et al.", 17, 3,
            "34.9 35.2 43.2 42.6 46.2 55.0 37.6 38.8 50.9 67.3 48.9 35.2 31.0 50.7 "
            "34.6 43.4", _H36M, per_column=False),
        row("Hossain and Little", 2, 5,
            "36.9 37.9 42.8 40.3 46.8 46.7 37.7 36.5 48.9 52.6 45.6 39.6 43.5 35.2 "
            "38.5 42.0", _H36M, printed="Marcard et al."),
        row("Cai et al.", 6, 7,
            "35.7 37.8 36.9 40.7 39.6 45.2 37.4 34.5 46.9 50.1 40.5 36.1 41.0 29.6 "
            "33.2 39.0", _H36M),
        row("Xu et al.", 28, 7,
            "31.7 35.3 35.0 35.3 36.9 44.2 32.0 33.8 42.5 49.3 37.6 33.4 39.6 27.6 "
            "32.5 36.7", _H36M),
        row("Liu et al. (GAST-Net)", 29, 27,
            "34.0 36.6 33.5 37.2 36.4 42.7 34.1 34.4 45.5 47.0 37.2 33.0 36.6 24.9 "
            "26.9 36.0", _H36M, printed="Liu et al."),
        row("Pavllo et al.", 3, 243,
            "34.1 36.1 34.4 37.2 36.4 42.2 34.4 33.6 45.0 52.5 37.4 33.8 37.8 25.6 "
            "27.3 36.5", _H36M),
        row(OURS, None, 4,
            "32.9 36.1 32.8 35.1 35.8 42.1 31.9 32.2 43.9 46.4 38.0 32.9 35.7 25.5 "
            "29.6 35.4", _H36M),
        row("Martinez et al.", 11, 1, _only_average("37.1"), _H36M, truth_2d=True),
        row("Ci et al.", 5, 1,
            "24.6 28.6 24.0 27.9 27.1 31.0 28.0 25.0 31.2 35.1 27.6 28.0 29.1 24.3 "
            "26.9 27.9", _H36M, truth_2d=True),
        row(OURS, None, 4,
            "20.5 26.0 21.8 23.0 23.7 26.7 25.2 23.1 29.5 32.5 24.2 23.3 23.7 18.7 "
            "19.6 24.1", _H36M, truth_2d=True),
    ),
    (
        "The row of Lee [17] looks like its row in Table I, shifted; only its average "
        "is used.",
        MISPRINTED_NAMES,
    ),
)  # fmt: skip
