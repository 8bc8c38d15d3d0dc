"""How a trained network is used: the options of inference, in one object.

A new option is a field here, and one of the configuration if runs have a value of their
own. Its flags, and its place in reports, model cards and trained weights follow.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping

from dgnet_tf import skeletons
from dgnet_tf.config.config_field import ConfigField
from dgnet_tf.config.fields import FIELDS, INFERENCE


def _option(known: ConfigField, *, folder: str, commands, beside: bool = False):
    """Declares an option that a caller may set.

    `known` is the configuration's field, or a field of its own; `folder` is added to
    the name of a report's folder where the option is not as usual; `commands` have its
    flag. `beside` puts it next to a model card's `config`, in which the name stands for
    what the network was trained with.
    """
    option = {"known": known, "folder": folder, "commands": commands, "beside": beside}
    return dataclasses.field(default=known.default, metadata=option)


_MEANING = "Average with the mirrored estimate."
_FLIP = ConfigField(name="flip", default=True, meaning=_MEANING, part=INFERENCE)


@dataclasses.dataclass(frozen=True, kw_only=True)
class InferenceOptions:
    """How a trained network is used.

    Attributes:
        skeleton: of keypoints and poses.
        fps: frame rate that the network was trained at.
        frames: T, of a window.
        inputs: what the network takes of a keypoint: "xy", or "xyc" with its
            confidence, which keypoints (..., N, 3) have as their third number.
        missing_legs: share of the training windows without knees and ankles.
        flip: average with the mirrored estimate of the mirrored keypoints.
        overlap: how overlapping windows become one pose for each frame, see
            `window_table`.
        frame_stride: s, frames from one slot of a window to the next.
        keypoint_smoothing: frames on either side of each that a parabola is fitted to,
            in the keypoints before they are lifted; see `frame_smoothing`.
        position_smoothing: the same in the poses after they are lifted; streams, which
            cannot look ahead, do without.
        precision: dtype policy of the network's products, see `folding.fold`.

    Raises:
        ValueError: for an option out of its range.
    """

    skeleton: str = ""
    fps: float = 0.0
    frames: int = 4
    inputs: str = FIELDS["inputs"].default
    missing_legs: float = FIELDS["missing_legs"].default
    flip: bool = _option(
        _FLIP,
        folder="noflip",
        commands=("evaluate", "export", "compare"),
        beside=True,
    )
    overlap: str = _option(FIELDS["overlap"], folder="{}", commands=("evaluate",))
    frame_stride: int = _option(
        FIELDS["frame_stride"], folder="stride{}", commands=("evaluate",)
    )
    keypoint_smoothing: int = _option(
        FIELDS["keypoint_smoothing"],
        folder="smoothing{}",
        commands=("evaluate", "export", "save_preset"),
    )
    position_smoothing: int = _option(
        FIELDS["position_smoothing"],
        folder="poses{}",
        commands=("evaluate", "export", "save_preset"),
    )
    precision: str = _option(
        FIELDS["precision"], folder="{}", commands=("evaluate", "export"), beside=True
    )

    def __post_init__(self):
        for name, option in OPTIONS.items():
            option["known"].check(getattr(self, name))

    @classmethod
    def of(cls, config, **asked) -> InferenceOptions:
        """Returns a run's own options but for those that are asked for.

        `config` is a `Config`, the dict of its fields that a report or a card holds, or
        other options; None asks for the run's own.

        Raises:
            TypeError: if there is no such option.
            ValueError: for an option out of its range.
        """
        if unknown := sorted(asked.keys() - set(NAMES)):
            raise TypeError(f"{unknown[0]!r} is no option of inference: {NAMES}.")
        asked = {name: value for name, value in asked.items() if value is not None}
        if isinstance(config, cls):
            return dataclasses.replace(config, **asked)
        own = config if isinstance(config, Mapping) else vars(config)
        # A configuration's `flip` is about training.
        names = {field.name for field in dataclasses.fields(cls)} - {"flip"}
        own = {name: own[name] for name in names if name in own}
        return cls(**{**own, **asked})

    @classmethod
    def of_report(cls, config, reported: Mapping) -> InferenceOptions:
        """Reads them from a report's `options`; older reports lack some."""
        return cls.of(config, **{name: reported.get(name) for name in NAMES})

    @classmethod
    def of_card(cls, card: Mapping) -> InferenceOptions:
        """Reads them from the model card of an export."""
        return cls.of(card["config"], **{name: card.get(name) for name in _BESIDE})

    @property
    def optional(self) -> tuple[int, ...]:
        """The joints without which people can be lifted, if they are never seen.

        They are a guess then. `Skeleton.without` says where such a joint is put.
        """
        return skeletons.get(self.skeleton).below_hips if self.missing_legs else ()

    @property
    def span(self) -> int:
        """T s: frames from a window's start to the next that does not overlap it."""
        return self.frames * self.frame_stride

    @property
    def margin(self) -> int:
        """Slots at either end of a window that the rule "interior" does not read."""
        return self.frames // 4 if self.overlap == "interior" else 0

    @property
    def block(self) -> int:
        """Frames of a video whose windows are cut together, by whatever rule."""
        return self.span - 2 * self.margin * self.frame_stride

    @property
    def passes(self) -> float:
        """Windows that a frame of a long video passes through, without the mirrored."""
        if self.overlap in ("center", "mean"):
            return self.frames
        return self.span / self.block

    @property
    def estimates(self) -> int:
        """How many estimates a frame's pose is the mean of, mirrored ones included."""
        read = self.frames if self.overlap == "mean" else 1
        return 2 * read if self.flip else read

    @property
    def reach(self) -> int:
        """Frames from a window's first to its last: what the newest is lifted from."""
        return self.span - self.frame_stride + 1

    def chosen(self) -> dict:
        """Returns the options that may be set, as a report's `options` hold them."""
        return {name: getattr(self, name) for name in NAMES}

    def beside(self) -> dict:
        """Returns the options that a model card holds next to its `config`."""
        return {name: getattr(self, name) for name in _BESIDE}

    def configured(self, config):
        """Returns a run's `Config` with these options, for its model card."""
        kept = {name: getattr(self, name) for name in NAMES if name not in _BESIDE}
        return dataclasses.replace(config, **kept)


# The options that may be set, with what is known of each.
OPTIONS = {
    field.name: field.metadata
    for field in dataclasses.fields(InferenceOptions)
    if field.metadata
}
NAMES = tuple(OPTIONS)
_BESIDE = tuple(name for name in NAMES if OPTIONS[name]["beside"])


def folder_suffix(reported: Mapping) -> str:
    """Returns the end of a report folder's name: what of `options` is not as usual."""
    usual = {name: OPTIONS[name]["known"].default for name in _BESIDE}
    usual = {**reported["model"], **usual}
    return "".join(
        "-" + option["folder"].format(reported[name])
        for name, option in OPTIONS.items()
        if reported[name] != usual[name]
    )


def sentences(reported: Mapping) -> list[str]:
    """Returns a report's `options` in words, those that older reports have."""
    estimate = "Averaged with" if reported["flip"] else "Without"
    found = [f"{estimate} the mirrored estimate."]
    for what, name in ("Keypoints", "keypoint"), ("Poses", "position"):
        if reach := reported.get(f"{name}_smoothing"):
            found.append(f"{what} smoothed over {2 * reach + 1} frames.")
    return found
