"""Writes what later versions must still read: runs, data, reports, exports, studies.

    cd CHECKOUT
    PYTHONPATH=. python .../tests/support/written_before/write.py FILE.tar.xz

CHECKOUT holds the version that writes; `default.tar.xz` and `addons.tar.xz` beside this
file were written by commit db3b908 with the two stacks of its requirements files, on
one machine. Networks are tiny and trained for three steps on procedural walkers. The
archive holds

    names.json             flags of each command, registered names of Keras objects
    data/                  a converted data set
    runs/NAME/             a run of each of `RUNS`, without checkpoints and TensorBoard
    runs/NAME/poses.npz    keypoints, and the poses that the run gave for them
    killed/                runs/dgnet as it was after the first of its two epochs
    reports/               report.json and report.md of runs/dgnet
    weights/before/        trained weights of runs/dgnet, by save_preset
    exports/               a SavedModel, lifter.tflite and lifter.onnx of runs/dgnet,
                           and what they gave for the keypoints of its poses.npz
    study/, compared/      an ablation table and a comparison of two networks, without
                           pictures and networks
    figure5/               the job of `paper --item=figure5`, without its picture

It calls commands and documented names alone, so that any version that has these can
write. The archives stay as they are: made anew they would be written by the code that
is to read them.
"""

import importlib.util
import json
import os
import pathlib
import pkgutil
import runpy
import shutil
import sys
import tarfile
import tempfile

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import numpy as np  # noqa: E402
import tensorflow as tf  # noqa: E402

import dgnet_tf  # noqa: E402

COMMANDS = {
    "benchmarks": "edge frame_rates real_detections run smoothing",
    "dgnet_tf": "compare evaluate export html_report lift paper replay save_preset "
    "train",
    "preprocessing": "archive convert demo inspect join",
    "serving": "grpc_client rest_client",
    "tuning": "compare report run_ablations search",
}
SIZES = {"channels": 4, "blocks": 1, "frames": 3, "batch_size": 8}
BUDGET = {"epochs": 1, "steps_per_epoch": 3, "learning_rate": 0.01}
RUNS = {
    "dgnet": {"blocks": 2, "epochs": 2},
    "baseline": {"architecture": "baseline"},
    "martinez": {"architecture": "martinez", "frames": 1},
    "semgcn": {"architecture": "semgcn", "frames": 1},
    "tcn": {"architecture": "tcn", "frames": 9},
    "stgcn": {"architecture": "stgcn"},
    "connection_fixed": {"connection": "fixed"},
    "connection_full": {"connection": "full"},
    "connection_symmetry": {"connection": "symmetry"},
    "connection_random": {"connection": "random"},
    "connection_precomputed": {"connection": "precomputed"},
    "weighting_none": {"weighting": "none"},
    "weighting_embedded_gaussian": {"weighting": "embedded_gaussian"},
    "score_linear": {"score_activation": "linear"},
    "score_tanh": {"score_activation": "tanh"},
    "score_sigmoid": {"score_activation": "sigmoid"},
    "normalization_none": {"normalization": "none"},
    "normalization_mean": {"normalization": "mean"},
    "without_semantic": {"semantic": "false"},
    "without_non_local": {"non_local": "false"},
    "without_joint_embedding": {"joint_embedding": "false"},
    "units_fixed_first": {"spatial_unit": "fsg", "temporal_unit": "ftg,dtg"},
    "units_dynamic": {"spatial_unit": "dsg,fsg,dsg", "temporal_unit": "dtg"},
    "windows": {
        **{"overlap": "center", "frame_stride": 2, "keypoint_smoothing": 2},
        "weight_average": 0.9,
    },
    "windows_once": {"overlap": "once"},
}
ADDONS_RUNS = {
    "rectified_adam": {"optimizer": "rectified_adam"},
    "stochastic_averaging": {"optimizer": "stochastic_averaging"},
}
VIDEO = {"image_size": (1000, 1000), "fps": 50.0, "frames": 11}
# Another machine rounds otherwise. Where keypoints that differ by a thousand roundings
# gave poses that differ by more than this, metres, a joint has two neighbours equally
# near; such keypoints are not taken.
SHAKE_PX, SHAKEN = 1e-3, 1e-5


