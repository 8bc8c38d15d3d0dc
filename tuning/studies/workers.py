"""Worker processes, one for each GPU of the machine, and their chief."""

from __future__ import annotations

import contextlib
import os
import pathlib
import socket
import subprocess
import sys
import time
from collections.abc import Sequence

from absl import flags

from dgnet_tf.command_line import children
from dgnet_tf.errors import UserError
from dgnet_tf.training import allocator

LOGS = "logs"


def define_flags(flag_values: flags.FlagValues):
    """Defines `--gpus`."""
    flags.DEFINE_list(
        "gpus",
        None,
        "Run a chief and one worker process on each of these GPUs (numbers or UUIDs as "
        "in CUDA_VISIBLE_DEVICES; -1 for a worker without one).",
        flag_values,
    )


def launched(module: str, arguments: Sequence[str], flag_values) -> bool:
    """Runs a command by worker processes if `--gpus` asks for it.

    Where it does not, this process is to train: it keeps the memory that it frees.
    """
    allocator.keep_freed_memory()
    if not flag_values.gpus:
        return False
    arguments = without_flag(arguments, "gpus")
    launch(module, arguments, flag_values.gpus, flag_values.workdir)
    print(f"study: {flag_values.workdir}")
    return True


def launch(module: str, arguments: Sequence[str], gpus: Sequence[str], workdir):
    """Runs a command as a chief and one worker for each GPU, to its end.

    Args:
        module: of the command.
        arguments: its flags.
        gpus: what each worker sees as `CUDA_VISIBLE_DEVICES`: numbers or UUIDs; -1
            for a worker without a GPU.
        workdir: workers' output goes to `logs/<worker>.log` in it.

    Raises:
        UserError: if one of them fails; the others are ended.
    """
    logs = pathlib.Path(workdir) / LOGS
    logs.mkdir(parents=True, exist_ok=True)
    shared = {
        **os.environ,
        "KERASTUNER_ORACLE_IP": "127.0.0.1",
        "KERASTUNER_ORACLE_PORT": str(_free_port()),
    }
    roles = {"chief": "-1", **{f"worker{i}": gpu for i, gpu in enumerate(gpus)}}
    with contextlib.ExitStack() as stack:
        started = {}
        for name, gpu in roles.items():
            log = stack.enter_context(open(logs / f"{name}.log", "w"))
            started[name] = children.start(
                [sys.executable, "-m", module, *arguments],
                env={
                    **shared,
                    "KERASTUNER_TUNER_ID": name,
                    "CUDA_VISIBLE_DEVICES": gpu,
                },
                stdout=log,
                stderr=subprocess.STDOUT,
            )
            stack.callback(_end, started[name])
            print(f"{name}: log {log.name}", flush=True)
        _wait(started, logs)


def without_flag(arguments: Sequence[str], name: str) -> list[str]:
    """Returns the arguments without `--name=value` or `--name value`."""
    kept, skip = [], False
    for argument in arguments:
        plain = argument.lstrip("-")
        if skip or (argument.startswith("-") and plain.split("=")[0] == name):
            skip = not skip and "=" not in argument
            continue
        kept.append(argument)
    return kept


def _wait(started, logs):
    running = True
    while running:
        running = any(process.poll() is None for process in started.values())
        for name, process in started.items():
            if process.poll():
                path = logs / f"{name}.log"
                last = path.read_text().strip().splitlines()[-1:]
                raise UserError(
                    f"{name} ended with code {process.returncode}: {''.join(last)} "
                    f"(all of it in {path}). The others were ended; rows that are done "
                    "are kept."
                )
        time.sleep(0.2)


def _end(process):
    if process.poll() is None:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]
