"""The training step against the floor and against eager PyTorch."""

from __future__ import annotations

import time

import tensorflow as tf

from benchmarks import floor, networks, result
from dgnet_tf.models import multiply_adds
from dgnet_tf.training import fit
from tuning.comparing import contest, machine

keras = tf.keras
XLA, GRAPH = "dgnet_tf, XLA", "dgnet_tf, graph"


def run(preset: str, rounds: int) -> result.Result:
    """Times whole steps: forward, loss, gradients, Adam."""
    config = networks.config(preset)
    ours = {name: step(config, name == XLA) for name in (XLA, GRAPH)}
    contestants = [contest.Contestant(name, run) for name, (run, _) in ours.items()]
    contestants += [
        contest.Contestant(name, torch_step(config, model))
        for name, model in networks.pytorch(config).items()
    ]
    window = multiply_adds.window(networks.build(config).get_config())
    rows = networks.window_rows(config)
    fast = floor.fastest(floor.products(config.batch_size, rows, config.channels))
    times = contest.hold([*contestants, *(p.contestant for p in fast)], rounds)
    needed = multiply_adds.TRAINING * config.batch_size * window.total
    times[floor.FLOOR] = floor.times(needed, fast, times)

    figures = []
    for name in ours:
        target = 0.5 if name == XLA else None
        figures.append(
            result.figure(
                f"{name}: share of the floor", times[floor.FLOOR], times[name], target
            )
        )
        for torch_name in networks.pytorch_names(times):
            target = 4.5 if (name, torch_name) == (XLA, networks.PYTORCH) else None
            figures.append(
                result.figure(
                    f"{name}: times {torch_name}",
                    times[torch_name],
                    times[name],
                    target,
                )
            )
    return result.Result(
        figures,
        times,
        {
            "first_step_seconds": {
                name: seconds for name, (_, seconds) in ours.items()
            },
            "multiply_adds_a_step": needed,
            "multiply_adds_a_window_forward": {
                "parameters": window.parameters,
                "pairs": window.pairs,
            },
            "gflops": floor.rates(fast, times),
        },
        [
            f"A step is {config.batch_size} windows of {config.frames} frames. Floor: "
            f"{needed / 1e9:.1f} G multiply-adds, three times the forward ones, at the "
            "best rate above. First steps, with compilation: "
            + ", ".join(
                f"{name} {seconds:.0f} s" for name, (_, seconds) in ours.items()
            )
            + "."
        ],
    )


def step(config, jit_compile: bool):
    """Returns a function that takes one training step, and its first call's seconds.

    The step is the one of `model.fit` as `dgnet_tf.training` compiles it, on the same
    batch again and again.
    """
    with fit.precision(config.precision):
        model = networks.build(config)
        fit.compile_model(model, config, 10_000, jit_compile)
        names = sorted(model.output_names)
        keypoints, positions = networks.batch(config)
        batches = tf.data.Dataset.from_tensors(
            (keypoints, dict.fromkeys(names, positions))
        )
        batches = batches.cache().repeat().prefetch(2)
        start = time.perf_counter()
        # Also makes the compiled function, which is called alone from here on.
        model.fit(batches, steps_per_epoch=1, shuffle=False, verbose=0)
        seconds = time.perf_counter() - start
    iterator = iter(batches)

    def take_step():
        logs = model.train_function(iterator)
        return float(tf.convert_to_tensor(logs["loss"]))

    return take_step, seconds


def torch_step(config, model):
    """Returns a function that takes one step of a PyTorch model."""
    from benchmarks.torch import torch_dgnet

    torch = machine.torch()
    optimizer = torch.optim.Adam(model.parameters(), config.learning_rate)
    keypoints, positions = map(torch.from_numpy, networks.batch(config))

    def take_step():
        optimizer.zero_grad()
        pose, blocks = model(keypoints)
        value = torch_dgnet.loss(pose, blocks, positions, config.block_loss_weight)
        value.backward()
        optimizer.step()
        return float(value.detach())

    return take_step
