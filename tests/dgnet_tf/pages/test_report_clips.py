"""The clips that a report's page plays: their errors, affinities, noise and length."""

import copy

import numpy as np
import pytest

from dgnet_tf import metrics
from dgnet_tf.data import views
from dgnet_tf.evaluation import joint_sets, scoring
from dgnet_tf.models import runs
from dgnet_tf.pages import report_clips


@pytest.fixture(scope="module")
def data(tiny_data):
    return tiny_data


@pytest.fixture(scope="module")
def lifting(tiny_run):
    """A run, lifting plainly."""
    options = {"flip": False, "noise_px": 0.0, "seed": 3}
    return report_clips.Lifting(runs.load(tiny_run), options)


def view_of(data, number):
    (found,) = (
        v for v in views.load_views(data, "test") if v.subject == f"S{number:03d}"
    )
    return found


def test_errors_and_affinities_are_those_of_the_run(lifting, data):
    lifting = copy.copy(lifting)
    lifting.joints = joint_sets.choose("human36m_17", count_root=False)
    (clip,) = report_clips.load(lifting, data, "test", ["S003/Walking/1/c0"], 60.0)
    view = view_of(data, 3)
    positions = lifting.positions(view)
    target = view.positions - view.positions[:, :1]
    person = clip.clip.people[0]
    np.testing.assert_allclose(person.target, target, atol=1e-6)
    np.testing.assert_allclose(person.positions, positions, atol=1e-6)
    expected = 1000 * metrics.mpjpe(positions[:, 1:], target[:, 1:])
    np.testing.assert_allclose(clip.mpjpe_mm, expected, rtol=1e-6)
    assert clip.affinities.forward.shape == (20, 17, 17)
    np.testing.assert_array_equal(person.affinity, clip.affinities.spatial)
    np.testing.assert_allclose(person.affinity.sum(axis=-1), 1, atol=1e-5)
    score = scoring.score_view(view, positions, lifting.joints)
    assert clip.mpjpe_mm.mean() == pytest.approx(score.sums["mpjpe_mm"] / 20, rel=1e-6)


@pytest.mark.slow
def test_the_reports_noise_is_on_the_keypoints_that_are_shown(lifting, data):
    lifting = copy.copy(lifting)
    lifting.noise_px = 5.0
    (clip,) = report_clips.load(lifting, data, "test", ["S003/Walking/1/c0"], 60.0)
    moved = clip.clip.people[0].keypoints - view_of(data, 3).keypoints
    assert moved.std() == pytest.approx(5.0, rel=0.1)


@pytest.mark.slow
def test_of_a_long_view_the_part_around_its_worst_is_shown(lifting, data):
    name = "S002/Walking/1/c0"
    (whole,) = report_clips.load(lifting, data, "test", [name], 60.0)
    (part,) = report_clips.load(lifting, data, "test", [name], 0.5)
    start = part.clip.first_frame
    worst = whole.worst
    assert part.clip.last_frame - start + 1 == 25  # At 50 frames a second.
    middle = worst.first_frame + worst.frames // 2
    assert abs(start + 12 - middle) <= 1
    np.testing.assert_array_equal(part.mpjpe_mm, whole.mpjpe_mm[start : start + 25])
    np.testing.assert_array_equal(
        part.clip.people[0].keypoints,
        whole.clip.people[0].keypoints[start : start + 25],
    )
    np.testing.assert_array_equal(
        part.affinities.backward, whole.affinities.backward[start : start + 25]
    )
