"""What engines make of a network's exports, measured on one that is made up."""

import importlib.util

import pytest
from support.record_sets import takes, write

from benchmarks import engines
from dgnet_tf.config import config as configuration
from dgnet_tf.models import runs


@pytest.mark.slow
def test_every_engine_agrees_and_is_timed(tmp_path):
    # All joints are neighbours: no rounding decides who is nearest.
    sizes = {"channels": 8, "blocks": 1, "connection": "full"}
    config = configuration.make("smoke", **sizes, skeleton="human36m_17", fps=50.0)
    run = runs.Run(config, runs.build_model(config))
    data = write(tmp_path / "data", {"validation": takes(9, 6, 5)})
    found = engines.views(data, "validation", 2, most_frames=8)
    assert [len(view.keypoints) for view in found] == [8, 5]
    rows = engines.measure(engines.export(run, tmp_path), found, rounds=1)
    forms = {(row.engine, row.file) for row in rows}
    assert forms >= {("TensorFlow", "SavedModel"), ("LiteRT", "tflite")}
    openvino = {file for engine, file in forms if engine == "OpenVINO"}
    if importlib.util.find_spec("openvino"):
        assert openvino >= {"SavedModel", "tflite"}
    assert rows[0].largest_mm == rows[0].beyond == 0
    for row in rows[1:]:
        assert 0 < row.largest_mm < 0.1 and row.beyond == 0, row
        assert row.median_mm <= row.largest_mm
    assert min(min(row.frames_a_second, row.live_ms, row.load_s) for row in rows) > 0
    text = engines.table(rows, 13)
    assert text.startswith("13 frames\n") and text.count("\n") == 2 + len(rows)
