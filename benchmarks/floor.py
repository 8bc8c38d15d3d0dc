"""The machine's limit: its best rate of matrix products of the model's shapes."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import tensorflow as tf

from tuning.comparing import contest, machine

FLOOR = "floor"
_LEAST_MULTIPLY_ADDS = 5e8  # Of one call: some milliseconds, so that calling is little.
_MOST_PRODUCTS = 64


@dataclasses.dataclass(frozen=True)
class Product:
    """A contestant that multiplies matrices, and how much it multiplies."""

    contestant: contest.Contestant
    multiply_adds: int


def products(windows: int, window_rows: int, channels: int) -> list[Product]:
    """Returns matrix products of the model's shapes by each library.

    Rows of features times parameter matrices of C by C, 2C, 3C and 5C and back, as
    one two-dimensional product and as one for each window; and the gradient of a
    C by 3C matrix. One library alone misleads: which is fastest differs by shape.

    Args:
        windows: B.
        window_rows: T N, rows of a window.
        channels: C.
    """
    found = []
    rows = windows * window_rows
    for library, bind in _libraries().items():
        for wide in (1, 2, 3, 5):
            for form, shape in (("flat", (rows,)), ("batched", (windows, window_rows))):
                name = f"{library}, {form}, {channels} x {wide * channels}"
                found.append(_chain(name, bind, shape, channels, wide * channels))
        name = f"{library}, gradient of {channels} x {3 * channels}"
        found.append(_gradient(name, bind, rows, channels, 3 * channels))
    return found


def fastest(candidates: list[Product], rounds: int = 3, keep: int = 3):
    """Returns the few products with the best rates."""
    times = contest.hold(
        [product.contestant for product in candidates], rounds, least_seconds=0.05
    )
    return sorted(candidates, key=lambda p: _per_multiply_add(p, times))[:keep]


def times(multiply_adds: int, fast: list[Product], found: dict) -> contest.Times:
    """Returns how long a number of multiply-adds takes at the best rate.

    Args:
        multiply_adds: of the work.
        fast: products that took part in the contest.
        found: the contest's times.
    """
    best = min(fast, key=lambda product: _per_multiply_add(product, found))
    scale = multiply_adds / best.multiply_adds
    medians = found[best.contestant.name].medians
    return contest.Times(tuple((median,) for median in medians)).scaled(scale)


def rates(fast: list[Product], found: dict) -> dict[str, float]:
    """Returns the rate of each product in GFLOP/s, two operations a multiply-add."""
    return {
        product.contestant.name: 2e-9 / _per_multiply_add(product, found)
        for product in fast
    }


def _per_multiply_add(product, found):
    return found[product.contestant.name].median / product.multiply_adds


def _chain(name, bind, shape, channels, wide) -> Product:
    """Features times a C by D and a D by C matrix, again and again."""
    rng = np.random.default_rng(0)
    # Matrices that keep the features' size, however often.
    operands = [
        rng.normal(size=(*shape, channels)),
        rng.normal(size=(channels, wide)) / channels**0.5,
        rng.normal(size=(wide, channels)) / wide**0.5,
    ]
    pair = 2 * int(np.prod(shape)) * channels * wide
    pairs = int(np.clip(_LEAST_MULTIPLY_ADDS // pair, 1, _MOST_PRODUCTS // 2))

    def work(multiply, x, there, back):
        for _ in range(pairs):
            x = multiply(multiply(x, there), back)
        return x

    run = bind(work, [operand.astype(np.float32) for operand in operands])
    return Product(contest.Contestant(name, run), pairs * pair)


def _gradient(name, bind, rows, channels, wide) -> Product:
    """Transposed features times output gradients, several of these."""
    rng = np.random.default_rng(0)
    one = rows * channels * wide
    count = int(np.clip(_LEAST_MULTIPLY_ADDS // one, 1, 8))
    shapes = [(rows, channels)] + [(rows, wide)] * count
    operands = [rng.normal(size=shape).astype(np.float32) for shape in shapes]

    def work(multiply, x, *gradients):
        return [multiply(x, gradient, True) for gradient in gradients]

    return Product(contest.Contestant(name, bind(work, operands)), count * one)


def _libraries() -> dict:
    """For each library, what makes a contestant of a function and its operands."""
    found = {
        "TensorFlow graph": functools.partial(_bind_tensorflow, jit_compile=False),
        "XLA": functools.partial(_bind_tensorflow, jit_compile=True),
    }
    if machine.torch() is not None:
        found["PyTorch"] = _bind_torch
    return found


def _bind_tensorflow(work, operands, jit_compile):
    def multiply(a, b, transpose_a=False):
        return tf.matmul(a, b, transpose_a=transpose_a)

    compiled = tf.function(functools.partial(work, multiply), jit_compile=jit_compile)
    # Arguments, not constants: products of constants are folded away.
    tensors = [tf.constant(operand) for operand in operands]
    return lambda: tf.nest.map_structure(lambda y: y.numpy(), compiled(*tensors))


def _bind_torch(work, operands):
    torch = machine.torch()
    tensors = [torch.from_numpy(operand) for operand in operands]

    def multiply(a, b, transpose_a=False):
        return torch.matmul(a.T if transpose_a else a, b)

    def run():
        with torch.inference_mode():
            return work(multiply, *tensors)

    return run
