"""What the small forms of a run cost, measured on one that is made up."""

import importlib.util

import pytest
from support.record_sets import takes, write

from benchmarks import edge
from dgnet_tf.config import config as configuration
from dgnet_tf.evaluation import evaluation
from dgnet_tf.models import runs


@pytest.fixture(scope="module")
def run():
    # All joints are neighbours: no rounding decides who is nearest.
    config = configuration.make(
        "smoke",
        channels=8,
        blocks=1,
        connection="full",
        skeleton="human36m_17",
        fps=50.0,
    )
    return runs.Run(config, runs.build_model(config))


@pytest.mark.slow
def test_every_form_is_scored_sized_and_timed(run, tmp_path):
    data = write(tmp_path / "data", {"test": takes(9, 6, 5)})
    (tmp_path / "exports").mkdir()
    rows, frames = edge.measure(
        run, data, "test", tmp_path / "exports", views=2, rounds=1
    )
    assert frames == 9 + 5  # Of three views the first and the last.
    forms = ["SavedModel", "tflite", "tflite_int8"]
    if importlib.util.find_spec("tf2onnx"):
        forms.append("onnx")
    assert [row.form for row in rows] == forms
    saved = rows[0]
    assert (saved.moved_mm, saved.moved_share, saved.times_saved_model) == (0, 0, 1)
    data = write(tmp_path / "both", {"test": [takes(9)[0], takes(1, 1, 5)[2]]})
    whole = evaluation.evaluate(run.model, run.config, data, "test")
    assert saved.metrics["mpjpe_mm"] == pytest.approx(
        whole["metrics"]["mpjpe_mm"], abs=0.01
    )
    for row in rows[1:]:
        assert row.moved_most_mm < 0.1 and row.moved_share == 0
        assert row.metrics["mpjpe_mm"] == pytest.approx(
            saved.metrics["mpjpe_mm"], abs=0.1
        )
        assert 0 < row.mib < saved.mib
        assert row.milliseconds > 0
        assert row.times_saved_model == pytest.approx(
            saved.milliseconds / row.milliseconds
        )
    text = edge.table(rows, frames)
    assert text.startswith("14 frames\n") and "tflite_int8" in text
