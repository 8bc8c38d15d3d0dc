"""The sections of `report.md`, each a piece of Markdown made of `report.json`."""

from __future__ import annotations

from dgnet_tf.data import view_names
from dgnet_tf.evaluation import balance, root_scores, scoring
from dgnet_tf.files.escaping import in_markdown
from dgnet_tf.files.tables import Table
from dgnet_tf.inference import options as inference_options

TITLES = {
    "mpjpe_mm": "MPJPE",
    "p_mpjpe_mm": "P-MPJPE",
    "n_mpjpe_mm": "N-MPJPE",
    "mpjve_mm": "MPJVE",
    "acceleration_mm": "Accel.",
    "pck": "PCK %",
    "auc": "AUC %",
    "mpjpe_14_mm": "MPJPE (14)",
    "p_mpjpe_14_mm": "P-MPJPE (14)",
    "pck_14": "PCK % (14)",
    "auc_14": "AUC % (14)",
}


def metrics_table(title: str, rows: dict, metrics=scoring.JOINT_METRICS) -> str:
    """Returns a table of rows {name: {metric: value}}; `title` heads the names."""
    cells = [[name, *(value(m, row[m]) for m in metrics)] for name, row in rows.items()]
    return right_aligned([title, *(TITLES[metric] for metric in metrics)], cells)


def right_aligned(columns, rows) -> str:
    """Returns a Markdown table, all but the first column aligned to the right."""
    return Table(columns, rows, aligned="l" + "r" * (len(columns) - 1)).markdown()


def value(metric: str, number: float | None) -> str:
    """Returns a number as reports show it: percent, millimetres, "-" for None."""
    if number is None:
        return "-"
    if metric in scoring.HIGHER_IS_BETTER:
        return f"{100 * number:.1f}"
    return f"{number:.2f}" if metric == scoring.ACCELERATION else f"{number:.1f}"


def ends(metric: str, interval: dict | None) -> str:
    """Returns an interval as reports show it; "-" for None."""
    if interval is None:
        return "-"
    return " to ".join(value(metric, interval[end]) for end in ("low", "high"))


def intervals(report) -> str:
    """Returns the bootstrap intervals of both means."""
    drawn = report["intervals"]["mpjpe_mm"]
    if drawn is None:
        return "One video only: no bootstrap interval."
    metrics = scoring.JOINT_METRICS
    fields = {"all frames": "intervals", "mean over actions": "intervals_action_mean"}
    rows = [
        [name, *(ends(metric, report[field][metric]) for metric in metrics)]
        for name, field in fields.items()
    ]
    return (
        f"95 % bootstrap intervals ({in_markdown(drawn['videos'])} videos resampled, "
        "all cameras of a take together):\n\n"
        + right_aligned(["", *(TITLES[metric] for metric in metrics)], rows)
    )


def estimates_section(report) -> str:
    """Returns the estimates side by side, and what each is made of."""
    rows = {name: row["metrics"] for name, row in report["estimates"].items()}
    lines = [f"- `{name}`: {balance.CONSUMES[name]}" for name in rows]
    unfitted = in_markdown(report["options"]["frames_without_fitted_root"])
    lines.append(f"- Frames in which no root could be fitted (xyz there): {unfitted}.")
    return metrics_table("all frames", rows) + "\n\n" + "\n".join(lines)


def root_section(found: dict) -> str:
    """Returns the errors of the root's trajectory and of skating feet."""
    cameras = {"known": "the camera's", "assumed": "assumed"}
    fits = {"frame": "each frame alone", "floor": "over the floor"}
    rows = [
        [
            cameras[camera],
            fits[fit],
            *(value(m, of[fit][m]) for m in root_scores.METRICS),
        ]
        for camera, of in found["cameras"].items()
        for fit in root_scores.FITS
    ]
    table = Table(
        ["focal length", "fit", "skate, mm a frame", "root error, mm", "drift, mm"],
        rows,
        aligned="llrrr",
    )
    views, floors = found["views"], found["cameras"]
    return (
        f"{table.markdown()}\n\n"
        f"Skate: how far feet move that stand (the true ones: "
        f"{value('skate_mm', found['true_skate_mm'])}). Drift: after each "
        f"{root_scores.WAY:g} m of the way. A floor was found in "
        f"{floors['known']['floors']} of {views} views, with the assumed focal length "
        f"in {floors['assumed']['floors']}."
    )


_SURENESS = (
    *("mean_error_mm", "mean_expected_mm", "below_half", "below_nine_tenths"),
    *("rank_correlation", "rank_correlation_by_joint"),
)


