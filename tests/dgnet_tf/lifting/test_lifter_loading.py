"""What a lifter is loaded from: an exported model or a run."""

import shutil

import numpy as np
import pytest
from support.lifting.echo_lifter import SIZE, SKELETON, moving, save
from support.lifting.lifting_stand_ins import Config, export, small_model

import dgnet_tf
from dgnet_tf.errors import UserError
from dgnet_tf.exporting import saved_model
from dgnet_tf.inference import whole_videos
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.models import runs


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    """Versions 2 and 10 of different models, and the model of version 10."""
    folder = tmp_path_factory.mktemp("exported")
    models = {version: small_model(seed=version) for version in (2, 10)}
    for version, model in models.items():
        export(folder, model=model, version=version)
    return folder, models


def test_the_highest_version_or_the_one_named_is_loaded(exported, tmp_path):
    folder, models = exported
    path = save(tmp_path, moving(7))
    for name, version in ((folder, 10), (folder / "10", 10), (folder / "2", 2)):
        lifter = dgnet_tf.Lifter.load(name)
        assert lifter.skeleton is SKELETON
        assert (lifter.options, lifter.run) == (InferenceOptions.of(Config()), None)
        assert lifter.fps == 50.0
        result = lifting.lift_file(lifter, path, "human36m_17", SIZE)[0].positions
        serve = whole_videos.serving_function(
            models[version], InferenceOptions.of(Config())
        )
        expected = whole_videos.lift_view(serve, moving(7), np.array(SIZE), 4)
        np.testing.assert_allclose(result, expected, atol=1e-5)


def test_a_run_lifts_like_its_export(tmp_path, monkeypatch):
    config, model = Config(), small_model()
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / runs.CONFIG).write_text("{}")
    monkeypatch.setattr(runs, "load", lambda path: runs.Run(config, model))
    export(tmp_path / "model", model=model)
    path = save(tmp_path, moving(7))
    ours, exports = (
        lifting.lift_file(lifting.Lifter.load(p), path, "human36m_17", SIZE)[
            0
        ].positions
        for p in (tmp_path / "run", tmp_path / "model")
    )
    np.testing.assert_allclose(ours, exports, atol=1e-5)


def test_what_is_no_model_is_refused(exported, tmp_path):
    with pytest.raises(UserError, match="nowhere: holds no SavedModel. Name a folder"):
        lifting.Lifter.load(tmp_path / "nowhere")
    damaged = tmp_path / "1"
    shutil.copytree(exported[0] / "2", damaged)
    (damaged / saved_model.CARD).unlink()
    with pytest.raises(UserError, match="model_card.json: not found; .* no whole"):
        lifting.Lifter.load(tmp_path)
    (damaged / "saved_model.pb").write_bytes(b"\xff\xff")
    with pytest.raises(UserError, match="no whole export of this package"):
        lifting.Lifter.load(damaged)
