"""What may be asked of an evaluation, each option recomputed by hand."""

import dataclasses

import numpy as np
import pytest
from support import record_sets
from support.lifting.lifting_stand_ins import Config
from support.reports.evaluated_takes import (
    JOINTS,
    SITTING,
    SITTING_DOWN,
    Take,
    lifted,
    loop_errors,
)

from dgnet_tf.data import views
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import balance, evaluation, report
from dgnet_tf.inference import view_lifter


def test_a_root_that_does_not_count_raises_the_mean(data_dir, model, plain):
    counted = plain
    without = evaluation.evaluate(model, Config(), data_dir, count_root=False)
    assert without["metrics"]["mpjpe_mm"] == pytest.approx(
        counted["metrics"]["mpjpe_mm"] * 17 / 16
    )
    assert without["metrics"]["pck_14"] == counted["metrics"]["pck_14"]
    assert "hip" not in without["per_joint"]
    assert without["options"]["root_counted"] is False
    assert "16 joints, the root not counted" in report.markdown(without)
    assert "17 joints, the root (error 0) counted" in report.markdown(counted)


@pytest.mark.parametrize(
    "changed", [{"overlap": "once"}, {"overlap": "center"}, {"frame_stride": 2}]
)
def test_windows_can_be_laid_otherwise_than_the_run_says(
    data_dir, model, plain, changed
):
    result = evaluation.evaluate(model, Config(), data_dir, **changed)
    asked = dataclasses.replace(Config(), **changed)
    poses, _ = loop_errors(SITTING, lifted(model, SITTING, config=asked))
    sitting = result["per_action"]["Sitting"]["mpjpe_mm"]
    assert sitting == pytest.approx(np.mean(poses), abs=1e-2)
    own = plain["metrics"]
    assert max(abs(result["metrics"][m] - own[m]) for m in own if own[m]) > 0.1
    for name, value in changed.items():
        assert result["options"][name] == value
        assert result["options"]["model"][name] == getattr(Config(), name)
    text = report.markdown(result)
    assert ("trained at stride 1" in text) == ("frame_stride" in changed)


def test_noise_is_smoothed_as_asked_for(data_dir, model):
    noisy, smooth = (
        evaluation.evaluate(
            model, Config(), data_dir, noise_px=20.0, keypoint_smoothing=reach
        )
        for reach in (None, 3)
    )
    jitter = [result["metrics"]["acceleration_mm"] for result in (noisy, smooth)]
    assert jitter[1] < 0.5 * jitter[0]
    assert smooth["options"]["keypoint_smoothing"] == 3
    assert smooth["options"]["model"]["keypoint_smoothing"] == 0
    assert "Keypoints smoothed over 7 frames." in report.markdown(smooth)
    assert "smoothed" not in report.markdown(noisy)


def test_only_the_asked_actions_are_scored(data_dir, model, plain):
    whole = plain
    result = evaluation.evaluate(model, Config(), data_dir, actions=["Sitting"])
    assert (result["frames"], result["views"]) == (18, 1)
    assert result["per_action"] == {"Sitting": whole["per_action"]["Sitting"]}
    assert result["options"]["actions"] == ["Sitting"]
    assert "Only these actions: Sitting." in report.markdown(result)
    with pytest.raises(UserError, match="no action 'Sit' .*Sitting,SittingDown"):
        evaluation.evaluate(model, Config(), data_dir, actions=["Sit"])
    with pytest.raises(ValueError, match="`actions` must be a sequence.*'Sitting'"):
        evaluation.evaluate(model, Config(), data_dir, actions="Sitting")


def test_an_action_without_valid_frames_is_refused(tmp_path, model):
    gone = Take(1, 4, invalid=(0, 1, 2, 3))
    folder = record_sets.write(tmp_path, {"test": [gone, SITTING_DOWN]})
    with pytest.raises(UserError, match="action 'Sitting' has no valid frame"):
        evaluation.evaluate(model, Config(), folder, actions=["Sitting"])
    whole = evaluation.evaluate(model, Config(), folder)
    assert list(whole["per_action"]) == ["SittingDown"]
    assert whole["views"] == 1


