"""Keras 2, under which training over several processes works; under Keras 3 it fails.

TensorFlow 2.15 brings it. From 2.16 on it is the package tf-keras, which TensorFlow
takes for `tf.keras` where the environment asks for it.
"""

from __future__ import annotations

import importlib.metadata
import os

from dgnet_tf.errors import UserError, require

SWITCH = "TF_USE_LEGACY_KERAS"
_ON = ("1", "true", "True")  # As TensorFlow reads it.


def check_is_there(strategy: str) -> None:
    """Checks that a strategy will find the Keras it needs; imports no TensorFlow.

    Raises:
        UserError: if it needs Keras 2 and Keras 3 would be there.
    """
    if strategy != "multi_worker" or _comes_along():
        return
    require("--strategy=multi_worker", "multi-worker", "tensorflow", "tf_keras")
    if os.environ.get(SWITCH) not in _ON:
        raise needed()


def needed() -> UserError:
    """Returns the error of a process in which `tf.keras` is Keras 3."""
    return UserError(
        "--strategy=multi_worker needs Keras 2, since training over several processes "
        f"fails under Keras 3. Set the environment variable {SWITCH}=1 on each worker "
        "before Python starts, or use --strategy=mirrored on one machine."
    )


def _comes_along() -> bool:
    try:
        return importlib.metadata.version("keras").startswith("2.")
    except importlib.metadata.PackageNotFoundError:
        return False
