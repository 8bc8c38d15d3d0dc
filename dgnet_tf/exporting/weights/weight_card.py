"""Describes trained weights: `preset.json` for programs, `model_card.md` for people."""

from __future__ import annotations

import dataclasses
import operator
import pathlib
import shlex

import dgnet_tf
from dgnet_tf.exporting import model_card
from dgnet_tf.files import epoch_history
from dgnet_tf.files.escaping import in_code, in_markdown
from dgnet_tf.files.tables import Table
from dgnet_tf.models import network_arguments, weight_folders
from dgnet_tf.models.uncertainty import Uncertainty

_USE = """\
```
python -m dgnet_tf.lift --model={name} --keypoints=people.json \\
    --layout=coco_17 --image_size=1920x1080 --fps=30 --output=poses.npz
python -m dgnet_tf.export --weights={name} --output=models/{name}
python -m dgnet_tf.train --weights={name} --data=DATA --workdir=RUN
```

```python
import dgnet_tf

model = dgnet_tf.{load}
lifter = dgnet_tf.Lifter.load("{name}")
```

Where the package does not ship them, the folder's path stands for the name."""


def content_of(
    config,
    workdir,
    *,
    name: str,
    version: int,
    scores: list[dict],
    terms: str | None,
    acknowledgement: str | None,
    limits: list[str],
    uncertainty: Uncertainty | None = None,
) -> dict:
    """Returns the content of `preset.json` but for what is measured of the weights.

    `scores` are from `weight_scores.collect`; the terms of the data, whom to thank and
    the limits are in words; `uncertainty` is what was calibrated.

    Raises:
        UserError: if a file of the run is damaged.
    """
    origin = model_card.origin(config, workdir)
    training = {**origin["training"], "history": _history(pathlib.Path(workdir))}
    _, *licence = origin["licence"]  # Of the code: exports say it themselves.
    fields = dataclasses.asdict(config)
    return {
        "format": weight_folders.FORMAT,
        "name": name,
        "version": version,
        "package": dgnet_tf.__version__,
        "config": {**fields, "weights": _without_folder(fields["weights"])},
        "network": weight_folders.network(fields),
        "training": _portable(training),
        "scores": scores,
        "licence": [*licence, *filter(None, (terms, acknowledgement))],
        "acknowledgement": acknowledgement,
        "limits": [*_limits(config, training["data"]), *limits],
        "uncertainty": uncertainty and uncertainty.content(),
    }


def markdown(content: dict) -> str:
    """Returns the card for people, of the content of `preset.json`."""
    name, config, weights = content["name"], content["config"], content["weights"]
    load = f'pretrained.load("{name}").model'
    if content["network"]["class"] == "DGNet":
        load = f'DGNet.from_preset("{name}")'
    parts = [
        f"# {in_markdown(name)}, version {in_markdown(content['version'])}",
        f"{network_arguments.title(config['architecture'])} for the skeleton "
        f"{config['skeleton']}: {config['frames']} frames, "
        f"{config['fps'] / config['frame_stride']:g} of them a second, from 2-D "
        f"keypoints to poses relative to the root, in metres; "
        f"{weights['parameters']:,} parameters. Written by dgnet_tf "
        f"{in_markdown(content['package'])}.",
        *("## Use", _USE.format(name=name, load=load)),
        *("## Training data and its terms", _data(content["training"].get("data"))),
        *map(_lines, content["licence"]),
        *("## Training", _training(content["training"], config)),
        *("## Scores", _scores(content["scores"])),
        *_uncertainty(content.get("uncertainty")),
        *(
            "## Limits",
            "\n".join(f"- {in_markdown(limit)}" for limit in content["limits"]),
        ),
        "## Files",
        f"`{weight_folders.WEIGHTS}` ({weights['bytes']:,} bytes, "
        f"{in_markdown(weights['dtype'])}, sha256 {in_code(weights['sha256'])}) is "
        f"what `keras.Model.save_weights` writes; `{weight_folders.FILE}` has the "
        "configuration and all figures of this card.",
    ]
    return "\n\n".join(parts) + "\n"


def _lines(text) -> str:
    """Returns a text of several lines, which stay with their indents."""
    lines = text.splitlines()
    indents = (line[: len(line) - len(line.lstrip())] for line in lines)
    return "\n".join(map(operator.add, indents, map(in_markdown, lines)))


def _history(workdir) -> dict | None:
    """Returns the number of epochs and the last one's figures; None without any."""
    rows = epoch_history.read(workdir / epoch_history.FILE)
    if not rows:
        return None
    names = [name for name in rows[-1] if name.endswith("pose_mpjpe_mm")]
    figures = {name: round(rows[-1][name], 4) for name in names}
    return {"epochs": len(rows), "last": figures}


