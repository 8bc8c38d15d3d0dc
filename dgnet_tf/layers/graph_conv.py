"""What the four graph convolutions have in common."""

from __future__ import annotations

import tensorflow as tf

keras = tf.keras


class GraphConv(keras.layers.Layer):
    """Base of the graph convolutions: channels, activation, bias, kernels.

    Args:
        channels: output channels.
        activation: the sigma of the equations; "relu" as printed.
        use_bias: add a bias before the activation; the equations have none.
        kernel_initializer: initialiser of each parameter matrix.
    """

    def __init__(
        self,
        channels,
        *,
        activation="relu",
        use_bias=False,
        kernel_initializer="glorot_uniform",
        **kwargs,
    ):
        super().__init__(**kwargs)
        check_positive("channels", channels)
        self.channels = channels
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias = None
        self.kernel_names = []

    def add_kernel(self, name, input_channels):
        """Adds a (C, channels) matrix with an initialiser of its own."""
        # One initialiser object, even without a seed, gives the same values twice.
        initializer = self.kernel_initializer.__class__.from_config(
            self.kernel_initializer.get_config()
        )
        self.kernel_names.append(name)
        return self.add_weight(
            name=name,
            shape=(input_channels, self.channels),
            initializer=initializer,
        )

    def add_bias(self):
        """Adds the bias where `use_bias` asks for one."""
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.channels,), initializer="zeros"
            )

    def finish(self, y):
        """Adds the bias and applies the activation."""
        if self.bias is not None:
            y = y + tf.cast(self.bias, y.dtype)
        return self.activation(y)

    def compute_output_shape(self, input_shape):
        """(B, T, N, C) -> (B, T, N, channels)."""
        return (*input_shape[:-1], self.channels)

    def get_config(self):
        """Returns the constructor's arguments."""
        return {
            **super().get_config(),
            "channels": self.channels,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }


def dense(x, *kernels):
    """(B, T, N, C) times each of several (C, D), as one two-dimensional product.

    One product is faster than several, and the gradient of a 4-D by 2-D product is
    a batched one, which is slower.

    Returns:
        A list with (B, T, N, D) for each kernel.
    """
    frames, joints, channels = x.shape[1:]
    kernel = tf.concat([tf.cast(kernel, x.dtype) for kernel in kernels], axis=-1)
    y = tf.matmul(tf.reshape(x, (-1, channels)), kernel)  # (B*T*N, sum of D)
    y = tf.reshape(y, (-1, frames, joints, kernel.shape[1]))
    return tf.split(y, [kernel.shape[1] for kernel in kernels], axis=-1)


def check_positive(name, value):
    """Raises ValueError unless `value` is a whole number above zero."""
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError(f"`{name}` must be a positive integer, got {value!r}.")


def check_choice(name, value, choices):
    """Raises ValueError unless `value` is one of `choices`."""
    if value not in choices:
        raise ValueError(f"`{name}` must be one of {list(choices)}, got {value!r}.")
