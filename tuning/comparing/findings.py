"""Reads a comparison's results."""

from __future__ import annotations

import dataclasses
import pathlib

import numpy as np

from dgnet_tf.config import config as configuration
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import comparison as side_by_side
from dgnet_tf.evaluation import intervals, report, scoring
from tuning.comparing import latency
from tuning.comparing.runner import COMPARISON
from tuning.studies import documents, rows, statistics
from tuning.studies import study as studies
from tuning.studies.noise import Noise
from tuning.studies.study import Study


@dataclasses.dataclass(frozen=True)
class Compared:
    """One network of a comparison.

    Attributes:
        name, title, id, frames_seen, config: as `comparison.json` has them.
        results: what `rows.run_row` wrote of each training that is done, by seed.
        reports: {noise: mean report over the seeds that have one}.
        remarks: why figures are missing.
    """

    name: str
    title: str
    id: str
    frames_seen: int
    config: dict
    results: tuple[dict, ...]
    reports: dict[Noise, dict]
    remarks: tuple[str, ...]

    @property
    def errors(self) -> list[float]:
        """MPJPE in mm of each seed, without noise."""
        return [r["metrics"]["mpjpe_mm"] for r in self.finished]

    @property
    def finished(self) -> list[dict]:
        """Results of the training runs that did not fail."""
        return [r for r in self.results if r["status"] == rows.FINISHED]

    @property
    def spread(self) -> float | None:
        """Standard deviation of the error over seeds, mm."""
        return statistics.spread(self.errors)

    @property
    def seconds(self) -> float | None:
        """Mean time of the training runs that were not resumed."""
        found = [r["seconds"] for r in self.finished if r["seconds"] is not None]
        return sum(found) / len(found) if found else None


@dataclasses.dataclass(frozen=True)
class Comparison:
    """A comparison and its figures.

    Attributes:
        study: what the networks share.
        seeds: asked for.
        noises: asked for; none is the first.
        networks: in the order asked for.
        pairs: {id: {noise: {metric: `pairing.Paired`}}} of each but the first.
        latency: see `latency.measure`; None where nothing was measured.
    """

    study: Study
    seeds: list[int]
    noises: list[Noise]
    networks: list[Compared]
    pairs: dict[str, dict[Noise, dict]]
    latency: dict | None

    @property
    def mean_pose(self) -> dict | None:
        """Metrics of the training split's mean pose, scored beside the networks."""
        found = [one.finished[0]["mean_pose"] for one in self.networks if one.finished]
        return found[0] if found else None


def there(folder) -> bool:
    """Whether a study's folder holds a comparison."""
    return (pathlib.Path(folder) / COMPARISON).is_file()


def read(folder) -> Comparison:
    """Reads a comparison, finished or not.

    Raises:
        UserError: if the folder holds none, or a file of it is damaged.
    """
    study = studies.read(folder)
    asked = documents.COMPARISON.read(pathlib.Path(folder) / COMPARISON)
    deviations = asked["noises_px"]
    correlations = asked.get("noise_correlations") or [0.0] * len(deviations)
    noises = [Noise(*pair) for pair in zip(deviations, correlations, strict=True)]
    found = [_network(folder, asked, noises, entry) for entry in asked["networks"]]
    first, *others = found
    return Comparison(
        study=study,
        seeds=asked["seeds"],
        noises=noises,
        networks=found,
        pairs={one.id: _pairs(first, one) for one in others},
        latency=latency.measured(folder),
    )


def trained(folder) -> dict[str, pathlib.Path]:
    """Returns {id: folder of its first finished run}, in the order asked for."""
    return {
        one.id: studies.seed_folder(folder, one.id, one.finished[0]["seed"]) / rows.RUN
        for one in read(folder).networks
        if one.finished
    }


def mean_report(name: str, reports: list[dict]) -> dict:
    """Returns the report of a network's mean error over its seeds.

    Each video's sums are averaged over the reports, so that intervals and paired
    differences by video are those of the mean; seeds do not count as videos.

    Args:
        name: of a network.
        reports: of it on one split, one for each seed.

    Raises:
        UserError: if they are of different videos.
    """
    first = reports[0]
    if len(reports) == 1:
        return first
    rows_of = [made.get("per_sequence", []) for made in reports]
    names = (*scoring.VIDEO_IDS, "frames")
    ids = [[[row[name] for name in names] for row in own] for own in rows_of]
    if any(other != ids[0] for other in ids):
        raise UserError(
            f"{name}: the reports of its seeds are of different videos. Remove one, "
            "and give the study's command again."
        )
    merged = []
    for same in zip(*rows_of, strict=True):
        sums = {
            metric: _mean([row["sums"].get(metric) for row in same])
            for metric in scoring.METRICS
        }
        merged.append({**same[0], "sums": sums})
    return {
        **first,
        "metrics": {
            metric: _mean([made["metrics"].get(metric) for made in reports])
            for metric in scoring.METRICS
        },
        "intervals": intervals.of(merged),
        "per_sequence": merged,
    }


def _mean(values):
    return None if None in values else float(np.mean(values))


def _network(folder, asked, noises, entry):
    results, reports, remarks = [], {}, []
    for seed in asked["seeds"]:
        for noise in noises:
            result = studies.read_result(folder, entry["id"], seed, noise=noise)
            place = f"seed {seed}" + (f", noise of {noise}" if noise else "")
            if result is None:
                remarks.append(f"{place}: not run yet")
            elif result["reason"]:
                remarks.append(f"{place}: failed: {result['reason']}")
            else:
                made = studies.evaluation_folder(folder, entry["id"], seed, noise)
                found = report.read(made, report.SHOWN)
                reports.setdefault(noise, []).append(found)
            if not noise and result is not None:
                results.append(result)
            if not noise and (result is None or result["reason"]):
                break  # Nothing to score under noise.
    return Compared(
        **{name: entry[name] for name in ("name", "title", "id", "frames_seen")},
        config=configuration.completed(entry["config"]),
        results=tuple(results),
        reports={
            noise: mean_report(entry["name"], made) for noise, made in reports.items()
        },
        remarks=tuple(remarks),
    )


def _pairs(first, other):
    return {
        noise: side_by_side.pairs_of(
            first.reports[noise], made, (first.name, other.name)
        )
        for noise, made in other.reports.items()
        if noise in first.reports
    }
