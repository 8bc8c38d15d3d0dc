"""The model card of trained weights, for people: `model_card.md`."""

from __future__ import annotations

from dgnet_tf.files import tables
from dgnet_tf.models import architectures, weight_folders


def markdown(content: dict) -> str:
    """Returns the card.

    Args:
        content: of `preset.json`.
    """
    name, config = content["name"], content["config"]
    parts = [
        f"# {name}, version {content['version']}",
        _what(content),
        "## Use",
        _use(name, config),
        "## Training data and its terms",
        _data(content["training"].get("data")),
        *content["licence"],
        "## Training",
        _training(content),
        "## Scores",
        _scores(content["scores"]),
        "## Limits",
        "\n".join(f"- {limit}" for limit in content["limits"]),
        "## Files",
        _files(content["weights"]),
    ]
    return "\n\n".join(parts) + "\n"


def _what(content):
    config, weights = content["config"], content["weights"]
    return (
        f"{architectures.title(config['architecture'])} for the skeleton "
        f"{config['skeleton']}: {config['frames']} frames, "
        f"{config['fps'] / config['frame_stride']:g} of them a second, from 2-D "
        f"keypoints to poses relative to the root, in metres; "
        f"{weights['parameters']:,} parameters. Written by dgnet_tf "
        f"{content['package']}."
    )


def _use(name, config):
    calls = [
        "```",
        f"python -m dgnet_tf.lift --model={name} --keypoints=people.json \\",
        "    --layout=coco_17 --image_size=1920x1080 --fps=30 --output=poses.npz",
        f"python -m dgnet_tf.export --weights={name} --output=models/{name}",
        f"python -m dgnet_tf.train --weights={name} --data=DATA --workdir=RUN",
        "```",
        "",
        "```python",
        "import dgnet_tf",
        "",
    ]
    if config["architecture"] in ("dgnet", "baseline"):
        calls.append(f'model = dgnet_tf.DGNet.from_preset("{name}")')
    else:
        calls.append(f'model = dgnet_tf.pretrained.load("{name}").model')
    calls += [
        f'lifter = dgnet_tf.Lifter.load("{name}")',
        "```",
        "",
        "Where the package does not ship them, the folder's path stands for the name.",
    ]
    return "\n".join(calls)


def _data(data):
    if data is None:
        return "The run did not say what it was trained on; find out before use."
    rows = [
        [
            split,
            told["sequences"],
            told["frames"],
            told["seconds"],
            ", ".join(told["subjects"]),
        ]
        for split, told in data["splits"].items()
    ]
    options = [f"{key} {value}" for key, value in data["options"].items()]
    lines = [
        f"Data set: {data['dataset']}, {data['fps']:g} frames a second.",
        "",
        tables.markdown(
            ("split", "sequences", "frames", "seconds", "people"), rows, digits=0
        ),
        "",
        *(f"- made from `{file}`, sha256 `{digest}`" for file, digest in _items(data)),
    ]
    lines += [f"- conversion: {'; '.join(options)}"] if options else []
    return "\n".join(lines)


def _items(data):
    return sorted(data["sources"].items())


def _training(content):
    training, config = content["training"], content["config"]
    lines = [f"    {training['command']}", ""] if training.get("command") else []
    lines.append(f"- seed {config['seed']}, optimizer {config['optimizer']}")
    if started := training.get("weights"):
        lines.append(
            f"- started from the weights {started['name']}, version "
            f"{started['version']}"
        )
    if history := training.get("history"):
        last = [f"{name} {value:.1f}" for name, value in history["last"].items()]
        lines.append(f"- {history['epochs']} epochs; at the end {', '.join(last)}")
    if versions := training.get("versions"):
        lines.append("- " + ", ".join(f"{k} {v}" for k, v in versions.items()))
    return "\n".join(lines)


def _scores(scores):
    if not scores:
        return "None were given."
    columns = (
        "scored on", "noise, px", "smoothed", "flip", "MPJPE", "95 % by video",
        "P-MPJPE", "MPJVE", "mean pose", "frames", "people",
    )  # fmt: skip
    rows = []
    for score in scores:
        options, metrics = score["options"], score["metrics"]
        where = f"{score['dataset']}, {score['split']}"
        if score["actions"]:
            where += f" ({', '.join(score['actions'])})"
        low, high = score["mpjpe_mm_interval"]
        rows.append(
            [
                where,
                f"{options.get('noise_px', 0):g}",
                2 * options.get("keypoint_smoothing", 0) + 1,
                "yes" if options.get("flip") else "no",
                metrics.get("mpjpe_mm"),
                None if low is None else f"{low:.1f} to {high:.1f}",
                metrics.get("p_mpjpe_mm"),
                metrics.get("mpjve_mm"),
                score["mean_pose_mpjpe_mm"],
                score["frames"],
                ", ".join(score["subjects"]),
            ]
        )
    return (
        "Millimetres; MPJVE per frame. Keypoints are smoothed over that many frames "
        "before they are lifted. Flip is the mean with the mirrored estimate.\n\n"
        + tables.markdown(columns, rows)
    )


def _files(weights):
    return (
        f"`{weight_folders.WEIGHTS}` ({weights['bytes']:,} bytes, {weights['dtype']}, "
        f"sha256 `{weights['sha256']}`) is what `keras.Model.save_weights` writes; "
        f"`{weight_folders.FILE}` has the configuration and all figures of this card."
    )