def test_the_roots_trajectory_is_scored_where_asked(data_dir, model, plain):
    assert "root" not in plain
    found = evaluation.evaluate(model, Config(), data_dir, roots=True)["root"]
    assert found["views"] == plain["views"]
    assert set(found["cameras"]) == {"known", "assumed"}


def test_balanced_estimates_stand_beside_the_networks_own(data_dir, model, plain):
    result = evaluation.evaluate(model, Config(), data_dir, balanced=True)
    assert result["metrics"] == plain["metrics"]  # The headline stays xyz.
    assert list(plain["estimates"]) == ["xyz"]
    found = result["estimates"]
    assert list(found) == list(balance.CONSUMES)
    assert found["xyz"]["metrics"] == result["metrics"]
    assert found["xyz"]["intervals"] == result["intervals"]
    assert "ground truth" in found["balanced_true_root"]["consumes"]
    errors = []
    for built in (SITTING, SITTING_DOWN):
        arrays = built.arrays(JOINTS)
        predicted = lifted(model, built).astype(np.float64)
        depth = arrays["positions"][:, :1, 2] + predicted[..., 2]
        xy = (arrays["keypoints"] - np.array([510.0, 390.0])) / 1100 * depth[..., None]
        uvd = np.concatenate([xy, depth[..., None]], axis=-1)
        errors += loop_errors(built, (predicted + uvd - uvd[:, :1]) / 2)[0]
    assert found["balanced_true_root"]["metrics"]["mpjpe_mm"] == pytest.approx(
        np.mean(errors), abs=1e-2
    )
    assert result["options"]["balanced"] is True
    assert 0 <= result["options"]["frames_without_fitted_root"] <= 27
    text = report.markdown(result)
    assert "## Coordinate balance" in text
    assert all(f"`{name}`: " in text for name in balance.CONSUMES)
    assert "Coordinate balance" not in report.markdown(plain)


def test_balance_without_intrinsics_is_refused(tmp_path, model):
    folder = record_sets.write(tmp_path, {"test": [Take(1, 9, intrinsics=(0,) * 9)]})
    assert evaluation.evaluate(model, Config(), folder)["frames"] == 9
    with pytest.raises(UserError, match="S001/Sitting/1/c0: .*no intrinsics"):
        evaluation.evaluate(model, Config(), folder, balanced=True)


def test_a_stride_of_no_frames_is_refused(data_dir, model):
    with pytest.raises(ValueError, match="`frame_stride` must be from 1 to .*, got 0"):
        evaluation.evaluate(model, Config(), data_dir, frame_stride=0)
    with pytest.raises(ValueError, match="`keypoint_smoothing` must be from 0 to 25"):
        evaluation.evaluate(model, Config(), data_dir, keypoint_smoothing=26)


def test_flip_is_an_option(data_dir, model, plain):
    result = evaluation.evaluate(model, Config(), data_dir, flip=False)
    poses, _ = loop_errors(SITTING, lifted(model, SITTING, flip=False))
    sitting = result["per_action"]["Sitting"]
    assert sitting["mpjpe_mm"] == pytest.approx(np.mean(poses), abs=1e-2)
    assert result["options"]["flip"] is False
    both = plain["per_action"]["Sitting"]
    assert abs(sitting["mpjpe_mm"] - both["mpjpe_mm"]) > 0.1


def test_noise_is_that_of_the_view(data_dir, model):
    _, second = views.load_views(data_dir, "test")
    result = evaluation.evaluate(model, Config(), data_dir, noise_px=5.0, seed=4)
    noise = view_lifter.noise(second, 5.0, seed=4)
    poses, _ = loop_errors(SITTING_DOWN, lifted(model, SITTING_DOWN, noise))
    down = result["per_action"]["SittingDown"]
    assert down["mpjpe_mm"] == pytest.approx(np.mean(poses), abs=1e-2)
