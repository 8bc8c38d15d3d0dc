"""Hardware, versions and threads of the machine that measures."""

from __future__ import annotations

import os
import pathlib
import platform
import shutil

import tensorflow as tf

from dgnet_tf.files import provenance

_THREAD_VARIABLES = (
    "OMP_NUM_THREADS",
    "MKL_NUM_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_NUM_INTEROP_THREADS",
    "TF_ENABLE_ONEDNN_OPTS",
    "XLA_FLAGS",
)


def torch():
    """Returns PyTorch, with a thread for each core, or None where it is missing."""
    try:
        import torch as found
    except ImportError:
        return None
    found.set_num_threads(cores())
    return found


def torch_compiles() -> bool:
    """Whether PyTorch is there, and a C++ compiler, which `torch.compile` calls."""
    names = (os.environ.get("CXX", "g++"), "clang++")
    return torch() is not None and any(map(shutil.which, names))


def cores() -> int:
    """Returns the number of cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def has_bfloat16() -> bool:
    """Whether the CPU has instructions for bfloat16 products."""
    return bool(_flags() & {"avx512_bf16", "amx_bf16", "bf16"})


def describe() -> dict:
    """Returns hardware, versions and thread settings, ready for JSON."""
    found = torch()
    threading = tf.config.threading
    versions = provenance.versions()
    if found is not None:
        versions["torch"] = found.__version__
    return {
        "cpu": _cpu_lines().get("model name", platform.processor() or "unknown"),
        "cores": cores(),
        "bfloat16": has_bfloat16(),
        "vector_flags": sorted(f for f in _flags() if f.startswith(("avx", "amx"))),
        "memory_gib": round(_memory() / 2**30, 1),
        "gpus": [
            tf.config.experimental.get_device_details(gpu).get("device_name", gpu.name)
            for gpu in tf.config.list_physical_devices("GPU")
        ],
        "system": platform.platform(),
        "versions": versions,
        "threads": {
            # 0: one for each core.
            "tensorflow_intra_op": threading.get_intra_op_parallelism_threads(),
            "tensorflow_inter_op": threading.get_inter_op_parallelism_threads(),
            "torch": None if found is None else found.get_num_threads(),
            "variables": {
                name: os.environ[name]
                for name in _THREAD_VARIABLES
                if name in os.environ
            },
            "niceness": os.nice(0),
        },
    }


def _flags() -> set[str]:
    lines = _cpu_lines()
    return set(lines.get("flags", lines.get("Features", "")).split())


def _cpu_lines() -> dict[str, str]:
    path = pathlib.Path("/proc/cpuinfo")
    if not path.is_file():
        return {}
    pairs = (line.partition(":") for line in path.read_text().splitlines())
    return {name.strip(): value.strip() for name, _, value in pairs}


def _memory() -> int:
    return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
