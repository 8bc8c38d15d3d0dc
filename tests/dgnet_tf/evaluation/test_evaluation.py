"""The evaluation of whole record sets, recomputed by hand, and its report."""

import json
import math

import numpy as np
import pytest
from support import bars, record_sets
from support.lifting.lifting_stand_ins import Config, small_model
from support.reports.evaluated_takes import (
    JOINTS,
    MEAN_BONE,
    SITTING,
    SITTING_DOWN,
    lifted,
    loop_errors,
)

from dgnet_tf import skeletons
from dgnet_tf.data import manifest
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import evaluation, report


def test_the_report_of_two_views_by_hand(plain, model):
    result = plain
    poses, steps = loop_errors(SITTING, lifted(model, SITTING))
    down_poses, down_steps = loop_errors(SITTING_DOWN, lifted(model, SITTING_DOWN))
    assert (len(poses), len(steps)) == (21 - 3, 20 - 4)

    assert result["dataset"] == "synthetic"
    assert result["split"] == "test"
    assert result["frames"] == 18 + 9
    assert result["views"] == 2
    close = {"abs": 1e-2}  # Lifted in float32, errors of some hundred mm.
    overall = result["metrics"]
    assert overall["mpjpe_mm"] == pytest.approx(np.mean(poses + down_poses), **close)
    assert overall["mpjve_mm"] == pytest.approx(np.mean(steps + down_steps), **close)
    per_action = result["per_action"]
    assert list(per_action) == ["Sitting", "SittingDown"]
    sitting, down = per_action["Sitting"], per_action["SittingDown"]
    assert sitting["mpjpe_mm"] == pytest.approx(np.mean(poses), **close)
    assert down["mpjpe_mm"] == pytest.approx(np.mean(down_poses), **close)
    assert result["metrics_action_mean"]["mpjpe_mm"] == pytest.approx(
        (np.mean(poses) + np.mean(down_poses)) / 2, **close
    )
    assert result["per_subject"]["S001"] == sitting
    assert result["per_camera"]["c0"] == overall
    assert result["intervals"]["mpjpe_mm"]["videos"] == 2
    for row in (overall, sitting, down):
        assert row["p_mpjpe_mm"] < row["n_mpjpe_mm"] < row["mpjpe_mm"]
    assert result["per_subject_action"]["S002"] == {"SittingDown": down}


def test_rows_by_video_and_joint_add_up_to_the_report(plain):
    result = plain
    first, second = result["per_sequence"]
    assert (first["subject"], first["action"], first["cameras"]) == (
        "S001",
        "Sitting",
        ["c0"],
    )
    assert (first["frames"], first["steps"], first["triples"]) == (18, 16, 14)
    for name, value in result["metrics"].items():
        counted = result["counted_by"][name]
        total = first["sums"][name] + second["sums"][name]
        assert value == pytest.approx(total / (first[counted] + second[counted]))
        interval = result["intervals"][name]
        assert interval["low"] <= value <= interval["high"]
        assert interval["videos"] == 2
        over_actions = result["metrics_action_mean"][name]
        interval = result["intervals_action_mean"][name]
        assert interval["low"] <= over_actions <= interval["high"]
    joints = result["per_joint"]
    assert list(joints) == list(skeletons.get("human36m_17").joints)
    assert joints["hip"]["mpjpe_mm"] == 0.0
    for name in ("mpjpe_mm", "p_mpjpe_mm", "mpjve_mm", "acceleration_mm", "auc"):
        mean = np.mean([row[name] for row in joints.values()])
        assert mean == pytest.approx(result["metrics"][name])
    worst = max(joints, key=lambda name: joints[name]["mpjpe_mm"])
    assert result["worst_joints"][0]["joint"] == worst
    assert {(c["subject"], c["camera"]) for c in result["worst_clips"]} == {
        ("S001", "c0"),
        ("S002", "c0"),
    }
    assert result["worst_clips"][0]["frames"] in (21, 9)  # Shorter than two seconds.


def test_views_without_ground_truth_are_not_lifted(data_dir):
    def model(windows, training):
        raise AssertionError("lifted a view that nothing can score")

    with pytest.raises(UserError, match="'validation' has no valid frame"):
        evaluation.evaluate(model, Config(), data_dir, "validation")


