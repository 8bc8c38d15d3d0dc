"""What the graph convolutions share: channels, sigma, bias, parameter matrices."""

from typing import Any

import tensorflow as tf

from dgnet_tf.errors import check_positive

keras = tf.keras


class GraphConv(keras.layers.Layer):
    """Parent of the graph convolutions, each of which describes all its arguments."""

    def __init__(
        self,
        channels: int,
        *,
        activation: Any = "relu",
        use_bias: bool = False,
        kernel_initializer: Any = "glorot_uniform",
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        check_positive("channels", channels)
        self.channels = channels
        self.activation = keras.activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer = keras.initializers.get(kernel_initializer)
        self.bias = None
        self.kernel_names = []

    def add_kernel(self, name, inputs):
        """Adds an (inputs, channels) parameter matrix."""
        # One initialiser object, even without a seed, gives the same values twice.
        initializer = self.kernel_initializer.from_config(
            self.kernel_initializer.get_config()
        )
        self.kernel_names.append(name)
        return self.add_weight(
            name=name, shape=(inputs, self.channels), initializer=initializer
        )

    def add_bias(self):
        """Adds the bias, where `use_bias` asks for one."""
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.channels,), initializer="zeros"
            )

    def finish(self, y):
        """Returns sigma of y, plus the bias if there is one."""
        if self.bias is not None:
            y = y + tf.cast(self.bias, y.dtype)
        return self.activation(y)

    def compute_output_shape(self, input_shape):
        return (*input_shape[:-1], self.channels)

    def get_config(self):
        return {
            **super().get_config(),
            "channels": self.channels,
            "activation": keras.activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": keras.initializers.serialize(self.kernel_initializer),
        }
