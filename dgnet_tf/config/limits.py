"""Least and most of each number of a configuration, without TensorFlow."""

from __future__ import annotations

from absl import flags

AUGMENTATION = {
    "random_cameras": (0.0, 1.0),
    "random_camera_tilt": (0.0, 45.0),
    "random_camera_focal": (0.0, 0.5),
    "body_scale": (0.0, 0.5),
    "noise_px": (0.0, float("inf")),
    "noise_correlation": (0.0, 0.99),
    "outlier_share": (0.0, 0.5),
    "outlier_px": (0.0, float("inf")),
    "missing_share": (0.0, 0.5),
}
MINIMA = {
    "frames": 1,
    "frame_stride": 1,
    "blocks": 1,
    "channels": 1,
    "spatial_neighbors": 1,
    "temporal_neighbors": 1,
    "epochs": 1,
    "steps_per_epoch": 0,
    "batch_size": 1,
    "warmup_steps": 0,
    "weight_decay": 0.0,
    "weight_average": 0.0,
    "dropout": 0.0,
    "block_loss_weight": 0.0,
    "keypoint_smoothing": 0,
    "seed": 0,
    **{name: least for name, (least, _) in AUGMENTATION.items()},
}
MAXIMA = {
    "dropout": 0.99,
    "weight_average": 0.99999,
    "keypoint_smoothing": 25,
    **{name: most for name, (_, most) in AUGMENTATION.items()},
}
ABOVE_ZERO = ("learning_rate", "learning_rate_decay", "head_scale")


def define_keypoint_smoothing(values: flags.FlagValues):
    """Defines the flag by which commands replace a run's `keypoint_smoothing`."""
    flags.DEFINE_integer(
        "keypoint_smoothing",
        None,
        "Frames on either side of each that a parabola is fitted to, in the keypoints "
        "before they are lifted; by default the run's.",
        MINIMA["keypoint_smoothing"],
        MAXIMA["keypoint_smoothing"],
        flag_values=values,
    )


def check(name: str, value: int):
    """Refuses what is no whole number or out of range, with a ValueError."""
    reason = broken(name, value) or ("" if type(value) is int else "a whole number")
    if reason:
        raise ValueError(f"`{name}` must be {reason}, got {value!r}.")


def broken(name: str, value) -> str:
    """Returns what a field's value must be, "at least 1", if it is not; else ""."""
    if name in MINIMA and not value >= MINIMA[name]:
        return f"at least {MINIMA[name]}"
    if name in MAXIMA and not value <= MAXIMA[name]:
        return f"at most {MAXIMA[name]}"
    if name in ABOVE_ZERO and not value > 0:
        return "above 0"
    return ""
