"""Scores of a network on a split, their reports and comparisons."""

__all__ = ["evaluate"]


def __getattr__(name):
    # On demand: it brings TensorFlow, which takes seconds to import.
    if name != "evaluate":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from dgnet_tf.evaluation.evaluation import evaluate

    return evaluate
