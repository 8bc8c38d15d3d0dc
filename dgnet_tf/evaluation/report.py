"""`report.json` and `report.md`: the result of an evaluation."""

from __future__ import annotations

import hashlib
import pathlib
import re
from collections.abc import Sequence

from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import report_schema, scoring
from dgnet_tf.evaluation import report_sections as section
from dgnet_tf.files import json_documents
from dgnet_tf.files.atomic import write_text
from dgnet_tf.files.escaping import in_markdown
from dgnet_tf.inference import options as inference_options

JSON, MARKDOWN = "report.json", "report.md"
_KIND = json_documents.JsonKind(
    "a report",
    "Name a report that `python -m dgnet_tf.evaluate` wrote.",
    schema=report_schema.Report,
)
# What a comparison and a page show, besides what every report has.
SHOWN = (
    *("frames", "views", "intervals", "metrics_action_mean", "per_action"),
    *("options.noise_px", "options.root_counted", "options.joints", "options.fps"),
    *(f"options.model.{name}" for name in ("architecture", "frames", "parameters")),
)
# What is told of how it was measured, besides.
MEASURED = tuple(
    f"options.{name}" for name in ("flip", "overlap", "seed", "scored", "versions")
)
# A table of people by actions that is wider is left to `report.json`.
_MOST_PEOPLE = 8


def read(path: str | pathlib.Path, needed: Sequence[str] = ()) -> dict:
    """Reads a report.

    Args:
        path: `report.json`, or the folder that holds it.
        needed: fields that not every version has written, as "options.fps".

    Raises:
        UserError: if it is missing, not a report, or lacks a field that is needed.
    """
    path = pathlib.Path(path)
    path = path / JSON if path.is_dir() else path
    found = _KIND.read(path)
    # Reports of before it was an option: all noise was white.
    found["options"].setdefault("noise_correlation", 0.0)
    for field in needed:
        within = found
        for name in field.split("."):
            if name not in within:
                raise UserError(
                    f"{path}: has no field {field!r}; an older version wrote it. Run "
                    "`python -m dgnet_tf.evaluate` again."
                )
            within = within[name]
    return found


def write(
    report: dict, folder: str | pathlib.Path
) -> tuple[pathlib.Path, pathlib.Path]:
    """Writes both files, each whole or not at all; returns their paths."""
    json_path, markdown_path = (pathlib.Path(folder) / n for n in (JSON, MARKDOWN))
    write_text(markdown_path, markdown(report))
    json_documents.write(json_path, report)
    return json_path, markdown_path


def default_folder(workdir: str | pathlib.Path, report: dict) -> pathlib.Path:
    """Returns the report's folder in the run; other options, another folder."""
    options = report["options"]
    name = f"{report['dataset']}-{report['split']}"
    if options["actions"]:
        name += "-" + _file_name("+".join(options["actions"]))
    if options["noise_px"]:
        name += f"-noise{options['noise_px']:g}px"
        if options["noise_correlation"]:
            name += f"-correlation{options['noise_correlation']:g}"
    if options["seed"]:
        name += f"-seed{options['seed']}"
    name += inference_options.folder_suffix(options)
    if not options["root_counted"]:
        name += "-noroot"
    if options["balanced"]:
        name += "-balance"
    if report.get("root"):
        name += "-root"
    return pathlib.Path(workdir) / "evaluation" / name


def markdown(report: dict) -> str:
    """Returns the report for people."""
    parts = [
        f"# {in_markdown(report['dataset'])}, {in_markdown(report['split'])} split",
        f"{in_markdown(report['frames'])} valid frames of "
        f"{in_markdown(report['views'])} camera views. "
        "Millimetres; MPJVE in millimetres per frame, acceleration error in "
        "millimetres per frame squared; PCK at 150 mm.",
        summary(report),
        section.intervals(report),
    ]
    if report["options"]["joints_14"]:
        fourteen = tuple(scoring.FOURTEEN_METRICS)
        table = section.metrics_table("", _overall(report), fourteen)
        parts += ["## Fourteen joints", table]
    if len(report["estimates"]) > 1:
        parts += ["## Coordinate balance", section.estimates_section(report)]
    if report.get("root"):
        parts += ["## The root's trajectory", section.root_section(report["root"])]
    if report.get("uncertainty"):
        sure = section.uncertainty_section(report["uncertainty"])
        parts += ["## How sure it is", sure]
    for title, headers, rows in section.protocol_tables(report["protocols"]):
        parts += [f"## {in_markdown(title)}", section.right_aligned(headers, rows)]
    for field in ("action", "subject", "camera", "joint"):
        table = section.metrics_table(field, report[f"per_{field}"])
        parts += [f"## By {field}", table]
    people = report["per_subject_action"]
    if 1 < len(people) <= _MOST_PEOPLE and len(report["per_action"]) > 1:
        parts += ["## By subject and action: MPJPE", section.cells(people)]
    parts += ["## Worst", section.worst(report)]
    parts += ["## How it was measured", section.options(report["options"])]
    return "\n\n".join(parts) + "\n"


def summary(report: dict) -> str:
    """Returns the overall numbers as a table, the baseline beside them."""
    return section.metrics_table("", _overall(report))


def _overall(report) -> dict[str, dict]:
    rows = {
        "all frames": report["metrics"],
        "mean over actions": report["metrics_action_mean"],
    }
    if "mean_pose" in report["baselines"]:
        rows["mean pose, all frames"] = report["baselines"]["mean_pose"]
    return rows


def _file_name(text: str) -> str:
    """Returns a text as part of a file name, another one for another text."""
    plain = re.sub(r"[^\w+.-]", "_", text)[:80]
    if plain == text:
        return text
    return f"{plain}-{hashlib.sha256(text.encode()).hexdigest()[:8]}"
