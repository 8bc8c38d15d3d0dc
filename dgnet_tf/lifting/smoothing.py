"""Smoothing of lifted positions in time.

Savitzky and Golay's filter fits a polynomial to the frames around each one, and needs
the frames after it. The One-Euro filter of Casiez, Roussel and Vogel ("1 Euro Filter: A
Simple Speed-based Low-pass Filter for Noisy Input in Interactive Systems", CHI 2012)
needs only those before it, and lags a little.
"""

from __future__ import annotations

import dataclasses
import math

import numpy as np

NAMES = ("none", "savgol", "one_euro")


@dataclasses.dataclass(frozen=True)
class Savgol:
    """Savitzky-Golay: the value at each frame of a polynomial fitted around it.

    Attributes:
        seconds: length of the window; taken to the nearest odd number of frames that
            is more than `order` + 1, and no more than the video has.
        order: degree of the polynomial.
    """

    seconds: float = 0.34
    order: int = 2

    def __post_init__(self):
        _check("seconds", self.seconds, self.seconds > 0)
        _check("order", self.order, self.order >= 0, "0 or more")

    def frames(self, fps: float) -> int:
        """Returns the length of the window in frames."""
        half = round((self.seconds * fps - 1) / 2)
        return 2 * max(half, self.order // 2 + 1) + 1

    def smooth(self, values: np.ndarray, fps: float) -> np.ndarray:
        """Smooths (F, ..., D) values; as they are where no window fits the frames."""
        from scipy import signal

        longest = len(values) - 1 + len(values) % 2  # Odd.
        window = min(self.frames(fps), longest)
        if window <= self.order:
            return values.copy()
        exact = values.astype(np.float64)
        smooth = signal.savgol_filter(exact, window, self.order, axis=0, mode="interp")
        return smooth.astype(values.dtype)


@dataclasses.dataclass(frozen=True)
class OneEuro:
    """One-Euro: exponential smoothing whose cutoff rises with the speed.

    A coordinate's neighbours along the last axis are one point: their common speed is
    the length of the velocity, so that the result does not depend on the axes.

    Attributes:
        min_cutoff: cutoff frequency of what does not move, Hz: less takes out more
            jitter.
        beta: how much the cutoff rises, Hz for each m/s: more lags less.
        speed_cutoff: cutoff frequency of the speed itself, Hz.
    """

    min_cutoff: float = 1.0
    beta: float = 5.0
    speed_cutoff: float = 1.0

    def __post_init__(self):
        _check("min_cutoff", self.min_cutoff, self.min_cutoff > 0)
        _check("beta", self.beta, self.beta >= 0, "0 or more")
        _check("speed_cutoff", self.speed_cutoff, self.speed_cutoff > 0)

    def start(self, fps: float) -> OneEuroState:
        """Returns a filter that takes one frame after the other."""
        return OneEuroState(self, fps)

    def smooth(self, values: np.ndarray, fps: float) -> np.ndarray:
        """Smooths (F, ..., D) values, each from those before it."""
        state = self.start(fps)
        return np.stack([state.push(value) for value in values]).astype(values.dtype)


class OneEuroState:
    """A running One-Euro filter: the paper's Algorithm 1 on points."""

    def __init__(self, parameters: OneEuro, fps: float):
        self._parameters = parameters
        self._fps = fps
        self._value: np.ndarray | None = None
        self._velocity = np.zeros(())

    def push(self, value: np.ndarray) -> np.ndarray:
        """Takes the next (..., D) values and returns them smoothed, float64."""
        value = np.asarray(value, np.float64)
        if self._value is None:
            self._value, self._velocity = value, np.zeros_like(value)
            return value
        velocity = (value - self._value) * self._fps
        share = _share(self._parameters.speed_cutoff, self._fps)
        self._velocity = share * velocity + (1 - share) * self._velocity
        speed = np.sqrt((self._velocity**2).sum(axis=-1, keepdims=True))
        cutoff = self._parameters.min_cutoff + self._parameters.beta * speed
        share = _share(cutoff, self._fps)
        self._value = share * value + (1 - share) * self._value
        return self._value


def named(smooth: str | Savgol | OneEuro | None) -> Savgol | OneEuro | None:
    """Returns a `Savgol` or `OneEuro`, by its name (`NAMES`) or as it is, or None.

    Raises:
        ValueError: if `smooth` is something else.
    """
    if smooth is None or isinstance(smooth, (Savgol, OneEuro)):
        return smooth
    known = {"none": None, "savgol": Savgol(), "one_euro": OneEuro()}
    if not isinstance(smooth, str) or smooth not in known:
        raise ValueError(
            f"`smooth` must be one of {NAMES}, a Savgol or a OneEuro, got {smooth!r}."
        )
    return known[smooth]


def _share(cutoff, fps):
    """The new value's share: 1 / (1 + tau fps) with tau = 1 / (2 pi cutoff)."""
    return 1.0 / (1.0 + fps / (2 * math.pi * cutoff))


def _check(name, value, good, least="above 0"):
    if not good or not math.isfinite(value):
        raise ValueError(f"`{name}` must be {least}, got {value!r}.")
