"""Skate, root errors and drift of views whose walk is known."""

import dataclasses

import numpy as np
import pytest
from support import walking

from dgnet_tf.data.view import View
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import report_schema, report_sections, root_scores


def view(pitch=10.0, seconds=8.0, **changed):
    seen, keypoints = walking.film(walking.walk(seconds)[0], pitch, 1.0 + 0.09 * pitch)
    return dataclasses.replace(
        View(
            subject="S1",
            action="Walk",
            take="1",
            camera="a",
            keypoints=keypoints,
            confidence=np.ones(keypoints.shape[:2]),
            positions=seen,
            valid=np.ones(len(seen), bool),
            intrinsics=walking.INTRINSICS,
            image_size=np.array([1000.0, 1000.0]),
            fps=walking.FPS,
        ),
        **changed,
    )


def scored(*views, noise=3.0):
    scores = root_scores.RootScores(walking.SKELETON)
    for one in views:
        keypoints = walking.trembling(one.keypoints, noise)
        relative = one.positions - one.positions[:, :1]
        scores.add(one, keypoints, relative)
    return scores.summary()


def test_true_feet_stand_where_the_walk_has_them():
    poses, contact = walking.walk()
    ankles = [walking.SKELETON.joints.index(f"{s}_ankle") for s in ("left", "right")]
    found = root_scores.standing(poses[:, ankles], walking.FPS)
    assert (found == contact).mean() > 0.9


def test_the_floor_stops_skating_and_drift():
    found = scored(view(0.0), view(10.0), view(25.0))
    known = found["cameras"]["known"]
    assert found["views"] == known["floors"] == 3
    assert found["true_skate_mm"] < 1
    assert known["frame"]["skate_mm"] > 10
    assert known["floor"]["skate_mm"] < 2.5
    assert known["floor"]["drift_mm"] < 0.8 * known["frame"]["drift_mm"]
    # An assumed focal length, 6 % too short, puts people 6 % too near.
    assumed = found["cameras"]["assumed"]["floor"]
    assert assumed["root_mm"] > 5 * known["floor"]["root_mm"] > 0
    assert assumed["skate_mm"] < 2.5


def test_reports_hold_and_show_them():
    found = scored(view())
    field = report_schema.Report.model_fields["root"]
    assert field.annotation.model_validate(found)
    text = report_sections.root_section(found)
    assert "over the floor" in text and "A floor was found in 1 of 1 views" in text
    short = scored(view(seconds=1.0))
    assert short["cameras"]["known"]["frame"]["drift_mm"] is None
    assert " - |" in report_sections.root_section(short)


def test_only_valid_frames_count():
    one = view()
    valid = one.valid.copy()
    valid[:100] = valid[390:] = False
    spoilt = one.positions.copy()
    spoilt[~valid] = 0
    found = scored(dataclasses.replace(one, valid=valid, positions=spoilt), noise=0)
    assert found["cameras"]["known"]["frame"]["root_mm"] == pytest.approx(0, abs=1e-6)
    nothing = scored(dataclasses.replace(one, valid=np.zeros_like(valid)))
    assert nothing["views"] == 0 and nothing["true_skate_mm"] is None


def test_a_camera_without_intrinsics_is_refused():
    with pytest.raises(UserError, match="S1/Walk/1/a: the data has no intrinsics"):
        scored(view(intrinsics=np.zeros(9)))
