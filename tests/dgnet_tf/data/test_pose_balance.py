"""Sampling by pose: kinds of pose by hand, their weights, and what is drawn."""

import dataclasses
import math

import numpy as np
import pytest
from support import record_sets
from support.record_sets import Take, digest, trace

from dgnet_tf import skeletons
from dgnet_tf.data import manifest, pose_balance, windows
from dgnet_tf.errors import UserError

STANDING, SITTING = ((3 * 4 + 3) * 4 + 0) * 3 + 0, ((1 * 4 + 1) * 4 + 0) * 3 + 0


def figure(skeleton="human36m_17", knee=179.0, hip=179.0, lean=0.0, raised=0):
    """A body seen from its left, 5 m away: angles in degrees, 180 is straight."""
    joints = skeletons.get(skeleton).joints

    def along(angle):  # From upright, towards the front.
        return np.array([0.0, -math.cos(angle), math.sin(angle)])

    lean, hip, knee = (math.radians(angle) for angle in (lean, hip, knee))
    pose = np.tile([0.0, 0.0, 5.0], (len(joints), 1))
    for number, side in enumerate(("left", "right")):
        start = np.array([0.1 * (1 - 2 * number), 0.0, 5.0])
        shoulder = start + 0.5 * along(lean)
        bent = start + 0.45 * along(lean + hip)
        arm = 0.5 if number < raised else -0.5
        for name, place in {
            "hip": start,
            "knee": bent,
            "ankle": bent + 0.45 * along(lean + hip + math.pi - knee),
            "shoulder": shoulder,
            "wrist": shoulder + arm * along(lean),
        }.items():
            pose[joints.index(f"{side}_{name}")] = place
    return pose.astype(np.float32)


@pytest.mark.parametrize("skeleton", sorted(skeletons.SKELETONS))
@pytest.mark.parametrize(
    "angles, steps",
    [
        ({}, (3, 3, 0, 0)),
        ({"raised": 1}, (3, 3, 0, 1)),
        ({"raised": 2, "lean": 30.0}, (3, 3, 1, 2)),
        ({"knee": 95.0, "hip": 95.0, "lean": 10.0}, (1, 1, 0, 0)),
        ({"knee": 60.0, "hip": 70.0, "lean": 44.0}, (0, 0, 1, 0)),
        ({"knee": 130.0, "hip": 100.0, "lean": 89.0}, (2, 1, 2, 0)),
        ({"knee": 121.0, "hip": 149.0, "lean": 95.0}, (2, 2, 3, 0)),
    ],
)
def test_kinds_by_hand(skeleton, angles, steps):
    knee, hip, lean, raised = steps
    poses = np.stack([figure(skeleton, **angles)] * 2)
    found = pose_balance.kinds(poses, skeletons.get(skeleton)).numpy()
    assert found.tolist() == [((knee * 4 + hip) * 4 + lean) * 3 + raised] * 2
    assert 0 <= found[0] < pose_balance.KINDS


def test_a_body_without_size_is_of_some_kind():
    skeleton = skeletons.get("human36m_17")
    assert 0 <= pose_balance.kinds(np.zeros((17, 3), np.float32), skeleton) < 192


@pytest.mark.parametrize(
    "shares, balance, expected",
    [
        ([0.9, 0.1], 0.0, [1.0, 1.0]),
        ([0.9, 0.1], 1.0, [0.5 / 0.9, 0.5 / 0.1]),
        # c (sqrt 0.9 + sqrt 0.1) = 1.
        ([0.9, 0.1], 0.5, [1 / (0.9 + 0.3), 1 / (0.3 + 0.1)]),
        # 50 times would be equal; 10 are allowed, and the rest keeps 0.9.
        ([0.99, 0.01, 0.0], 1.0, [0.9 / 0.99, 10.0, 1.0]),
        ([1.0], 1.0, [1.0]),
    ],
)
def test_weights_by_hand(shares, balance, expected):
    found = pose_balance.weights(shares, balance)
    np.testing.assert_allclose(found, expected, rtol=1e-5)
    assert np.dot(found, shares) == pytest.approx(1.0, rel=1e-5)


