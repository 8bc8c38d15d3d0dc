"""Finds the engine for what is to lift: trained weights, a file, a run, an export.

TensorFlow takes seconds to start. It is imported only where it is what computes.
"""

from __future__ import annotations

import functools
import importlib.util
import pathlib

from dgnet_tf.errors import UserError, check_choice, how_to_install, warn
from dgnet_tf.exporting import version_folders
from dgnet_tf.inference import card_schema
from dgnet_tf.inference.engines import exported_files, litert, openvino_runtime
from dgnet_tf.inference.engines.window_engine import WindowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import pretrained, runs, uncertainty, weight_folders
from dgnet_tf.models.uncertainty import Uncertainty

# "auto" takes LiteRT for the weights that the package ships, where it is installed,
# and TensorFlow for others, for runs and for SavedModels. Weights of anybody may be
# lifted with; a file for LiteRT is a program, and runs where it is asked for.
ENGINES = ("auto", "litert", "onnx", "openvino", "tensorflow")
_OF_SUFFIX = {".tflite": "litert", ".onnx": "onnx"}
_MOST_THREADS = 8  # More wait for memory.
_OTHERS = "to lift with weights that this package does not ship"


def load(path, engine: str = "auto"):
    """Returns engine, run and calibrated uncertainty.

    The run is None where TensorFlow does not compute with one, the uncertainty where
    none was calibrated or the engine does not show how its estimates disagree.
    Arguments and errors are those of `Lifter.load`.
    """
    check_choice("engine", engine, ENGINES)
    path = weight_folders.default() if path is None else path
    suffix = pathlib.Path(path).suffix
    if suffix in _OF_SUFFIX and not pathlib.Path(path).is_dir():
        if engine not in ("auto", "openvino", _OF_SUFFIX[suffix]):
            raise UserError(
                f"{path}: is not for --engine={engine}; {suffix} files are for "
                f"{_OF_SUFFIX[suffix]} and openvino."
            )
        return _of_file(path, engine)
    if weight_folders.exists(path):
        folder = weight_folders.find(path)
        file = weight_folders.engine_file(folder)
        trusted = weight_folders.is_shipped(folder) and litert.is_installed()
        named = engine in ("litert", "openvino")
        if named or (engine == "auto" and file and trusted):
            if file is None:
                raise UserError(
                    f"{folder}: holds no {weight_folders.ENGINE} for "
                    f"--engine={engine}. Make it with `python -m dgnet_tf.export "
                    "--format=tflite`, or leave --engine out."
                )
            return _of_file(file, engine)
        if engine == "auto" and file and not _has_tensorflow():
            raise UserError(
                f"{folder}: {how_to_install('tensorflow', _OTHERS)}. If you trust the "
                f"folder, --engine=litert runs its {weight_folders.ENGINE}."
            )
    if engine == "openvino" and not (pathlib.Path(path) / runs.CONFIG).is_file():
        folder = version_folders.newest(path)
        card = card_schema.CARD.read(folder / card_schema.PATH)
        options = InferenceOptions.of_card(card)
        found = openvino_runtime.load_saved_model(folder, options, _threads())
        return found, None, None
    if engine not in ("auto", "tensorflow"):
        raise UserError(
            f"{path}: is not for --engine={engine}. Export it with `python -m "
            "dgnet_tf.export --format=tflite` or onnx and name the file, or leave "
            "--engine out."
        )
    return _of_tensorflow(path)


def _has_tensorflow() -> bool:
    return importlib.util.find_spec("tensorflow") is not None


def _of_file(path, engine):
    openvino = engine == "openvino"
    run, card = exported_files.load(path, _threads(), openvino=openvino)
    found = WindowEngine(run, InferenceOptions.of_card(card))
    return found, None, Uncertainty.of(card.get("uncertainty"))


def _threads() -> int:
    return min(exported_files.usable_cores(), _MOST_THREADS)


def _of_tensorflow(path):
    if weight_folders.exists(path):
        content = weight_folders.read(weight_folders.find(path))
        sure = Uncertainty.of(content.get("uncertainty"))
        return _of_run(pretrained.load(path), sure)
    if (pathlib.Path(path) / runs.CONFIG).is_file():
        return _of_run(runs.load(path), uncertainty.of_run(path), path)
    path = version_folders.newest(path)

    from dgnet_tf.exporting import saved_model, signatures
    from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine

    found, card = saved_model.load_signatures(path)
    options = InferenceOptions.of_card(card)
    default, stream = signatures.DEFAULT, signatures.STREAM
    if options.inputs == "xyc":
        default, stream = signatures.SCORED, signatures.STREAM_SCORED
    return TensorFlowEngine(found[default], options, found.get(stream)), None, None


def _of_run(run, sure, path=None):
    from dgnet_tf.inference import whole_videos
    from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine

    options = InferenceOptions.of(run.config)
    if sure is not None and not sure.holds_for(options.chosen()):
        warn(
            f"{pathlib.Path(path) / uncertainty.FILE}: was calibrated under other "
            "options than the run's; the poses have no uncertainty."
        )
        sure = None
    disagreement = sure is not None
    serve = whole_videos.serving_function(run.model, options, disagreement=disagreement)

    @functools.cache
    def newest():  # Folds the model again: only where a stream asks for it.
        return whole_videos.newest_function(run.model, options)

    engine = TensorFlowEngine(serve, options, lambda **inputs: newest()(**inputs))
    return engine, run, sure
