"""Kills a command at a moment of its run, gives it again, looks at what is there."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import time

from endurance import sameness

ROOT = pathlib.Path(__file__).parents[2]
_NETWORK = "--preset=smoke --channels=4 --blocks=1 --jit_compile=off "
_NETWORK += "--spatial_unit=dsg --temporal_unit=dtg "
_DATA = "--dataset=synthetic --subjects=3 --clip_frames=30 --cameras=1 "
# What comes before, and each command, whose result is `out`.
SOURCES = {
    "data": f"preprocessing.convert {_DATA} --workers=1 --output=data",
    "run": f"dgnet_tf.train --data=data --workdir=run {_NETWORK}",
}
COMMANDS = {
    "convert": f"preprocessing.convert {_DATA} --workers=2 --output=out",
    "train": f"dgnet_tf.train --data=data --workdir=out {_NETWORK} --epochs=6",
    "export": "dgnet_tf.export --workdir=run --output=out",
    "save_preset": "dgnet_tf.save_preset --workdir=run --name=ours --output=out",
    "tuning": "tuning.run_ablations --table=design --data=data --workdir=out "
    f"{_NETWORK} --rows=without,with",
}
_ENDED = 3.0  # Seconds in which children must follow a killed parent.


@dataclasses.dataclass(frozen=True)
class Reference:
    """What a command does that nobody disturbs: two results, and how long it takes."""

    results: tuple[pathlib.Path, pathlib.Path]
    seconds: float


@dataclasses.dataclass(frozen=True)
class Outcome:
    """One kill: when, how far the command had come, and what was wrong, or ""."""

    command: str
    seconds: float
    left: tuple[str, ...]
    fault: str


def sources(folder, names=tuple(SOURCES)) -> pathlib.Path:
    """Makes in a folder what the commands read, or what has one of the names."""
    folder = pathlib.Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        _finish(_start(SOURCES[name], folder))
    return folder


def reference(command: str, inputs, folder) -> Reference:
    """Runs a command twice, undisturbed."""
    results, seconds = [], []
    for number in range(2):
        place = _place(inputs, pathlib.Path(folder) / f"undisturbed{number}")
        begun = time.monotonic()
        _finish(_start(COMMANDS[command], place))
        seconds.append(time.monotonic() - begun)
        results.append(place / "out")
    return Reference(tuple(results), min(seconds))


def trial(
    command: str, wanted: Reference, inputs, folder, when: float, number: int
) -> Outcome:
    """Sends a signal after a share `when` of the run, and gives the command again.

    SIGKILL may leave what the second run removes; others must leave nothing unfinished.
    The folder is removed unless there is a fault.
    """
    place = _place(inputs, pathlib.Path(folder))
    seconds = when * wanted.seconds
    process = _start(COMMANDS[command], place)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(seconds)
    ended = process.poll() is not None
    process.send_signal(number)
    said = process.communicate()[1].splitlines()
    left = tuple(sorted(p.name for p in place.iterdir() if p.name not in SOURCES))
    fault = _fault_of_end(process, ended, number, said, place)
    fault = fault or _fault_of_rerun(command, wanted, place)
    if not fault:
        shutil.rmtree(place)
    return Outcome(command, seconds, left, fault)


def _fault_of_end(process, ended, number, said, place) -> str:
    if ended:
        return "" if process.returncode == 0 else f"ended with {process.returncode}"
    until = time.monotonic() + _ENDED
    while alive := _session(process.pid):
        if time.monotonic() > until:
            return f"processes {alive} go on"
        time.sleep(0.05)
    # What was sent as it ended, or before Python had its handlers.
    if number == signal.SIGKILL or process.returncode in (0, -number):
        return ""
    word = {signal.SIGTERM: "terminated", signal.SIGINT: "interrupted"}[number]
    if process.returncode != 128 + number or said[-1:] != [f"error: {word}"]:
        return f"ended with {process.returncode}, {said[-3:]}"
    if any("Traceback" in line for line in said):
        return "a traceback"
    found = [p for p in place.rglob("*") if ".partial" in p.name or p.name == "lock"]
    found += list((place / "tmp").iterdir())
    return f"left {[str(p.relative_to(place)) for p in found]}" if found else ""


def _fault_of_rerun(command, wanted, place) -> str:
    again = _start(COMMANDS[command], place)
    said = again.communicate()[1].splitlines()
    if again.returncode and not (
        command in ("convert", "export", "save_preset") and (place / "out").exists()
    ):  # It had ended before it was killed.
        return f"the rerun ended with {again.returncode}: {said[-1:]}"
    different = sameness.difference(*wanted.results, place / "out")
    if different:
        return f"not the same: {different}"
    beside = [p.name for p in place.iterdir() if p.name not in (*SOURCES, "out", "tmp")]
    inside = [p.name for p in (place / "out").rglob("*") if _is_unfinished(p)]
    return f"left {beside + inside}" if beside + inside else ""


def _is_unfinished(path) -> bool:
    parts = (".partial", "_temp", "tempstate")
    return path.name == "lock" or any(part in path.name for part in parts)


def _place(inputs, folder) -> pathlib.Path:
    shutil.rmtree(folder, ignore_errors=True)
    (folder / "tmp").mkdir(parents=True)
    for name in SOURCES:
        if (pathlib.Path(inputs) / name).exists():
            (folder / name).symlink_to(pathlib.Path(inputs).resolve() / name)
    return folder


def _start(arguments, folder) -> subprocess.Popen:
    """Starts a command in a session of its own, on one thread."""
    (folder / "tmp").mkdir(exist_ok=True)
    pools = ("TF_NUM_INTRAOP", "TF_NUM_INTEROP", "OMP_NUM", "OPENBLAS_NUM", "MKL_NUM")
    environment = {
        **os.environ,
        **{f"{pool}_THREADS": "1" for pool in pools},
        **{"PYTHONPATH": str(ROOT), "TMPDIR": str((folder / "tmp").resolve())},
        **{"TF_CPP_MIN_LOG_LEVEL": "3"},
    }
    return subprocess.Popen(
        [sys.executable, "-m", *arguments.split()],
        cwd=folder,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def _finish(process):
    said = process.communicate()[1]
    if process.returncode:
        raise RuntimeError(f"{process.args} ended with {process.returncode}: {said}")


def _session(number) -> list[int]:
    """Returns the processes of a session that run."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(")")[2].split()
            if int(fields[3]) == number and fields[0] != "Z":
                found.append(int(path.parent.name))
    return found
