"""What tests start from: the same seeds, a fresh Keras session, shared tiny folders."""

import os

# Before TensorFlow and matplotlib are imported.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")
os.environ.setdefault("MPLBACKEND", "Agg")
# One thread for each worker: they share the cores already. What a test starts as a
# process of its own inherits all of this.
for _pool in ("TF_NUM_INTRAOP", "TF_NUM_INTEROP", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM"):
    os.environ.setdefault(f"{_pool}_THREADS", "1")
# No test measures what XLA makes of a graph, and compiling is most of its time.
os.environ.setdefault("XLA_FLAGS", "--xla_backend_optimization_level=0")

import gc  # noqa: E402
import inspect  # noqa: E402

import pytest  # noqa: E402
import tensorflow as tf  # noqa: E402
from support import shared_folders  # noqa: E402

keras = tf.keras
# Nor what Grappler makes of a graph, which mostly runs once here; a process that a test
# starts keeps it.
tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})

# Keras 3 collects garbage unless told not to: a quarter of a second for each test.
_CLEAR = inspect.signature(keras.backend.clear_session).parameters
_QUICKLY = {"free_memory": False} if "free_memory" in _CLEAR else {}


def pytest_collection_finish():
    """Spares the garbage collector the million objects that imports leave."""
    gc.freeze()


@pytest.fixture(autouse=True)
def fresh_keras():
    """Seeds Python, NumPy and TensorFlow; afterwards resets what Keras keeps."""
    keras.utils.set_random_seed(0)
    yield
    keras.backend.clear_session(**_QUICKLY)
    keras.mixed_precision.set_global_policy("float32")


@pytest.fixture(scope="session")
def shared(tmp_path_factory):
    """The folder that all workers of a session share."""
    own = tmp_path_factory.getbasetemp()
    return own.parent if "PYTEST_XDIST_WORKER" in os.environ else own


@pytest.fixture(scope="session")
def tiny_data(shared):
    """A small data set with all splits; to be read only, as are those below."""
    return shared_folders.once(shared, "tiny_data", shared_folders.write_data)


@pytest.fixture(scope="session")
def walkers(shared):
    """A data set of four people who walk, 60 frames of each; to be read only."""
    return shared_folders.once(shared, "walkers", shared_folders.write_walkers)


@pytest.fixture(scope="session")
def tiny_run(shared, tiny_data):
    """The folder of a finished training on it, of four channels and one block."""
    return shared_folders.once(
        shared, "tiny_run", lambda folder: shared_folders.write_run(folder, tiny_data)
    )


@pytest.fixture(scope="session")
def tiny_export(shared, tiny_run):
    """The exported run: a folder with version 1."""
    return shared_folders.once(
        shared,
        "tiny_export",
        lambda folder: shared_folders.write_export(folder, tiny_run),
    )


@pytest.fixture(scope="session")
def tiny_evaluated(shared, tiny_run, tiny_data):
    """A copy of the run that holds its report on the data set's test split."""
    return shared_folders.once(
        shared,
        "tiny_evaluated",
        lambda folder: shared_folders.write_report(folder, tiny_run, tiny_data),
    )
