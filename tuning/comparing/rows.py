"""A comparison's figures as rows, for CSV files and the chart."""

from __future__ import annotations

from dgnet_tf.evaluation import scoring
from dgnet_tf.files.tables import Table
from tuning.comparing.findings import Compared, Comparison
from tuning.studies.noise import NONE, Noise

SIZES = ("parameters", "multiply_adds_per_frame")
LATENCIES = ("window_ms", "frame_ms", "times_first")
_PAIR = (
    *("videos", "first", "second", "difference", "low", "high", "share_better"),
    *("sign_p", "permutation_p"),
)
_BUDGET = ("frames", "batch_size", "epochs", "steps_per_epoch")


def scored(found: Comparison) -> list[tuple[Noise, str]]:
    """Returns what the table holds, as (noise, metric), in its order."""
    return [
        *((noise, "mpjpe_mm") for noise in found.noises),
        *((NONE, metric) for metric in ("p_mpjpe_mm", scoring.ACCELERATION)),
    ]


def column(noise: Noise, metric: str) -> str:
    """Returns the name of a column of the CSV file."""
    return f"{metric}_noise_{noise.name}" if noise else metric


def size(one: Compared, name: str) -> int | None:
    """Returns "parameters" or "multiply_adds_per_frame"; None if not known."""
    made = one.reports.get(NONE)
    return made and made["options"]["model"].get(name)


def times(found: Comparison, one: Compared) -> dict:
    """Returns a network's latencies by `LATENCIES`' names; empty if not measured."""
    return found.latency["networks"].get(one.id, {}) if found.latency else {}


def networks(found: Comparison) -> Table:
    """Returns a row for each network, the mean pose's last."""
    columns = ["network", "architecture", "seeds"]
    for place in scored(found):
        columns += [column(*place), f"{column(*place)}_low", f"{column(*place)}_high"]
    columns += ["mpjpe_mm_spread", *SIZES, "training_seconds"]
    columns += [*LATENCIES, "times_first_low", "times_first_high"]
    columns += ["frames_seen", *_BUDGET, "id", "remarks"]
    rows = []
    for one in found.networks:
        row = {
            "network": one.name,
            "architecture": one.config["architecture"],
            "seeds": len(one.finished),
            "mpjpe_mm_spread": one.spread,
            "training_seconds": one.seconds,
            "frames_seen": one.frames_seen,
            "id": one.id,
            "remarks": "; ".join(one.remarks),
            **{name: size(one, name) for name in SIZES},
            **{name: one.config[name] for name in _BUDGET},
            **times(found, one),
        }
        for noise, metric in scored(found):
            made = one.reports.get(noise)
            if made is not None:
                name = column(noise, metric)
                interval = made["intervals"].get(metric) or {}
                row[name] = made["metrics"].get(metric)
                row |= {f"{name}_{end}": interval.get(end) for end in ("low", "high")}
        rows.append(row)
    if found.mean_pose:
        # Keypoints do not enter it, nor does their noise.
        means = {column(*p): found.mean_pose.get(p[1]) for p in scored(found)}
        rows.append({"network": "mean pose", **means})
    return Table(columns, [[row.get(name) for name in columns] for row in rows])


def differences(found: Comparison) -> Table:
    """Returns a row for each network but the first, noise and metric."""
    rows = [
        [
            *(one.name, noise.px, noise.correlation, metric),
            *(getattr(pair, part) for part in _PAIR),
        ]
        for one in found.networks[1:]
        for noise, pairs in found.pairs[one.id].items()
        for metric, pair in pairs.items()
    ]
    columns = ["network", "noise_px", "noise_correlation", "metric", *_PAIR]
    return Table(columns, rows)


def points(found: Comparison) -> list[list]:
    """Returns what `size_figure.chart` draws: a point for each network scored."""
    return [
        [
            one.title,
            found.study.dataset,
            one.reports[NONE]["metrics"]["mpjpe_mm"],
            *(size(one, name) for name in SIZES),
        ]
        for one in found.networks
        if NONE in one.reports
    ]
