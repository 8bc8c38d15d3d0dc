"""What a disagreement stands for in millimetres, and where a run keeps that."""

import dataclasses
import json

import numpy as np
import pytest
from support.models import sureness

from dgnet_tf.errors import UserError
from dgnet_tf.models import runs, uncertainty


@pytest.fixture
def workdir(tmp_path):
    (tmp_path / runs.MODEL).write_bytes(b"weights")
    return tmp_path


def test_expected_errors_by_hand():
    found = sureness.made(base_mm=3.0, slope=2.0, missing_mm=12.0)
    disagreement = np.tile([0.0, 0.002], (1, 9))[:, :17]
    mm = found.millimetres(disagreement)
    assert mm.dtype == np.float32 and mm.shape == (1, 17)
    np.testing.assert_allclose(mm[0, :2], [3.0, 5.0], rtol=1e-6)
    confidence = np.ones((1, 17))
    confidence[0, :2] = 0.0, 0.75
    mm = found.millimetres(disagreement, confidence)
    np.testing.assert_allclose(mm[0, 0], np.sqrt(9 + 144), rtol=1e-6)
    np.testing.assert_allclose(mm[0, 1], np.sqrt(9 + 16 + 36), rtol=1e-6)
    np.testing.assert_allclose(mm[0, 2:4], [3.0, 5.0], rtol=1e-6)


def test_a_run_keeps_it_with_the_weights_that_it_is_of(workdir):
    assert uncertainty.of_run(workdir) is None
    made = sureness.made()
    path = uncertainty.keep(workdir, made)
    assert path == workdir / "uncertainty.json"
    assert uncertainty.of_run(workdir) == made
    (workdir / runs.MODEL).write_bytes(b"trained again")
    with pytest.raises(UserError, match="uncertainty.json: .* other weights"):
        uncertainty.of_run(workdir)


def test_it_holds_under_the_options_that_it_was_calibrated_under():
    options = {"flip": True, "overlap": "mean", "precision": "float32"}
    made = dataclasses.replace(sureness.made(), options=options)
    assert made.holds_for({**options, "precision": "mixed_bfloat16"})
    assert not made.holds_for({**options, "flip": False})


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("base_mm", [1.0], "'base_mm', 'slope' and 'missing_mm' of a joint"),
        ("slope", [-1.0] * 17, r"'slope\[0\]' must be at least 0"),
        ("half", "much", "'half' must be a number"),
    ],
)
def test_damaged_files_are_refused(workdir, field, value, message):
    path = uncertainty.keep(workdir, sureness.made())
    path.write_text(json.dumps({**json.loads(path.read_text()), field: value}))
    with pytest.raises(UserError, match=f"uncertainty.json: .*{message}"):
        uncertainty.of_run(workdir)
