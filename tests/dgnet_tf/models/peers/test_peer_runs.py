"""The peers from records to poses, by the same commands as DG-Net."""

import dataclasses
import json

import keras_tuner
import numpy as np
import pytest
import tensorflow as tf
from support import record_sets, tuning_stand_ins
from support.lifting.lifting_stand_ins import command_error, run_command
from support.marks import slow_but
from support.models.peer_networks import NAMES, build

import tuning
from dgnet_tf import evaluate, export, html_report, paper, train
from dgnet_tf.config import config
from dgnet_tf.config.fields import FIELDS
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import (
    edge_lifter,
    model_card,
    onnx_export,
    saved_model,
    signatures,
    tflite_export,
)
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.models import multiply_adds, runs
from dgnet_tf.reproduction import cross_action, cross_action_figure
from dgnet_tf.training import fit, run_folder
from tuning import search_space
from tuning.ablations import paper_tables, runner
from tuning.studies import rows

pytestmark = [
    pytest.mark.filterwarnings("ignore::DeprecationWarning:keras_tuner.*"),
    pytest.mark.filterwarnings("ignore:Even though the .*run_functions_eagerly"),
]
SIZE = np.array([1000.0, 800.0])
TINY = {"channels": 6, "epochs": 1, "steps_per_epoch": 2, "batch_size": 4}
# The others do the same, and take longer.
ONE_QUICKLY = slow_but("tcn", NAMES)
FLAGS = [f"--{name}={value}" for name, value in TINY.items()]


def video(frames=12, seed=0):
    return np.random.default_rng(seed).uniform(200, 700, (frames, 17, 2))


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    splits = {
        "train": record_sets.takes(40, 30),
        "validation": record_sets.takes(20),
        "test": record_sets.takes(21),
    }
    folder = tmp_path_factory.mktemp("peers") / "data"
    return record_sets.write(folder, splits, record_overlap=8)


@pytest.mark.parametrize("name", ONE_QUICKLY)
def test_a_peer_trains_scores_exports_and_lifts(name, data, tmp_path, monkeypatch):
    monkeypatch.setattr(signatures, "LAYOUTS", ())
    run = tmp_path / "run"
    flags = [f"--architecture={name}", "--preset=smoke", *FLAGS]
    run_command(train, f"--data={data}", f"--workdir={run}", *flags)
    loaded = runs.load(run)
    assert type(loaded.model).__name__.lower() == name
    assert loaded.config == dataclasses.replace(
        config.make("smoke", architecture=name, **TINY),
        skeleton="human36m_17",
        fps=50.0,
    )
    assert "val_pose_mpjpe_mm" in (run / "history.csv").read_text().splitlines()[0]

    run_command(evaluate, f"--workdir={run}", f"--data={data}", "--split=test")
    (report,) = run.glob("evaluation/*/report.json")
    report = json.loads(report.read_text())
    assert report["frames"] == 21
    model = report["options"]["model"]
    assert model["architecture"] == name
    assert model["multiply_adds_per_frame"] == multiply_adds.per_frame(loaded.model)

    run_command(export, f"--workdir={run}", f"--output={tmp_path / 'exported'}")
    functions, _ = saved_model.load_signatures(tmp_path / "exported")
    serve = whole_videos.serving_function(
        loaded.model, InferenceOptions.of(loaded.config)
    )
    # Longer than a chunk is, so that several are joined.
    expected = whole_videos.lift_view(serve, video(600), SIZE, loaded.config.frames)
    lifted = whole_videos.lift_view(
        functions["serving_default"], video(600), SIZE, loaded.config.frames
    )
    np.testing.assert_allclose(lifted, expected, atol=1e-4)
    reach = InferenceOptions.of(loaded.config).reach
    last = functions["stream"](
        keypoints=tf.constant(video()[None, :reach], tf.float32),
        image_size=tf.constant(SIZE[None], tf.float32),
    )["positions"]
    whole = whole_videos.lift_view(serve, video()[:reach], SIZE, loaded.config.frames)
    np.testing.assert_allclose(last[0], whole[-1], atol=1e-4)


@pytest.mark.parametrize("overlap", FIELDS["overlap"].choices)
@pytest.mark.parametrize("stride", [1, 2])
def test_tcn_lifts_videos_as_its_windows_do(overlap, stride):
    model = build("tcn", channels=4, batch_size=1)
    chosen = config.make(
        "smoke",
        architecture="tcn",
        skeleton="human36m_17",
        overlap=overlap,
        frame_stride=stride,
    )

    def by_windows(windows, training):
        return model(windows, training=training)

    for frames in (1, 23):
        x = tf.constant(video(frames)[None], tf.float32)
        both = [
            whole_videos.lift_keypoints(
                lifter,
                InferenceOptions.of(chosen),
                x,
                SIZE[None],
                chunk_frames=20,
            )
            for lifter in (model, by_windows)
        ]
        assert both[0].shape == (1, frames, 17, 3)
        np.testing.assert_allclose(both[0], both[1], atol=1e-4)


def test_at_a_videos_end_the_first_frame_stands_for_those_before_it():
    model = build("tcn", channels=4)
    chosen = config.make("smoke", architecture="tcn", skeleton="human36m_17")
    x = video(3)
    longer = np.concatenate([np.repeat(x[:1], 9, axis=0), x])
    found = [
        whole_videos.lift_keypoints(
            model,
            InferenceOptions.of(chosen, flip=False),
            tf.constant(v[None], tf.float32),
            SIZE[None],
        )[0, -3:]
        for v in (x, longer)
    ]
    np.testing.assert_allclose(found[0], found[1], atol=1e-4)


