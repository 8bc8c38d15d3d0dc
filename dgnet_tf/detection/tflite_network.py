"""A network in LiteRT whose shapes are known."""

from __future__ import annotations

import numpy as np

from dgnet_tf.errors import UserError


class TFLiteNetwork:
    """Runs a `.tflite` network of one input on one image at a time.

    Args:
        where: what it was read from, for messages.
        content: the file's bytes.
        size: pixels a side of the input, (1, size, size, 3) float32.
        outputs: shape of each wanted output by a name of ours, without the first 1.
            Outputs are told apart by their shapes.
        threads: that it may use.

    Raises:
        UserError: if LiteRT is not installed or the network has other shapes.
    """

    def __init__(self, where, content: bytes, size: int, outputs: dict, threads: int):
        try:
            from ai_edge_litert.interpreter import Interpreter
        except ImportError as error:
            raise UserError(
                f"{where}: LiteRT runs the detector and is not installed. pip install "
                "ai-edge-litert (the default stack)."
            ) from error
        try:
            self._interpreter = Interpreter(model_content=content, num_threads=threads)
            self._interpreter.allocate_tensors()
        except (ValueError, RuntimeError) as error:
            raise UserError(
                f"{where}: is no network that LiteRT can load ({str(error)[:100]})."
            ) from error
        (taken,) = self._interpreter.get_input_details()[:1]
        found = {
            tuple(one["shape"].tolist()): one["index"]
            for one in self._interpreter.get_output_details()
        }
        wanted = {name: (1, *shape) for name, shape in outputs.items()}
        lacking = [shape for shape in wanted.values() if shape not in found]
        if taken["shape"].tolist() != [1, size, size, 3] or lacking:
            raise UserError(
                f"{where}: is another network: it takes {taken['shape'].tolist()} and "
                f"gives {sorted(found)}; wanted are {[1, size, size, 3]} and "
                f"{sorted(wanted.values())}."
            )
        self._input = taken["index"]
        self._outputs = {name: found[shape] for name, shape in wanted.items()}

    def __call__(self, image: np.ndarray) -> dict[str, np.ndarray]:
        """Returns the outputs by name, without the first axis, of (size, size, 3)."""
        self._interpreter.set_tensor(self._input, image[None].astype(np.float32))
        self._interpreter.invoke()
        get = self._interpreter.get_tensor
        return {name: get(index)[0] for name, index in self._outputs.items()}


def sigmoid(logits: np.ndarray) -> np.ndarray:
    """Returns numbers from 0 to 1, float64."""
    return 1 / (1 + np.exp(-np.clip(logits.astype(np.float64), -100, 100)))
