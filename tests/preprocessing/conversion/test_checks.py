import dataclasses

import numpy as np
import pytest

from dgnet_tf import cameras, skeletons
from preprocessing.cameras import virtual_cameras
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import checks
from preprocessing.conversion.sequences import PoseSequence
from preprocessing.datasets import synthetic, walker

SKELETON = skeletons.get("human36m_17")


def film(world):
    return virtual_cameras.film(PoseSequence("anna", "walk", "1", world, 50.0), Rig(2))


def judge(views):
    return checks.check_views(
        [checks.measure(view, SKELETON) for view in views], SKELETON
    )


def failing(views):
    return [finding.text for finding in judge(views) if not finding.passed]


@pytest.fixture
def world():
    return walker.motion(0, "walk", 60)


def test_procedural_walkers_pass_every_check():
    recordings = synthetic.read(3, 60).recordings
    findings = judge([view for r in recordings for view in r.load()])
    assert len(findings) == 7
    assert all(finding.passed for finding in findings)
    assert {f.line(strict)[:4] for f in findings for strict in (True, False)} == {
        "ok: "
    }


@pytest.mark.parametrize(
    ("factor", "unit"), [(1000, "millimetres"), (100, "centimetres")]
)
def test_wrong_units_are_recognised(world, factor, unit):
    (text,) = (text for text in failing(film(world * factor)) if "measure" in text)
    assert f"the source seems to be in {unit}" in text


def test_the_body_is_measured_from_ankle_to_head(world):
    body = sum(
        np.linalg.norm(world[0, joint] - world[0, SKELETON.parents[joint]])
        for joint in (6, 5, 4, 7, 8, 9, 10)
    )
    texts = [finding.text for finding in judge(film(world))]
    assert any(f"measure {body:.2f} m (subject anna)" in text for text in texts)


def test_a_bone_that_changes_its_length_is_named(world):
    stretch = 1 + 0.3 * (np.arange(60) % 2)
    world[:, 13] = world[:, 12] + stretch[:, None] * (world[:, 13] - world[:, 12])
    # Lengths l and 1.3 l, equally often: 0.15 / 1.15.
    (text,) = [t for t in failing(film(world)) if "vary" in t]
    assert "at most 13.0% of their mean (subject anna, bone to left_wrist" in text


def test_a_long_arm_on_one_side_is_named(world):
    world[:, 16] += 0.25 * (world[:, 16] - world[:, 15])
    # Lengths l and 1.25 l: 0.25 / 1.125.
    (text,) = failing(film(world))
    assert "differ by at most 22.2% (subject anna, bone to left_wrist" in text


def test_another_up_axis_is_noticed(world):
    (text,) = failing(film(world[..., [0, 2, 1]] * [1, 1, -1]))
    assert "upright in 0.0% of the frames" in text


def test_joints_behind_the_camera_are_counted(world):
    views = film(world)
    views[0].positions[10, :4, 2] = -1.0
    texts = failing(views)
    assert f"4 of {2 * 60 * 17} joints are behind their camera (expected 0)" in texts


def test_joints_outside_the_image_are_counted(world):
    views = film(world)
    views[1].keypoints[:6, 3] = [1000.5, 10.0]
    texts = failing(views)
    share = 6 / (2 * 60 * 17)
    assert texts[0].startswith(f"{share:.2%} of the joints are outside the image")
    assert "anna/walk/1/virtual_1 (0.6%)" in texts[0]


def test_keypoints_that_are_no_projection_are_noticed(world):
    views = film(world)
    views[1].keypoints[...] += [12.0, 16.0]
    (text,) = failing(views)
    assert "within 20 pixels" in text and "virtual_1" in text


def test_unknown_intrinsics_are_not_held_against_a_view(world):
    views = [dataclasses.replace(v, intrinsics=np.zeros(9)) for v in film(world)]
    views[0].keypoints[...] += 20.0
    assert failing(views) == []
    texts = [finding.text for finding in judge(views)]
    assert texts[-1] == "no intrinsics; keypoints are not compared with positions"


def test_invalid_frames_are_not_looked_at(world):
    views = film(world)
    for view in views:
        view.valid[5] = False
        view.positions[5] *= 50.0
    assert failing(views) == []
    for view in views:
        view.valid[:] = False
    assert [finding.passed for finding in judge(views)] == [True]


def test_a_failed_check_warns_or_refuses():
    finding = checks.Finding(False, "too tall")
    assert finding.line(strict=False) == "warning: too tall"
    assert finding.line(strict=True) == "refused: too tall"


def test_a_failed_check_says_what_to_do():
    finding = checks.Finding(False, "too tall", "Divide by 1000.")
    assert finding.line(strict=False) == "warning: too tall. Divide by 1000."
    assert checks.Finding(True, "fits", "Nothing.").line(strict=True) == "ok: fits"


def reprojection(views):
    (finding,) = (finding for finding in judge(views) if "projected" in finding.text)
    return finding.line(strict=False)


def test_cameras_in_another_order_are_hinted_at(world):
    views = film(world)
    one, other = (view.keypoints for view in views)
    views = [
        dataclasses.replace(view, keypoints=keypoints)
        for view, keypoints in zip(views, (other, one), strict=True)
    ]
    line = reprojection(views)
    assert line.startswith("warning: ") and "cameras in a different order" in line


def test_swapped_tangential_terms_are_hinted_at(world):
    # Magnitudes of Human3.6M's cameras.
    intrinsics = np.array([1145, 1145, 500, 500, -0.2, 0.24, -0.002, -0.001, -0.003])
    views = []
    for view in film(world):
        positions = view.positions.astype(float)
        keypoints = cameras.project(positions, intrinsics)
        views.append(
            dataclasses.replace(view, keypoints=keypoints, intrinsics=intrinsics)
        )
    assert reprojection(views).startswith("ok: ")
    swapped = intrinsics[[0, 1, 2, 3, 4, 5, 6, 8, 7]]
    line = reprojection([dataclasses.replace(v, intrinsics=swapped) for v in views])
    assert line.startswith("warning: ") and "tangential distortion terms" in line


def test_keypoints_with_the_error_of_a_detector_pass(world):
    rng = np.random.default_rng(0)
    views = film(world)
    for view in views:
        view.keypoints[...] += rng.normal(0, 4, view.keypoints.shape)
    assert reprojection(views).startswith("ok: ")
