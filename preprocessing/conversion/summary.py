"""The contents of a converted data set as a table."""

from __future__ import annotations

import tabulate

from dgnet_tf.data.manifest import SPLITS, Manifest


def table(manifest: Manifest) -> str:
    """Returns one row per split: people, views, frames, minutes, records, shards."""
    present = [
        (name, manifest.splits[name]) for name in SPLITS if name in manifest.splits
    ]
    rows = [
        (
            name,
            ", ".join(split.subjects),
            split.sequences,
            split.frames,
            f"{split.seconds / 60.0:.1f}",
            split.records,
            len(split.shards),
            f"{sum(shard.bytes for shard in split.shards) / 2**20:.1f}",
        )
        for name, split in present
    ]
    headers = "split subjects views frames minutes records shards MiB".split()
    title = (
        f"{manifest.dataset}: {manifest.skeleton}, {manifest.fps:g} frames per second, "
        f"records of {manifest.record_frames} frames that share "
        f"{manifest.record_overlap}"
    )
    body = tabulate.tabulate(
        rows, headers, maxcolwidths=[None, 40] + [None] * 6, disable_numparse=True
    )
    return f"{title}\n{body}"
