"""The virtual cameras that film a motion, and their flags."""

from __future__ import annotations

import dataclasses

from absl import flags

from dgnet_tf.errors import UserError

# Least and most of each range, and its unit. A camera that is nearer than a metre
# stands within the person's reach.
LIMITS = {
    "distance": (1.0, 100.0, "metres"),
    "height": (0.0, 100.0, "metres"),
    "focal": (100.0, 100_000.0, "pixels"),
}


@dataclasses.dataclass(frozen=True)
class Rig:
    """The cameras of each sequence. The defaults are like Human3.6M's four.

    Attributes:
        cameras: their number.
        seed: seed of their places.
        distance: nearest and farthest from the aim, across the floor; metres.
        height: lowest and highest above the floor; metres.
        focal: shortest and longest focal length; pixels of a 1000 x 1000 image.

    Raises:
        UserError: for a range that is none, or that no camera can have.
    """

    cameras: int = 4
    seed: int = 0
    distance: tuple[float, float] = (4.0, 6.0)
    height: tuple[float, float] = (1.0, 2.0)
    focal: tuple[float, float] = (1145.0, 1145.0)

    def __post_init__(self):
        for name, least in (("cameras", 1), ("seed", 0)):
            if getattr(self, name) < least:
                raise ValueError(
                    f"`{name}` must be at least {least}, got {getattr(self, name)}."
                )
        for name, (least, most, unit) in LIMITS.items():
            low, high = getattr(self, name)
            if not least <= low <= high <= most:
                raise UserError(
                    f"--camera_{name} must be LOW,HIGH in {unit}, at least {least:g} "
                    f"and at most {most:g}, LOW first; got {low:g},{high:g}."
                )

    def options(self) -> dict:
        """Returns what `dataset.json` keeps of it."""
        return {
            "cameras": self.cameras,
            "camera_seed": self.seed,
            **{f"camera_{name}": list(getattr(self, name)) for name in LIMITS},
        }


DEFAULT = Rig()


FLAGS = ("cameras", "camera_seed", *(f"camera_{name}" for name in LIMITS))


def define_flags(flag_values: flags.FlagValues, prefix: str = ""):
    """Defines the flags `from_flags` reads, with a prefix to their help texts."""
    for name, default, text, least in (
        ("cameras", DEFAULT.cameras, "virtual cameras of each recording.", 1),
        ("camera_seed", DEFAULT.seed, "seed of the virtual cameras' places.", 0),
    ):
        flags.DEFINE_integer(
            name, default, prefix + text, least, flag_values=flag_values
        )
    for name, text in (
        ("distance", "a virtual camera's distance from the person, across the floor"),
        ("height", "a virtual camera's height above the floor"),
        ("focal", "a virtual camera's focal length, in a 1000x1000 image"),
    ):
        default = [f"{value:g}" for value in getattr(DEFAULT, name)]
        text = f"{prefix}{text}: LOWEST,HIGHEST in {LIMITS[name][2]}."
        flags.DEFINE_list(f"camera_{name}", default, text, flag_values)


def from_flags(values: flags.FlagValues) -> Rig:
    """Returns the rig that the flags describe.

    Raises:
        UserError: if a range is not one or two numbers, or see `Rig`.
    """
    ranges = {name: _range(name, getattr(values, f"camera_{name}")) for name in LIMITS}
    return Rig(values.cameras, values.camera_seed, **ranges)


def _range(name, texts) -> tuple[float, float]:
    try:
        numbers = [float(text) for text in texts]
    except ValueError:
        numbers = []
    if len(numbers) not in (1, 2):
        raise UserError(
            f"--camera_{name} must be one number or two, as LOW,HIGH; got "
            f"{','.join(texts)!r}."
        )
    return numbers[0], numbers[-1]