def command(module, *arguments, **flags):
    """Runs `python -m MODULE --FLAG=VALUE ...` in this process."""
    given = [*arguments, *(f"--{name}={value}" for name, value in flags.items())]
    sys.argv = [module, *given]
    sys.orig_argv = ["python", "-m", module, *given]
    print(" ".join(sys.orig_argv), flush=True)
    runpy.run_module(module, run_name="__main__")
    tf.keras.backend.clear_session()


def without_baggage(folder, *more):
    """Removes what nobody reads again."""
    names = ("checkpoints", "tensorboard", "keras_tuner", "logs", "lock", "*.png")
    for name in (*names, *more):
        for path in sorted(folder.rglob(name)):
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def train_all(folder, data):
    """Trains the runs, and leaves one as a kill would."""
    runs = dict(RUNS)
    if importlib.util.find_spec("tensorflow_addons"):
        runs |= ADDONS_RUNS
    for name, fields in runs.items():
        flags = {**SIZES, **BUDGET, **fields}
        command(
            "dgnet_tf.train", preset="smoke", data=data, workdir=folder / name, **flags
        )
    killed = pathlib.Path("killed")
    shutil.copytree(folder / "dgnet", killed)
    (killed / "model.keras").unlink()
    for path in killed.glob("checkpoints/ckpt-2.*"):
        path.unlink()
    # The file in which TensorFlow keeps what it saved.
    (killed / "checkpoints" / "checkpoint").write_text(
        'model_checkpoint_path: "ckpt-1"\nall_model_checkpoint_paths: "ckpt-1"\n'
    )
    shutil.rmtree(killed / "tensorboard")
    without_baggage(folder)


def keypoints_of(seed):
    """Returns (F, N, 2) pixels of somebody who moves smoothly."""
    rng = np.random.default_rng(seed)
    joints = rng.uniform(300, 700, (17, 2))
    phase, reach = rng.uniform(0, 6.3, (17, 2)), rng.uniform(10, 60, (17, 2))
    frame = np.arange(VIDEO["frames"])[:, None, None]
    keypoints = joints + reach * np.sin(0.4 * frame + phase)
    return keypoints.astype(np.float32)


def lift(lifter, keypoints):
    """Returns the positions (F, N, 3) that a lifter gives for the video."""
    lifted = lifter.lift(
        keypoints,
        layout="human36m_17",
        image_size=VIDEO["image_size"],
        fps=VIDEO["fps"],
    )
    return lifted.positions


def windows_of(keypoints, frames):
    """Returns normalised windows (W, T, N, 2), each a frame on from the one before."""
    width, height = VIDEO["image_size"]
    x = 2 * keypoints / width - np.array([1, height / width])
    starts = range(len(x) - frames + 1)
    return np.stack([x[i : i + frames] for i in starts]).astype(np.float32)


def outputs_of(model, keypoints, frames):
    """Returns the poses (W, T, N, 3) of each of a network's outputs."""
    windows = tf.constant(windows_of(keypoints, frames))
    outputs = model(windows, training=False)
    return {name: np.asarray(value) for name, value in outputs.items()}


def shown(name, poses):
    """Returns what of them is kept: the video's, and of every third window."""
    return poses if name == "positions" else poses[::3]


def write_poses(folder):
    """Writes what a run gives for keypoints that rounding does not tip over."""
    lifter = dgnet_tf.Lifter.load(folder)
    model, config = lifter.run.model, lifter.run.config

    def poses(keypoints):
        positions = lift(lifter, keypoints)
        return {**outputs_of(model, keypoints, config.frames), "positions": positions}

    for seed in range(100):
        keypoints = keypoints_of(seed)
        found = poses(keypoints)
        rng = np.random.default_rng(seed)
        shaken = [
            poses(keypoints + rng.normal(0, SHAKE_PX, keypoints.shape).astype("f4"))
            for _ in range(5)
        ]
        moved = max(np.abs(s[name] - found[name]).max() for s in shaken for name in s)
        if moved < SHAKEN:
            break
    else:
        raise RuntimeError(f"{folder}: no keypoints are far from ties")
    print(f"{folder.name}: keypoints {seed}, shaken poses move {moved:.1e} m")
    some = {name: shown(name, found[name]) for name in found}
    np.savez_compressed(folder / "poses.npz", keypoints=keypoints, **some)
    tf.keras.backend.clear_session()


