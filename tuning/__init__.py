"""Ablations and searches with keras-tuner: tables, runner, search, report.

`python -m tuning.run_ablations` reruns the paper's Tables V to IX, `python -m
tuning.search` looks beyond them, `python -m tuning.report` reports both; `python -m
tuning.compare` puts several networks side by side, and
`tuning.HyperModel` is for a keras-tuner of one's own.
"""

__all__ = ["HyperModel"]


def __getattr__(name):
    # On demand: keras-tuner brings TensorFlow, which takes seconds to import.
    if name != "HyperModel":
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from tuning.hypermodel import HyperModel

    return HyperModel
