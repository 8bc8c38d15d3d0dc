"""Both kinds of engine of one model: TensorFlow's whole videos, and single windows."""

import tensorflow as tf

from dgnet_tf.exporting import window_graph
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.engines import window_engine
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine


def of(model, options):
    """Returns them, with how far their estimates disagree."""
    function = window_graph.window_function(model, options)

    def run(windows, image_size):
        sizes = tf.tile(tf.constant(image_size)[None], [len(windows), 1])
        found = function(tf.constant(windows), sizes)
        return window_engine.joined({name: x.numpy() for name, x in found.items()})

    serve = whole_videos.serving_function(model, options, disagreement=True)
    theirs = TensorFlowEngine(serve, options)
    return theirs, window_engine.WindowEngine(run, options)
