"""`report.json` and `report.md`: the result of an evaluation."""

from __future__ import annotations

import json
import pathlib

from tabulate import tabulate

from dgnet_tf import scoring
from dgnet_tf.atomic import replacing

_TITLES = {
    "mpjpe_mm": "MPJPE",
    "p_mpjpe_mm": "P-MPJPE",
    "n_mpjpe_mm": "N-MPJPE",
    "mpjve_mm": "MPJVE",
}


def write(report: dict, folder) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes both files, each whole or not at all; returns their paths."""
    json_path = pathlib.Path(folder) / "report.json"
    markdown_path = pathlib.Path(folder) / "report.md"
    with replacing(markdown_path) as beside:
        beside.write_text(markdown(report), encoding="utf-8")
    with replacing(json_path) as beside:
        beside.write_text(json.dumps(report, indent=2, allow_nan=False) + "\n")
    return json_path, markdown_path


def markdown(report: dict) -> str:
    """Returns the report for people."""
    sections = [
        f"# {report['dataset']}, {report['split']} split",
        f"{report['frames']} valid frames of {report['views']} camera views. "
        "Millimetres; MPJVE in millimetres per frame.",
        summary(report),
        _interval(report["intervals"]["mpjpe_mm"]),
    ]
    for field in ("action", "subject", "camera"):
        groups = report[f"per_{field}"]
        sections += [f"## By {field}", _table(field, groups)]
    sections += ["## How it was measured", _options(report["options"])]
    return "\n\n".join(sections) + "\n"


def summary(report: dict) -> str:
    """Returns the overall numbers as a table, the baseline beside them."""
    rows = {
        "all frames": report["metrics"],
        "mean over actions": report["metrics_action_mean"],
    }
    if "mean_pose" in report["baselines"]:
        rows["mean pose, all frames"] = report["baselines"]["mean_pose"]
    return _table("", rows)


def _table(title: str, rows: dict[str, dict]) -> str:
    return tabulate(
        [
            [name, *(row[metric] for metric in scoring.METRICS)]
            for name, row in rows.items()
        ],
        headers=[title, *(_TITLES[metric] for metric in scoring.METRICS)],
        tablefmt="github",
        floatfmt=".1f",
        missingval="-",
        disable_numparse=[0],
    )


def _interval(interval: dict | None) -> str:
    if interval is None:
        return "One video only: no bootstrap interval."
    return (
        f"95 % bootstrap interval of MPJPE over all frames: {interval['low']:.1f} to "
        f"{interval['high']:.1f} mm ({interval['videos']} videos resampled, all "
        "cameras of a take together)."
    )


def _options(options: dict) -> str:
    model = options["model"]
    lines = [
        f"{model['architecture']}, {model['parameters']} parameters, windows of "
        f"{model['frames']} frames at stride {model['frame_stride']}, overlap rule "
        f"`{options['overlap']}`.",
        "Averaged with the mirrored estimate."
        if options["flip"]
        else "Without the mirrored estimate.",
        f"{options['joints']} joints, the root (error 0) counted.",
        f"Scored: {options['scored']}.",
    ]
    if options["noise_px"]:
        lines.append(
            f"Gaussian noise of {options['noise_px']:g} pixels on the keypoints, seed "
            f"{options['seed']}."
        )
    if options["fps"] != model["fps"]:
        lines.append(
            f"The data has {options['fps']:g} frames a second, the model was trained "
            f"at {model['fps']:g}."
        )
    versions = ", ".join(f"{k} {v}" for k, v in options["versions"].items())
    lines.append(f"Versions: {versions}.")
    return "\n".join(f"- {line}" for line in lines)
