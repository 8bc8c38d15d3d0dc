"""Latency of one window of one person."""

from __future__ import annotations

import tempfile

from benchmarks import floor, lifters, networks, result
from dgnet_tf.models import multiply_adds
from tuning.comparing import contest

_CALLS = 200  # In each round, so that the 99th percentile is one of many.


def run(preset: str, rounds: int) -> result.Result:
    """Times single calls, warm, from Python and by the SavedModel."""
    config = networks.config(preset)
    window = multiply_adds.window(networks.build(config).get_config())
    rows = networks.window_rows(config)
    fast = floor.fastest(floor.products(1, rows, config.channels))
    with tempfile.TemporaryDirectory() as folder:
        runners = [
            runner
            for runner in lifters.contestants(config, 1, folder)
            if "bfloat16" not in runner.name
        ]
        runners += [product.contestant for product in fast]
        times = contest.hold(runners, rounds, calls=_CALLS)
    times[floor.FLOOR] = floor.times(window.total, fast, times)
    figures, p99 = [], {}
    for name in (lifters.XLA, lifters.GRAPH, lifters.SAVED_MODEL, lifters.LITERT):
        if name not in times:
            continue
        p99[name] = times[name].quantile(0.99) / times[name].quantile(0.5)
        figures.append(
            result.figure(
                f"{name}: p50, share of the floor",
                times[floor.FLOOR],
                times[name],
                1 / 3,
            )
        )
        for torch_name in networks.pytorch_names(times):
            figures.append(
                result.figure(
                    f"{name}: p50, times {torch_name}", times[torch_name], times[name]
                )
            )
    return result.Result(
        figures,
        times,
        {
            "multiply_adds": window.total,
            "gflops": floor.rates(fast, times),
            "p99_over_p50": p99,
        },
        [
            f"A call lifts one window of {config.frames} frames. Floor: "
            f"{window.total / 1e6:.1f} M multiply-adds at the best rate of products "
            f"of {rows} rows."
        ],
    )
