"""Trains the networks of a comparison and scores each, clean and under noise."""

from __future__ import annotations

import dataclasses
import pathlib
from collections.abc import Sequence

from dgnet_tf.data import manifest
from dgnet_tf.files import json_documents
from tuning.comparing import networks
from tuning.comparing.networks import Network
from tuning.studies import budget, documents, jobs
from tuning.studies import study as studies
from tuning.studies.noise import NONE, USUAL, Noise

COMPARISON = "comparison.json"


def run(
    found: Sequence[Network],
    data_dir,
    workdir,
    *,
    seeds: int = 1,
    noises: Sequence[Noise] = USUAL,
    split: str = "test",
    progress: bool = True,
):
    """Trains and scores what is not done, see `jobs.run_rows`.

    Args:
        found: the networks, see `networks.make`; the first is the study's base.
        data_dir: converted data set.
        workdir: the study's folder.
        seeds: training runs of each network, from its seed upwards.
        noises: on the scored keypoints; without noise is always scored. The same for
            all networks and seeds.
        split: split to score; nothing is chosen by it.
        progress: show progress bars.

    Raises:
        UserError: if the data do not fit, or the folder is of another study.
    """
    networks.check(found, data_dir, split)
    data = manifest.read(data_dir)
    digest = studies.data_digest(data)
    base = found[0].config
    study = studies.Study(base, digest, data.dataset, split)
    by_id = {studies.row_id(study, one.config, digest): one for one in found}
    seeds = range(base.seed, base.seed + seeds)
    noises = sorted({NONE, *noises})
    planned = {
        row: jobs.JobRow(
            one.name, one.config, data_dir, [{"noise": noise} for noise in noises]
        )
        for row, one in by_id.items()
    }

    def begin():
        _write(workdir, by_id, seeds, noises)

    jobs.run_rows(workdir, study, "comparison", planned, seeds, begin, progress)


def _write(workdir, by_id: dict[str, Network], seeds, noises):
    """Writes `comparison.json`, what was asked for."""
    content = {
        "version": documents.VERSION,
        "seeds": list(seeds),
        "noises_px": [noise.px for noise in noises],
        "noise_correlations": [noise.correlation for noise in noises],
        "networks": [
            {
                "name": one.name,
                "title": one.title,
                "id": row,
                "frames_seen": budget.frames_seen(one.config),
                "config": dataclasses.asdict(one.config),
            }
            for row, one in by_id.items()
        ],
    }
    json_documents.write(pathlib.Path(workdir) / COMPARISON, content)
