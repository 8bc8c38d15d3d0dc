"""Noise on the keypoints that a network is scored on."""

from __future__ import annotations

import dataclasses

from dgnet_tf.config.fields import FIELDS
from dgnet_tf.errors import UserError, shortened


@dataclasses.dataclass(frozen=True, order=True)
class Noise:
    """Gaussian noise; without arguments there is none.

    Attributes:
        px: standard deviation, pixels.
        correlation: from one frame to the next.
    """

    px: float = 0.0
    correlation: float = 0.0

    def __bool__(self):
        return self.px > 0

    def __str__(self):
        more = f" at correlation {self.correlation:g}" if self.correlation else ""
        return f"{self.px:g} px{more}"

    @property
    def name(self) -> str:
        """Part of the names of files and columns."""
        more = f"_correlation{self.correlation:g}" if self.correlation else ""
        return f"{self.px:g}px{more}"

    def asked(self) -> dict[str, float]:
        """Returns the arguments of `evaluation.evaluate`, and a result's fields."""
        return {"noise_px": self.px, "noise_correlation": self.correlation}


NONE = Noise()
USUAL = (NONE, Noise(5.0), Noise(10.0), Noise(10.0, 0.95))


def parse(texts) -> list[Noise]:
    """Returns the noises of "5" or, with a correlation, "10@0.95"; none first.

    Raises:
        UserError: if a text is no such noise.
    """
    found = {NONE}
    for text in texts:
        try:
            noise = Noise(*map(float, str(text).split("@", 1)))
            FIELDS["noise_px"].check(noise.px)
            FIELDS["noise_correlation"].check(noise.correlation)
            if noise.correlation and not noise:
                raise ValueError
        except ValueError:
            field = FIELDS["noise_correlation"]
            raise UserError(
                f"--noises: must be numbers from 0 on, in pixels, such as 5, or with a "
                f"correlation {field.allowed}, such as 10@0.95; got {shortened(text)}."
            ) from None
        found.add(noise)
    return sorted(found)