def _limits(config, data) -> list[str]:
    """Returns what follows from data and configuration."""
    found = [
        f"Made for videos of about {config.fps:g} frames a second; lifting resamples "
        "others."
    ]
    if (data or {}).get("options", {}).get("cameras"):
        noise = f", but for noise of {config.noise_px:g} px" if config.noise_px else ""
        found.append(
            "Trained on keypoints that virtual cameras project without error; a "
            f"detector's and a lens's errors are not in them{noise}."
        )
    return found


def _portable(value):
    """Returns JSON content without the folders of this machine."""
    if isinstance(value, dict):
        return {name: _portable(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_portable(inner) for inner in value]
    if (
        isinstance(value, str)
        and "/" in value
        and value.startswith(("python ", "dgnet ", "/"))
    ):
        try:
            return shlex.join(map(_without_folder, shlex.split(value)))
        except ValueError:  # No command line after all.
            return value
    return value


def _without_folder(argument: str) -> str:
    flag, equals, value = argument.rpartition("=")
    if pathlib.PurePath(value).is_absolute():
        value = pathlib.PurePath(value).name
    return flag + equals + value


def _data(data):
    if data is None:
        return model_card.UNKNOWN_DATA
    counts = ("sequences", "frames", "seconds")
    rows = [
        [split, *(found[name] for name in counts), ", ".join(found["subjects"])]
        for split, found in data["splits"].items()
    ]
    table = Table(("split", *counts, "people"), rows, digits=0).markdown()
    dataset = in_markdown(data["dataset"])
    lines = [f"Data set: {dataset}, {data['fps']:g} frames a second."]
    lines += ["", table, ""]
    for file, digest in sorted(data["sources"].items()):
        lines.append(f"- made from {in_code(file)}, sha256 {in_code(digest)}")
    if options := "; ".join(f"{key} {value}" for key, value in data["options"].items()):
        lines.append(f"- conversion: {in_markdown(options)}")
    return "\n".join(lines)


def _training(training, config):
    command = " ".join((training.get("command") or "").split())
    lines = [f"    {command}", ""] if command else []
    lines.append(f"- seed {config['seed']}, optimizer {config['optimizer']}")
    if weights := training.get("weights"):
        name, version = weights["name"], weights["version"]
        lines.append(
            f"- started from the weights {in_markdown(name)}, version {version}"
        )
    if history := training.get("history"):
        last = [f"{name} {value:.1f}" for name, value in history["last"].items()]
        last = in_markdown(", ".join(last))
        lines.append(f"- {history['epochs']} epochs; at the end {last}")
    if versions := training.get("versions"):
        versions = ", ".join(f"{k} {v}" for k, v in versions.items())
        lines.append(f"- {in_markdown(versions)}")
    return "\n".join(lines)


def _scores(scores):
    if not scores:
        return "None were given."
    columns = (
        "scored on", "noise, px", "smoothed", "flip", "MPJPE", "95 % by video",
        "P-MPJPE", "MPJVE", "mean pose", "frames", "people",
    )  # fmt: skip
    return (
        "Millimetres; MPJVE per frame. Keypoints are smoothed over that many frames "
        "before they are lifted, and poses afterwards over the second number, if there "
        "is one. Flip is the mean with the mirrored estimate.\n\n"
        + Table(columns, list(map(_score, scores))).markdown()
    )


def _uncertainty(found):
    if found is None:
        return
    people = found["people"]
    dataset, split = in_markdown(people["dataset"]), in_markdown(people["split"])
    names = in_markdown(", ".join(people["subjects"]))
    yield "## How sure it is"
    yield (
        "What they lift has the expected error of each joint, in millimetres, "
        f"calibrated on people outside of training: {dataset}, {split} ({names}). Half "
        f"of the errors are below {found['half']:.2f} times as much, nine out of ten "
        f"below {found['nine_tenths']:.2f} times."
    )


def _noise(options):
    correlation = options.get("noise_correlation", 0)
    more = f" (correlation {correlation:g})" if correlation else ""
    return f"{options.get('noise_px', 0):g}{more}"


def _smoothed(options):
    keypoints, poses = (
        2 * options.get(f"{name}_smoothing", 0) + 1 for name in ("keypoint", "position")
    )
    return f"{keypoints}; {poses}" if poses > 1 else keypoints


def _score(score):
    options, metrics = score["options"], score["metrics"]
    actions = f" ({', '.join(score['actions'])})" if score["actions"] else ""
    low, high = score["mpjpe_mm_interval"]
    return [
        f"{score['dataset']}, {score['split']}{actions}",
        _noise(options),
        _smoothed(options),
        "yes" if options.get("flip") else "no",
        metrics.get("mpjpe_mm"),
        None if low is None else f"{low:.1f} to {high:.1f}",
        metrics.get("p_mpjpe_mm"),
        metrics.get("mpjve_mm"),
        score["mean_pose_mpjpe_mm"],
        score["frames"],
        ", ".join(score["subjects"]),
    ]
