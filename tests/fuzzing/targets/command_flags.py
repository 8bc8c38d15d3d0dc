"""Values on the command line, up to the work that a command would begin."""

from __future__ import annotations

import contextlib
import copy
import functools
import io
from collections.abc import Callable, Iterator

from dgnet_tf import command_line, compare, evaluate, export, lift, paper, save_preset
from dgnet_tf import train as training
from dgnet_tf.config import config, flags
from dgnet_tf.errors import UserError
from dgnet_tf.inference import option_flags
from fuzzing import text_damage
from fuzzing.target import Fault, Target
from preprocessing import archive, convert, join
from preprocessing.datasets import registry
from tuning import run_ablations, search


def targets() -> Iterator[Target]:
    """Yields them."""
    for name, (module, work, arguments) in _COMMANDS.items():
        write = functools.partial(_write, arguments)
        read = functools.partial(_read, module, work)
        # Flags of all fields of the configuration take their time.
        cost = 8 if "preset" in module.FLAGS else 2
        yield Target(f"flags-{name}", write, read, (text_damage.of_text,), cost)


def _write(arguments, folder):
    """Writes an argument in each line."""
    folder.mkdir()
    path = folder / "arguments.txt"
    path.write_text("\n".join(arguments))
    return path


def _read(module, work, path):
    """Runs a command as its module would, with its work cut short."""
    text = path.read_bytes().decode("utf-8", "surrogateescape")
    errors = io.StringIO()
    values = copy.deepcopy(module.FLAGS)
    with contextlib.redirect_stderr(errors):
        try:
            # Without the thread that watches for the end of whoever started it.
            command_line._run(work, values, module.__doc__, ["x", *text.split("\n")])
        except SystemExit as stop:
            lines = errors.getvalue().splitlines()
            if not lines or not lines[-1].startswith("error: "):
                raise Fault(f"exit {stop.code} after {errors.getvalue()!r}") from stop
            raise UserError(lines[-1]) from None


def _nothing(values):
    pass


def _lift(values):
    lift._asked(values)


def _train(values):
    config.make(values.preset, **flags.asked(values))


def _evaluate(values):
    option_flags.asked(values)


_NOWHERE = "/nowhere"
_COMMANDS: dict[str, tuple[object, Callable, list[str]]] = {
    "convert": (convert, registry.read_from_flags, [
        "--dataset=synthetic", "--output=out", "--record_frames=64",
        "--record_overlap=8", "--test_subjects=a,b", "--cameras=2", "--camera_seed=3",
        "--workers=1", "--strict=true",
    ]),
    "lift": (lift, _lift, [
        "--keypoints=k.npz", "--layout=coco_17", "--image_size=1920x1080", "--fps=25",
        "--output=poses.npz", "--smooth=savgol", "--savgol_seconds=0.3", "--root=fit",
        "--focal_px=1000", "--units=cm", "--person=all",
    ]),
    "train": (training, _train, [
        f"--data={_NOWHERE}", f"--workdir={_NOWHERE}", "--preset=small", "--epochs=3",
        "--learning_rate=1e-3", "--frames=9", "--flip=false", "--seed=1",
        "--optimizer=adam",
    ]),
    "evaluate": (evaluate, _evaluate, [
        f"--data={_NOWHERE}", f"--workdir={_NOWHERE}", "--split=test", "--noise_px=2.5",
        "--flip=true",
    ]),
    "export": (export, _evaluate, [
        f"--workdir={_NOWHERE}", "--output=out", "--version=2", "--flip=false",
    ]),
    "compare": (compare, _nothing, ["--reports=a,b", "--output=out", "--seed=4"]),
    "paper": (paper, _nothing, [
        "--item=table1", f"--data={_NOWHERE}", "--workdirs=a,b", "--output=out",
    ]),
    "save_preset": (save_preset, _nothing, [
        f"--workdir={_NOWHERE}", "--output=out", "--name=a_b",
    ]),
    "archive": (archive, _nothing, [f"--source={_NOWHERE}", "--output=a.npz"]),
    "join": (join, _nothing, ["--sources=a.npz,b.npz", "--output=c.npz"]),
    "run_ablations": (run_ablations, _nothing, [
        "--table=neighbors", f"--data={_NOWHERE}", f"--workdir={_NOWHERE}",
        "--epochs=2",
    ]),
    "search": (search, _nothing, [
        f"--data={_NOWHERE}", f"--workdir={_NOWHERE}", "--trials=5", "--blocks=2",
    ]),
}  # fmt: skip