def test_the_mean_pose_of_the_training_split_is_the_baseline(plain):
    baseline = plain["baselines"]["mean_pose"]
    mean_pose = np.outer(np.arange(JOINTS), MEAN_BONE)
    errors = []
    for built in (SITTING, SITTING_DOWN):
        errors += loop_errors(built, np.tile(mean_pose, (built.frames, 1, 1)))[0]
    assert baseline["mpjpe_mm"] == pytest.approx(np.mean(errors), abs=1e-2)
    # Joint n moves by n / 10 metres a frame, the mean pose stands still.
    assert baseline["mpjve_mm"] == pytest.approx(800.0, abs=1e-2)
    # Both are straight lines of evenly spaced joints.
    assert baseline["p_mpjpe_mm"] == pytest.approx(0.0, abs=1e-2)


def test_another_skeleton_is_refused(data_dir, model):
    config = Config(skeleton="mpi_inf_3dhp_17")
    with pytest.raises(UserError, match="holds skeleton 'human36m_17'.*mpi_inf_3dhp"):
        evaluation.evaluate(model, config, data_dir)


def test_a_split_without_valid_frames_is_refused(data_dir, model):
    with pytest.raises(UserError, match="'validation' has no valid frame"):
        evaluation.evaluate(model, Config(), data_dir, "validation")


def test_a_missing_split_is_refused(tmp_path, model):
    folder = record_sets.write(tmp_path, {"test": [SITTING]})
    with pytest.raises(UserError, match="has no split 'validation'"):
        evaluation.evaluate(model, Config(), folder, "validation")


def test_without_a_training_split_there_is_no_baseline(tmp_path, model):
    folder = record_sets.write(tmp_path, {"test": [SITTING]})
    result = evaluation.evaluate(model, Config(), folder)
    assert result["baselines"] == {}
    assert result["intervals"]["mpjpe_mm"] is None
    assert "mean pose" not in report.markdown(result)
    assert "no bootstrap interval" in report.markdown(result)


def test_a_diverged_model_is_named(data_dir):
    model = small_model()
    model.set_weights([np.full_like(w, np.nan) for w in model.get_weights()])
    with pytest.raises(UserError, match="not finite for S001/Sitting/1/c0"):
        evaluation.evaluate(model, Config(), data_dir)


def test_the_report_is_written_twice_over(data_dir, model, tmp_path):
    result = evaluation.evaluate(model, Config(fps=25.0), data_dir, noise_px=2.0)
    json_path, markdown_path = report.write(result, tmp_path / "new" / "folder")
    assert json.loads(json_path.read_text()) == result
    text = markdown_path.read_text()
    metrics = result["metrics"]
    assert f"{metrics['mpjpe_mm']:.1f}" in text
    assert f"{result['baselines']['mean_pose']['mpjpe_mm']:.1f}" in text
    assert f"{result['per_action']['SittingDown']['p_mpjpe_mm']:.1f}" in text
    assert "noise of 2 pixels on the keypoints, white, seed 0." in text
    result["options"]["noise_correlation"] = 0.95
    text = report.markdown(result)
    assert "keypoints, correlation 0.95 from frame to frame, seed 0." in text
    result["options"]["noise_correlation"] = 0.0
    assert "50 frames a second, the model was trained at 25" in text
    assert sorted(path.name for path in json_path.parent.iterdir()) == [
        "report.json",
        "report.md",
    ]


def test_a_failed_write_keeps_the_older_report(tmp_path, plain):
    result = plain
    json_path, _ = report.write(result, tmp_path)
    before = json_path.read_text()
    with pytest.raises(ValueError, match="JSON"):
        report.write({**result, "frames": math.nan}, tmp_path)
    assert json_path.read_text() == before
    assert len(list(tmp_path.iterdir())) == 2


def test_a_written_report_is_read_by_its_folder_or_its_name(tmp_path, plain):
    json_path, _ = report.write(plain, tmp_path)
    assert report.read(tmp_path) == report.read(json_path) == plain


def test_what_is_no_report_is_refused(tmp_path):
    with pytest.raises(UserError, match="report.json: not found"):
        report.read(tmp_path)
    path = tmp_path / "report.json"
    path.write_text('{"dataset": "mine", "split"')
    with pytest.raises(UserError, match="report.json: not a report: not JSON"):
        report.read(path)
    for content, message in (
        ('{"dataset": "mine", "split": "test"}', "has no field 'metrics'"),
        ("[]", "must hold a JSON object"),
    ):
        path.write_text(content)
        with pytest.raises(UserError, match=message):
            report.read(path)


def test_progress_counts_the_frames_of_all_views(data_dir, model, monkeypatch):
    found = bars.recorded(monkeypatch)
    evaluation.evaluate(model, Config(), data_dir)
    frames = manifest.read(data_dir).splits["test"].frames
    # Views without a valid frame, which are not lifted, count as well.
    assert found == [("evaluate", frames, frames, "frame")]