def export_all(folder, run):
    """Writes the exports of a run and what they give."""
    keypoints = np.load(run / "poses.npz")["keypoints"]
    command("dgnet_tf.export", workdir=run, output=folder / "saved_model")
    model = dgnet_tf.Lifter.load(folder / "saved_model")
    found = {"saved_model": lift(model, keypoints)}
    for kind in ("tflite", "onnx"):
        if kind == "onnx" and not importlib.util.find_spec("tf2onnx"):
            continue
        path = folder / f"lifter.{kind}"
        command("dgnet_tf.export", workdir=run, output=path, format=kind)
        lifter = dgnet_tf.edge_lifter.load(path)
        found[kind] = dgnet_tf.edge_lifter.lift(lifter, keypoints, VIDEO["image_size"])
    np.savez_compressed(folder / "positions.npz", **found)


def studies(folder, data):
    """Writes the folders of tuning and of the paper's jobs."""
    common = {"preset": "smoke", "data": data, **SIZES, **BUDGET}
    command(
        "tuning.run_ablations",
        table="graphs",
        rows="dynamic,fixed",
        workdir=folder / "study",
        **common,
    )
    del common["frames"], common["blocks"]
    command(
        "tuning.compare",
        architectures="dgnet,martinez",
        workdir=folder / "compared",
        latency_calls=2,
        noises=0,
        **common,
    )
    command(
        "dgnet_tf.paper",
        item="figure5",
        groups="walking=walk;other=squat,wave",
        output=folder / "figure5",
        **common,
    )
    without_baggage(folder / "figure5")
    for name in ("study", "compared"):
        without_baggage(folder / name, "model.keras")


def write_names(path):
    """Writes the flags of the commands, and the names that Keras files use."""
    flags = {}
    for package, names in COMMANDS.items():
        for name in names.split():
            module = importlib.import_module(f"{package}.{name}")
            flags[f"{package}.{name}"] = sorted(module.FLAGS)
    for module in pkgutil.walk_packages(dgnet_tf.__path__, "dgnet_tf."):
        importlib.import_module(module.name)
    registered = tf.keras.utils.get_custom_objects()
    names = sorted(name for name in registered if name.startswith("dgnet_tf>"))
    content = {"flags": flags, "registered": names}
    path.write_text(json.dumps(content, indent=1) + "\n")


def write(folder):
    """Writes all into a folder."""
    data, runs = folder / "data", folder / "runs"
    command(
        "preprocessing.convert",
        dataset="synthetic",
        output=data,
        subjects=3,
        clip_frames=24,
        cameras=1,
        record_frames=24,
        record_overlap=10,
        workers=1,
    )
    train_all(runs, data)
    for run in sorted(runs.iterdir()):
        write_poses(run)
    run = runs / "dgnet"
    command("dgnet_tf.evaluate", workdir=run, data=data, output=folder / "reports")
    command(
        "dgnet_tf.save_preset", workdir=run, output=folder / "weights", name="before"
    )
    export_all(folder / "exports", run)
    studies(folder, data)
    write_names(folder / "names.json")


def pack(folder, path):
    """Packs a folder, the same whoever packs it and when."""

    def plain(member):
        member.uid = member.gid = member.mtime = 0
        member.uname = member.gname = ""
        return member

    with tarfile.open(path, "w:xz", preset=9) as archive:
        for child in sorted(folder.iterdir()):
            archive.add(child, child.name, filter=plain)


if __name__ == "__main__":
    target = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory() as made:
        os.chdir(made)  # So that no path of this machine is written down.
        write(pathlib.Path())
        pack(pathlib.Path(), target)
    print(f"{target}: {target.stat().st_size} bytes")