@dataclasses.dataclass(frozen=True)
class Posed(Take):
    """A view of one pose, the last `sitting` frames of it on a chair."""

    sitting: int = 0

    def arrays(self, joints):
        """Those of a `Take` but for the positions."""
        poses = np.stack([figure()] * self.frames)
        chair = figure(knee=95.0, hip=95.0)
        poses[self.frames - self.sitting :] = chair
        return {**super().arrays(joints), "positions": poses}


# 38 frames of 380 sit.
VIEWS = [*(Posed(i, 90) for i in (1, 2, 3)), Posed(4, 110, sitting=38)]


@pytest.fixture(scope="module")
def data_dir(tmp_path_factory):
    return record_sets.write(tmp_path_factory.mktemp("set"), {"train": VIEWS})


def measured(folder, **options):
    data = manifest.read(folder)
    paths = manifest.shard_paths(folder, data, "train", verify=False)
    window = windows.cutting.Window(4, 1, data.record_frames, data.record_overlap)
    skeleton = skeletons.get(data.skeleton)
    return pose_balance.measure(folder, paths, data, window, skeleton, **options)


def test_each_valid_frame_is_counted_once(data_dir, tmp_path):
    shares = measured(data_dir)
    assert np.flatnonzero(shares).tolist() == [SITTING, STANDING]
    np.testing.assert_allclose(shares[[SITTING, STANDING]], [0.1, 0.9], rtol=1e-6)
    invalid = [Posed(1, 40, invalid=tuple(range(35)), sitting=2)]
    shares = measured(record_sets.write(tmp_path, {"train": invalid}))
    np.testing.assert_allclose(shares[[SITTING, STANDING]], [0.4, 0.6], rtol=1e-6)


def test_a_damaged_file_is_named(data_dir, tmp_path):
    record_sets.write(tmp_path, {"train": VIEWS}, shards=1)
    (path,) = tmp_path.glob("*.tfrecord")
    content = bytearray(path.read_bytes())
    content[100] ^= 0xFF  # Within the first record.
    path.write_bytes(content)
    with pytest.raises(UserError, match="a file is damaged. Convert again"):
        measured(tmp_path)


def sitting(traced):
    """The share of windows whose middle frame sits."""
    return np.mean([view == 4 and middle >= 72 for view, _, _, middle, _ in traced])


def test_rare_poses_are_drawn_as_often_as_the_balance_says(data_dir):
    options = {"batch_size": 19, "epochs": 20}
    # As they occur: 0.1. sqrt 0.1 / (sqrt 0.1 + sqrt 0.9) = 0.25; equally often: 0.5.
    for balance, expected in ((0.0, 0.1), (0.5, 0.25), (1.0, 0.5)):
        dataset = windows.load_windows(data_dir, pose_balance=balance, **options)
        traced = trace(dataset)
        assert len(traced) == 20 * 5 * 19
        assert sitting(traced) == pytest.approx(expected, abs=0.04)
        # All frames are still seen.
        assert len({frame for view, *frames in traced for frame in frames}) == 110


def test_the_same_seed_draws_the_same_poses_from_any_epoch_on(data_dir):
    options = {"batch_size": 19, "pose_balance": 0.7, "flip": True}
    first, second = (
        digest(windows.load_windows(data_dir, epochs=3, **options)) for _ in range(2)
    )
    assert first == second
    other = windows.load_windows(data_dir, epochs=3, seed=1, **options)
    assert digest(other) != first
    whole = trace(windows.load_windows(data_dir, epochs=3, **options))
    last = trace(windows.load_windows(data_dir, epochs=3, first_epoch=2, **options))
    assert whole[2 * 95 :] == last


def test_windows_drawn_twice_are_augmented_each_in_its_own_way(data_dir):
    dataset = windows.load_windows(
        data_dir, batch_size=19, epochs=4, pose_balance=1.0, random_cameras=1.0
    )
    poses = [
        pose.tobytes() for _, targets in dataset for pose in targets["pose"].numpy()
    ]
    assert len(set(poses)) == len(poses)
