import numpy as np
import pytest

from preprocessing.cameras.camera_rig import Rig
from preprocessing.datasets import synthetic


def test_each_person_does_each_action_once():
    dataset = synthetic.read(subjects=4, clip_frames=12, rig=Rig(2))
    names = {(r.subject, r.action) for r in dataset.recordings}
    people = [f"walker_0{person}" for person in range(4)]
    assert names == {(p, a) for p in people for a in ("walk", "squat", "wave")}
    assert len(dataset.recordings) == 12
    assert dataset.validation_subjects == ("walker_02",)
    assert dataset.test_subjects == ("walker_03",)
    assert dataset.sources == {}


def test_views_have_the_asked_frames_and_stay_in_the_image():
    dataset = synthetic.read(subjects=3, clip_frames=120, rig=Rig(3))
    for recording in dataset.recordings:
        views = recording.load()
        assert len(views) == 3
        for view in views:
            assert view.positions.shape == (120, 17, 3)
            assert view.keypoints.min() > 0.0 and view.keypoints.max() < 1000.0
            assert view.subject == recording.subject and view.fps == dataset.fps


def test_the_motion_seed_changes_the_motion():
    def keypoints(seed):
        dataset = synthetic.read(3, 5, motion_seed=seed, rig=Rig(1))
        return dataset.recordings[0].load()[0].keypoints

    np.testing.assert_array_equal(keypoints(0), keypoints(0))
    assert not np.array_equal(keypoints(0), keypoints(1))


@pytest.mark.parametrize(("name", "value"), [("subjects", 2), ("clip_frames", 0)])
def test_too_few_people_or_frames_are_an_error(name, value):
    with pytest.raises(ValueError, match=f"`{name}` must be at least .*got {value}"):
        synthetic.read(**{name: value})