@pytest.mark.parametrize("name", ONE_QUICKLY)
@pytest.mark.parametrize("suffix", [".tflite", ".onnx"])
def test_a_peer_becomes_a_file_for_small_devices(name, suffix, tmp_path):
    if suffix == ".onnx":
        for package in ("onnx", "tf2onnx", "onnxruntime"):
            pytest.importorskip(package, reason="TensorFlow 2.15 needs older protobuf")
    model = build(name, channels=4, blocks=1)
    model.set_weights([w + 0.05 * np.ones_like(w) for w in model.get_weights()])
    chosen = config.make(
        "smoke", architecture=name, skeleton="human36m_17", fps=50.0, channels=4
    )
    options = InferenceOptions.of(chosen, flip=False)
    card = model_card.of_export(chosen, options)
    save = tflite_export.save if suffix == ".tflite" else onnx_export.save
    path = save(model, options, tmp_path / f"lifter{suffix}", card)
    serve = whole_videos.serving_function(model, options)
    expected = whole_videos.lift_view(serve, video(), SIZE, chosen.frames)
    assert np.abs(expected).max() > 0.01
    lifted = edge_lifter.lift(edge_lifter.load(path), video(), SIZE)
    np.testing.assert_allclose(lifted, expected, atol=1e-4)


@pytest.mark.slow
def test_a_page_without_affinities_is_written(data, tmp_path):
    run = tmp_path / "run"
    chosen = config.make(
        "smoke", architecture="martinez", skeleton="human36m_17", fps=50.0, channels=4
    )
    run_folder.start(run, chosen)
    run_folder.save_model(run, runs.build_model(chosen))
    page = tmp_path / "page.html"
    run_command(html_report, f"--workdir={run}", f"--data={data}", f"--output={page}")
    assert "martinez, " in page.read_text()


@pytest.mark.slow
def test_a_row_of_a_study_trains_and_scores_a_peer(data, tmp_path):
    chosen = config.make(
        "smoke", architecture="martinez", **{**TINY, "steps_per_epoch": 1}
    )
    with tuning_stand_ins.eagerly():
        result = rows.run_row(tmp_path, "row", chosen, data, "test", progress=False)
    assert result["status"] == "finished" and result["metrics"]["mpjpe_mm"] > 0


@pytest.mark.parametrize("name", NAMES)
def test_the_search_space_is_the_networks_own(name, data):
    hp = keras_tuner.HyperParameters()
    hypermodel = tuning.HyperModel(data, "smoke", architecture=name, **TINY)
    hypermodel.declare_hyperparameters(hp)
    declared = {one.name for one in hp.space}
    assert {"channels", "dropout", "learning_rate"} <= declared
    assert not declared & {"connection", "spatial_neighbors", "weighting"}
    assert ("frames" in declared) == (name == "stgcn")
    assert hypermodel.build(hp).output_names == ["pose"]


def test_what_has_no_effect_on_a_network_cannot_be_searched_or_tabled(data):
    base = config.make("smoke", architecture="tcn")
    hp = keras_tuner.HyperParameters()
    with pytest.raises(UserError, match="'weighting' has no effect with .* 'tcn'"):
        search_space.declare(hp, base, ["weighting"])
    with pytest.raises(UserError, match="varies 'connection', which has no effect"):
        runner.plan(paper_tables.get("graphs"), base, data, "test", {})
    assert "dropout" not in search_space.names()


def test_figure_5_gives_each_network_its_own_sizes(data, tmp_path, monkeypatch):
    asked = []

    def skip(chosen, *arguments):
        asked.append((chosen.architecture, chosen.frames, chosen.channels))

    monkeypatch.setattr(cross_action, "train_or_skip", skip)
    monkeypatch.setattr(cross_action.run_reports, "find_or_make", lambda *a, **k: {})
    monkeypatch.setattr(cross_action_figure, "write", lambda *a: [])
    run_command(
        paper,
        "--item=figure5",
        "--architectures=dgnet,martinez",
        f"--data={data}",
        f"--output={tmp_path}",
    )
    assert asked == [("dgnet", 4, 128), ("martinez", 1, 1024)]


def test_sizes_that_do_not_fit_are_one_line(data, tmp_path, capsys):
    line = command_error(
        capsys,
        train,
        f"--data={data}",
        f"--workdir={tmp_path / 'run'}",
        *("--preset=smoke", "--architecture=tcn", "--blocks=2"),
    )
    assert "`frames` must be at least 3^(blocks + 1), 27 with 2 blocks, got 9" in line
    line = command_error(
        capsys,
        train,
        f"--data={data}",
        f"--workdir={tmp_path / 'run'}",
        *("--preset=small", "--architecture=tcn"),
    )
    assert "--record_overlap=26" in line
    with pytest.raises(UserError, match="'dropout' must be from 0 to 0.99, got 1.0"):
        config.make(architecture="tcn", dropout=1.0)


@pytest.mark.slow
def test_a_resumed_training_with_dropout_is_the_unbroken_one(data, tmp_path):
    chosen = config.make(
        "smoke", architecture="martinez", **{**TINY, "epochs": 2, "dropout": 0.5}
    )
    unbroken = fit.train(chosen, data, tmp_path / "whole", progress=False).model
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(run_folder, "save_model", _killed)
        patch.setattr(fit.callbacks.Checkpoints, "on_epoch_end", _after_one)
        with pytest.raises(KeyboardInterrupt):
            fit.train(chosen, data, tmp_path / "broken", progress=False)
    resumed = fit.train(chosen, data, tmp_path / "broken", progress=False).model
    for a, b in zip(unbroken.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def _killed(*arguments):
    raise KeyboardInterrupt


def _after_one(self, epoch, logs=None):
    self.epochs_done.assign(epoch + 1)
    self.manager.save(checkpoint_number=epoch + 1)
    raise KeyboardInterrupt
