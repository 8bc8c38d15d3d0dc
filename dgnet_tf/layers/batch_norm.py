"""Batch normalisation as DG-Net uses it."""

import tensorflow as tf

keras = tf.keras

# Below every float32 that is finite and of use.
_LOWEST = -3e38


@keras.utils.register_keras_serializable(package="dgnet_tf")
class BatchNorm(keras.layers.BatchNormalization):
    """Keras' batch normalisation over all axes but the last, trained faster.

        y = (x - mean) / sqrt(variance + epsilon) gamma + beta, for each channel.

    In training mean and variance are the batch's, which the moving averages follow.
    The training step is its own. On one device the gradient is written out: fewer
    passes over the features, in sums that XLA's CPU compiler hands to its library.
    Over several devices, deviations are taken from the mean of all: Keras subtracts
    E(x)^2 from E(x^2), in bfloat16 where x is, and loses digits.

    Args:
        **kwargs: of `keras.layers.BatchNormalization` without `axis`, `center` and
            `scale`: `momentum` of the moving averages, default 0.99; `epsilon`, default
            1e-3; `gamma_initializer`, default "ones"; `beta_initializer`, default
            "zeros"; `synchronized`, whether statistics are those of all devices,
            default False; `name`; `dtype`. `make_batch_norm` sets what DG-Net uses.

    Call arguments:
        inputs: (..., C) features.
        training: whether to take the batch's statistics. Default None, as False.

    Returns:
        (..., C).

    Example:
        >>> layer = BatchNorm(momentum=0.9, epsilon=1e-5)
        >>> layer(tf.zeros((8, 4, 17, 128)), training=True).shape
        TensorShape([8, 4, 17, 128])

    Reference:
        Ioffe and Szegedy 2015, Alg. 1; DG-Net has it from its reference [4].
    """

    def call(self, inputs, training=None, **kwargs):
        if not (training is True and self.trainable):
            return super().call(inputs, training=training, **kwargs)
        normalize = _normalize_together if self.synchronized else _normalize
        y, mean, variance = normalize(
            tf.cast(inputs, tf.float32),
            tf.cast(self.gamma, tf.float32),
            tf.cast(self.beta, tf.float32),
            self.epsilon,
        )
        means = ((self.moving_mean, mean), (self.moving_variance, variance))
        for moving, value in means:
            moving.assign(moving * self.momentum + value * (1.0 - self.momentum))
        return tf.cast(y, self.compute_dtype)


@tf.custom_gradient
def _normalize(x, gamma, beta, epsilon):
    """Returns y, mean and variance, of which the last two pass no gradient."""
    axes = list(range(x.shape.rank - 1))
    count = tf.cast(tf.reduce_prod(tf.shape(x)[:-1]), tf.float32)
    mean = tf.reduce_sum(x, axes) / count
    variance = _sum_of_products(x - mean, x - mean, axes) / count
    scale = tf.math.rsqrt(variance + epsilon)

    def gradient(dy, d_mean, d_variance):
        del d_mean, d_variance
        d_beta = tf.reduce_sum(dy, axes)
        d_gamma = _sum_of_products(dy, x - mean, axes) * scale
        along = (x - mean) * (d_gamma * scale / count) + d_beta / count
        return (dy - along) * (gamma * scale), d_gamma, d_beta, None

    return ((x - mean) * (scale * gamma) + beta, mean, variance), gradient


def _normalize_together(x, gamma, beta, epsilon):
    """`_normalize` by the statistics of all devices, whose batches are of one size."""
    replica = tf.distribute.get_replica_context()

    def average(value):
        value = tf.reduce_mean(value, list(range(x.shape.rank - 1)))
        return replica.all_reduce(tf.distribute.ReduceOp.MEAN, value)

    mean = average(x)
    variance = average(tf.square(x - mean))
    y = tf.nn.batch_normalization(x, mean, variance, beta, gamma, epsilon)
    return y, mean, variance


def _sum_of_products(a, b, axes):
    # XLA's CPU compiler leaves the sum of a product to code of its own, a third as
    # fast as its library's; the sum of a maximum it does not.
    return tf.reduce_sum(tf.maximum(a * b, _LOWEST), axes)


def make_batch_norm(name, *, dtype, gamma=1.0):
    """Returns batch normalisation with initial scale `gamma`, as DG-Net has it.

    Momentum and epsilon are PyTorch's defaults, in which the paper's network was
    written (0.1 there is 0.9 here). It is synchronised under a strategy.
    """
    return BatchNorm(
        momentum=0.9,
        epsilon=1e-5,
        gamma_initializer=keras.initializers.Constant(gamma),
        synchronized=tf.distribute.has_strategy(),
        name=name,
        dtype=dtype,
    )
