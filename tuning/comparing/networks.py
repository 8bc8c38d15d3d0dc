"""The networks of a comparison, each with its own configuration and one budget."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping, Sequence

from dgnet_tf.config import config as configuration
from dgnet_tf.config import flags
from dgnet_tf.config.fields import FIELDS, Config
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.models import network_arguments
from tuning.ablations import runner
from tuning.studies import budget

# By how much the frames of a batch may differ, since windows are whole.
_BATCH_TOLERANCE = 0.1
_TRUE, _FALSE = ("true", "1"), ("false", "0")


@dataclasses.dataclass(frozen=True)
class Network:
    """One network to compare.

    Attributes:
        name: as `--architectures` has it, "dgnet" or "dgnet:channels=64".
        config: its configuration, with the first seed.
    """

    name: str
    config: Config

    @property
    def title(self) -> str:
        """What tables and charts call it."""
        _, *fields = self.name.split(":")
        title = network_arguments.title(self.config.architecture)
        return f"{title} ({', '.join(fields)})" if fields else title


def make(
    names: Sequence[str],
    data_dir,
    *,
    preset: str = "paper",
    shared: Mapping[str, object] | None = None,
    frames_seen: int = 0,
    batch_frames: int = 0,
) -> list[Network]:
    """Returns the networks, all of which see the same number of frames in training.

    Args:
        names: architectures of `dgnet_tf.config`, each followed by fields of its own,
            as "dgnet:channels=64:blocks=3".
        data_dir: converted data set.
        preset: of `dgnet_tf.config`; an architecture's sizes are those it has there.
        shared: fields of all networks; those of a name replace them.
        frames_seen: frames that a training shows, each as often as it is shown; 0 for
            as many as the first network sees with its own steps.
        batch_frames: frames of a batch, for all; 0 leaves each its own `batch_size`.

    Raises:
        UserError: if a name is unknown or there twice, a field is wrong, or whole
            steps cannot show that many frames.
    """
    if not names:
        raise UserError("--architectures: names no network.")
    data = manifest.read(data_dir)
    found: list[Network] = []
    for name in names:
        try:
            config = _config(name, preset, shared or {})
            if batch_frames:
                config = _with_batch(config, batch_frames)
            if not found:
                frames_seen = frames_seen or budget.natural(config, data_dir, data)
            config = budget.seeing(config, frames_seen)
        except UserError as error:
            raise UserError(f"{name}: {error}") from error
        twin = next((one.name for one in found if one.config == config), None)
        if twin is not None:
            raise UserError(
                f"--architectures: {name} and {twin} are the same network. Name each "
                "once."
            )
        found.append(Network(name, config))
    return found


def check(found: Sequence[Network], data_dir, split: str):
    """Checks that the windows of all networks can be cut from one data set.

    Raises:
        UserError: if they cannot; the network of the longest window is named.
    """
    data = manifest.read(data_dir)

    def reach(one):
        return (one.config.frames - 1) * one.config.frame_stride

    # The longest first: an overlap that is enough for it is enough for all.
    for one in sorted(found, key=reach, reverse=True):
        try:
            runner.check(one.config, str(data_dir), data, split)
        except UserError as error:
            raise UserError(f"{one.name}: {error}") from error


def _config(name, preset, shared):
    architecture, *fields = name.split(":")
    overrides = {**shared, **dict(map(_field, fields))}
    return configuration.make(preset, architecture=architecture, **overrides)


def _field(text):
    """Reads "channels=64"; the value is of the field's type."""
    name, equals, value = text.partition("=")
    if not equals or name not in flags.NAMES or name == "architecture":
        raise UserError(
            f"--architectures: {text!r} is not FIELD=VALUE of a configuration field, "
            "as in dgnet:channels=64."
        )
    kind = FIELDS[name].kind
    try:
        return name, _boolean(value) if kind is bool else kind(value)
    except ValueError:
        raise UserError(
            f"--architectures: {text!r}: {name} must be of type {kind.__name__}."
        ) from None


def _boolean(text):
    if text.lower() not in _TRUE + _FALSE:
        raise ValueError(text)
    return text.lower() in _TRUE


def _with_batch(config, batch_frames):
    size = round(batch_frames / config.frames)
    if size < 1 or abs(size * config.frames - batch_frames) > (
        _BATCH_TOLERANCE * batch_frames
    ):
        raise UserError(
            f"windows of {config.frames} frames make no batch of {batch_frames} frames "
            f"(--batch_frames); {size} of them have {size * config.frames}. Give a "
            "multiple of the longest window."
        )
    return dataclasses.replace(config, batch_size=size)
