"""Inference of a batch of windows against the floor and against eager PyTorch."""

from __future__ import annotations

import tempfile

from benchmarks import floor, lifters, networks, result
from dgnet_tf.models import multiply_adds
from tuning.comparing import contest

_FLOAT32 = (lifters.XLA, lifters.GRAPH, lifters.SAVED_MODEL, lifters.LITERT)
_BFLOAT16 = (lifters.BFLOAT16_GRAPH, lifters.BFLOAT16_SAVED_MODEL)


def run(preset: str, rounds: int) -> result.Result:
    """Lifts one batch of the preset's size again and again."""
    config = networks.config(preset)
    with tempfile.TemporaryDirectory() as folder:
        runners = lifters.contestants(config, config.batch_size, folder)
        return measure(config, config.batch_size, runners, rounds)


def measure(config, windows, runners, rounds) -> result.Result:
    """Holds the contest of `lifters.contestants` and the floor."""
    window = multiply_adds.window(networks.build(config).get_config())
    rows = networks.window_rows(config)
    fast = floor.fastest(floor.products(windows, rows, config.channels))
    times = contest.hold([*runners, *(p.contestant for p in fast)], rounds)
    needed = windows * window.total
    times[floor.FLOOR] = floor.times(needed, fast, times)
    best = min(_FLOAT32, key=lambda name: times[name].median)
    figures = []
    for name in (n for n in (*_FLOAT32, *_BFLOAT16) if n in times):
        figures.append(
            result.figure(
                f"{name}: share of the float32 floor",
                times[floor.FLOOR],
                times[name],
                0.8 if name in _FLOAT32 else None,
            )
        )
        for torch_name in networks.pytorch_names(times):
            aimed_at = name in _FLOAT32 and torch_name == networks.PYTORCH
            figures.append(
                result.figure(
                    f"{name}: times {torch_name}",
                    times[torch_name],
                    times[name],
                    6.0 if aimed_at else None,
                )
            )
    half = [name for name in _BFLOAT16 if name in times]
    if half:
        fastest_half = min(half, key=lambda name: times[name].median)
        figures.append(
            result.figure(
                "bfloat16: times the best float32",
                times[best],
                times[fastest_half],
                1.5,
            )
        )
    return result.Result(
        figures,
        times,
        {
            "windows": windows,
            "multiply_adds": needed,
            "gflops": floor.rates(fast, times),
        },
        [
            f"A call lifts {windows} windows of {config.frames} frames, each lifted "
            "once, without the mirrored estimate. Floor: "
            f"{needed / 1e9:.2f} G multiply-adds at the best rate above."
        ],
    )
