"""What a calibration sees of people: stretches, noise, gaps."""

import numpy as np
from support.lifting.lifting_stand_ins import Config, small_model
from support.reports import evaluated_takes

from dgnet_tf import skeletons
from dgnet_tf.data import views
from dgnet_tf.evaluation.uncertainties import gaps, trials
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.inference.view_lifter import ViewLifter

SKELETON = skeletons.get("human36m_17")


def test_gaps_are_a_share_of_the_joints_never_the_root_and_of_limbs():
    rng = np.random.default_rng(0)
    seen = gaps.draw(rng, 5000, 50.0, SKELETON)
    assert seen[:, SKELETON.root].all()
    assert 0.05 < 1 - seen.mean() < gaps.SHARE
    elbow, wrist = (SKELETON.joints.index(n) for n in ("left_elbow", "left_wrist"))
    assert not seen[~seen[:, elbow], wrist].any()
    thorax, head = (SKELETON.joints.index(n) for n in ("thorax", "head"))
    assert seen[~seen[:, thorax], head].any()


def test_legs_are_missing_throughout_in_some_views_where_they_may_be():
    legs = list(SKELETON.below_hips)
    rng = np.random.default_rng(0)
    drawn = [gaps.draw(rng, 200, 50.0, SKELETON, legs) for _ in range(60)]
    share = np.mean([not seen[:, legs].any() for seen in drawn])
    assert 0.1 < share < 0.4


def test_gaps_are_filled_as_lifting_fills_them():
    keypoints = np.zeros((5, 17, 3))
    keypoints[..., 0] = np.arange(5)[:, None] ** 2
    keypoints[..., 1] = np.arange(17)
    keypoints[..., 2] = 0.9
    seen = np.ones((5, 17), bool)
    hip, knee, ankle = 1, 2, 3
    seen[1:4, knee] = False
    seen[:, ankle] = False
    found = gaps.fill(keypoints, seen, SKELETON)
    np.testing.assert_allclose(found[:, knee, 0], [0, 4, 8, 12, 16])
    np.testing.assert_array_equal(found[:, ankle, :2], found[:, knee, :2])
    np.testing.assert_array_equal(found[..., 2] == 0, ~seen)
    np.testing.assert_array_equal(found[:, hip], keypoints[:, hip])


def test_errors_are_those_of_the_stretch_that_was_lifted(tmp_path, monkeypatch):
    data = evaluated_takes.write(tmp_path)
    options = InferenceOptions.of(Config())
    model = small_model()
    found = trials.run(model, options, data, "test", trials.Trial())
    lifter = ViewLifter(model, options, disagreement=True)
    whole = list(views.load_views(data, "test"))
    assert len(found.people) == sum(view.valid.sum() for view in whole)
    positions, disagreement = lifter.measured(whole[0])
    target = whole[0].positions - whole[0].positions[:, :1]
    errors = 1000 * np.linalg.norm(positions - target, axis=-1)[whole[0].valid]
    np.testing.assert_allclose(found.errors_mm[: len(errors)], errors, rtol=1e-4)
    expected = disagreement[whole[0].valid]
    np.testing.assert_allclose(found.disagreement[: len(errors)], expected, atol=1e-6)
    monkeypatch.setattr(trials, "STRETCH", 3)
    noisy = trials.Trial(5.0, 0.9, gaps=True)
    short = trials.run(model, options, data, "test", noisy)
    assert len(short.people) <= 3 * len(whole)
    assert set(short.people) <= {view.subject for view in whole}