def uncertainty_section(found: dict) -> str:
    """Returns how the stated uncertainty and the errors compare."""
    rows = {"these frames": found}
    for name, row in (found.get("trials") or {}).items():
        rows[f"{name}, people outside of the calibration"] = row
    for name, row in list(rows.items()):
        if row.get("missing"):
            rows[f"{name}, missing keypoints"] = row["missing"]
    table = right_aligned(
        [
            *("", "error, mm", "expected, mm", "below half %", "below nine tenths %"),
            *("rank correlation", "within a joint"),
        ],
        [[name, *_sureness(row)] for name, row in rows.items()],
    )
    people = found["people"]
    names = ", ".join(people.get("subjects", ()))
    return (
        f"{table}\n\nCalibrated on {in_markdown(people.get('dataset'))}, "
        f"{in_markdown(people.get('split'))}: {in_markdown(names)}. Half of the "
        f"errors should be below {found['half']:.2f} times the expected one, nine "
        f"tenths below {found['nine_tenths']:.2f} times. Over all joints but the root."
    )


def _sureness(row):
    for name in _SURENESS:
        number = row.get(name)
        if number is None:
            yield "-"
        elif name.startswith("rank"):
            yield f"{number:.2f}"
        else:
            yield f"{100 * number if name.startswith('below') else number:.1f}"


def protocol_tables(found: dict) -> list[tuple[str, list, list]]:
    """Returns title, headers and rows of each published table, all as text."""
    tables = []
    if "humaneva" in found:
        cells = found["humaneva"]["cells"]
        people = list(dict.fromkeys(name for row in cells.values() for name in row))
        rows = [
            [action, *(value("p_mpjpe_mm", row.get(person)) for person in people)]
            for action, row in cells.items()
        ]
        average = value("p_mpjpe_mm", found["humaneva"]["average"])
        title = f"HumanEva: P-MPJPE of Walking and Jog, average of the six {average}"
        tables.append((title, ["", *people], rows))
    if "mpi_inf_3dhp" in found:
        scores = found["mpi_inf_3dhp"]
        rows = {**scores["per_sequence"], **scores["per_setting"], "all": scores["all"]}
        metrics = [name for name in scores["all"] if name != "frames"]
        cells = [
            [name, row.get("frames"), *(value(m, row.get(m)) for m in metrics)]
            for name, row in rows.items()
        ]
        headers = ["", "frames", *(TITLES[metric] for metric in metrics)]
        tables.append(("MPI-INF-3DHP: test sequences and settings", headers, cells))
    return tables


def cells(people: dict[str, dict]) -> str:
    """Returns a table of MPJPE, actions by people."""
    actions = sorted({action for row in people.values() for action in row})
    rows = []
    for action in actions:
        found = (row.get(action, {}).get("mpjpe_mm") for row in people.values())
        rows.append([action, *(value("mpjpe_mm", number) for number in found)])
    return right_aligned(["", *people], rows)


def worst(report) -> str:
    """Returns the worst joints and clips."""
    joints = ", ".join(
        f"{in_markdown(row['joint'])} {row['mpjpe_mm']:.1f}"
        for row in report["worst_joints"]
    )
    rows = [
        [
            view_names.of(clip),
            f"{clip['first_frame']} to {clip['first_frame'] + clip['frames'] - 1}",
            f"{clip['mpjpe_mm']:.1f}",
        ]
        for clip in report["worst_clips"]
    ]
    return (
        f"Joints, MPJPE: {joints}.\n\nThe worst two seconds of the worst videos, in "
        "the camera that shows them worst:\n\n"
        + right_aligned(["view", "frames", "MPJPE"], rows)
    )


def options(chosen: dict) -> str:
    """Returns how it was measured."""
    return "\n".join(f"- {in_markdown(line)}" for line in measured(chosen))


def measured(chosen: dict) -> list[str]:
    """Returns how it was measured, in sentences that are no Markdown."""
    model = chosen["model"]
    lines = [
        f"{model['architecture']}, {model['parameters']} parameters, windows of "
        f"{model['frames']} frames at stride {chosen['frame_stride']}, overlap rule "
        f'"{chosen["overlap"]}".',
        *inference_options.sentences(chosen),
        f"{chosen['joints']} joints, the root (error 0) counted."
        if chosen["root_counted"]
        else f"{chosen['joints'] - 1} joints, the root not counted.",
        f"Scored: {chosen['scored']}.",
    ]
    if chosen["frame_stride"] != model["frame_stride"]:
        lines.append(f"The model was trained at stride {model['frame_stride']}.")
    if chosen["actions"]:
        lines.append(f"Only these actions: {', '.join(chosen['actions'])}.")
    if chosen["noise_px"]:
        correlation = chosen["noise_correlation"]
        kind = f"correlation {correlation:g} from frame to frame"
        lines.append(
            f"Gaussian noise of {chosen['noise_px']:g} pixels on the keypoints, "
            f"{kind if correlation else 'white'}, seed {chosen['seed']}."
        )
        if model.get("inputs") == "xyc":
            lines.append("Their confidence is made up to go with that noise.")
    if chosen["fps"] != model["fps"]:
        lines.append(
            f"The data has {chosen['fps']:g} frames a second, the model was trained "
            f"at {model['fps']:g}."
        )
    versions = ", ".join(f"{k} {v}" for k, v in chosen["versions"].items())
    lines.append(f"Versions: {versions}.")
    return lines
