"""Features times parameter matrices, as products of two matrices."""

import tensorflow as tf


def dense(x, *kernels):
    """(B, ..., C) times each of several (C, D), in one product: list of (B, ..., D)."""
    kernel = tf.concat([tf.cast(kernel, x.dtype) for kernel in kernels], axis=-1)
    y = flat_product(x, kernel)  # (B, ..., sum of D)
    return tf.split(y, [kernel.shape[1] for kernel in kernels], axis=-1)


def flat_product(x, kernel):
    """(B, ..., C) times (C, D); at most one of the axes in between may be unknown.

    The gradient of a 4-D by 2-D product is a batched product, which is slower.
    """
    y = tf.matmul(tf.reshape(x, (-1, x.shape[-1])), kernel)
    between = x.shape[1:-1].as_list()
    if None in between:
        between = [
            tf.shape(x)[i + 1] if n is None else n for i, n in enumerate(between)
        ]
    return tf.reshape(y, (-1, *between, kernel.shape[-1]))
