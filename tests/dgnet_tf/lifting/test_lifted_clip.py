"""What is shown of lifted people."""

import numpy as np
import pytest
from support import motions
from support.lifting.lifting_stand_ins import Config

from dgnet_tf import DGNet
from dgnet_tf.inference import affinities
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.options import InferenceOptions
from dgnet_tf.lifting import lifted_clip
from dgnet_tf.lifting import lifter as lifting
from dgnet_tf.models import runs

SIZE = (1000, 800)


def person(frames=6, fps=50.0, **options):
    lifted = motions.lifted(motions.t_pose(frames), fps=fps, **options)
    keypoints = np.random.default_rng(0).uniform(100, 700, (frames, 17, 2))
    object.__setattr__(lifted, "keypoints", keypoints)
    return lifted


@pytest.fixture(scope="module")
def run():
    return runs.Run(Config(), DGNet(blocks=1, channels=8))


def lifter_of(run):
    return lifting.Lifter(TensorFlowEngine(None, InferenceOptions.of(Config())), run)


def test_people_are_shown_where_their_roots_are():
    root = np.tile([0.5, 0.2, 4.0], (6, 1))
    people = [person(person="a", first_frame=3, root=root), person(person="b")]
    clip = lifted_clip.make(lifter_of(None), people, "walk.json", SIZE)
    assert (clip.title, clip.fps, clip.image_size) == ("walk.json", 50.0, SIZE)
    assert [(p.name, p.first_frame) for p in clip.people] == [("a", 3), ("b", 0)]
    np.testing.assert_allclose(clip.people[0].positions[:, 0], root)
    np.testing.assert_allclose(clip.people[1].positions[:, 0], 0)
    assert all(p.affinity is None for p in clip.people)


def test_a_run_shows_its_affinities(run):
    lifted = person()
    clip = lifted_clip.make(lifter_of(run), [lifted], "walk.json", SIZE)
    expected = affinities.over_time(
        run.model, run.config, lifted.keypoints, SIZE
    ).spatial
    np.testing.assert_array_equal(clip.people[0].affinity, expected)
    assert (expected.sum(axis=-1) > 0).all()


@pytest.mark.parametrize("frames", [pytest.param(1, marks=pytest.mark.slow), 5])
def test_at_another_rate_they_are_those_of_the_models_nearest_frame(run, frames):
    lifted = person(frames, fps=25.0)
    lifter = lifter_of(run)
    clip = lifted_clip.make(lifter, [lifted], "walk.json", SIZE)
    halfway = (lifted.keypoints[1:] + lifted.keypoints[:-1]) / 2
    between = np.empty((2 * frames - 1, 17, 2))
    between[::2], between[1::2] = lifted.keypoints, halfway
    expected = affinities.over_time(run.model, run.config, between, SIZE).spatial
    np.testing.assert_allclose(clip.people[0].affinity, expected[::2], atol=1e-6)
    plain = lifted_clip.make(lifter, [lifted], "walk.json", SIZE, resample=False)
    expected = affinities.over_time(run.model, run.config, lifted.keypoints, SIZE)
    np.testing.assert_allclose(plain.people[0].affinity, expected.spatial, atol=1e-6)
