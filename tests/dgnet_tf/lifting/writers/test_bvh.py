"""BVH files, read back by the reader of motion capture."""

import numpy as np
import pytest
from support import motions
from support.motions import normalised

from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.lifting import pose_files
from dgnet_tf.lifting.writers import bvh as bvh_writer
from preprocessing.datasets.bvh import bvh, files, kinematics


def read_back(tmp_path, positions, skeleton=motions.SKELETON, fps=50.0, units="m"):
    path = tmp_path / "poses.bvh"
    path.write_text(bvh_writer.text(positions, skeleton, fps, units))
    motion = files.read_motion(path)
    indices = [motion.hierarchy.names.index(name) for name in skeleton.joints]
    found = kinematics.positions(motion, indices)
    return motion, np.stack([found[index] for index in indices], axis=1)


@pytest.mark.parametrize("name", sorted(skeletons.SKELETONS))
def test_what_is_read_back_is_the_motion_on_constant_bones(tmp_path, name):
    skeleton = skeletons.get(name)
    positions = motions.random_walk(skeleton, frames=30, seed=1)
    motion, found = read_back(tmp_path, positions, skeleton, fps=29.97)
    np.testing.assert_allclose(found, normalised(positions, skeleton), atol=1e-4)
    assert motion.fps == pytest.approx(29.97, rel=1e-5)


def test_units_scale_offsets_and_places_but_no_angles(tmp_path):
    positions = motions.random_walk(frames=3)
    metres, _ = read_back(tmp_path, positions)
    motion, found = read_back(tmp_path, positions, units="cm")
    np.testing.assert_allclose(
        found, 100 * normalised(positions, motions.SKELETON), atol=1e-2
    )
    np.testing.assert_allclose(motion.values[:, 3:], metres.values[:, 3:])
    assert motion.values[2, 0] == pytest.approx(100 * positions[2, 0, 0], abs=1e-5)


def test_a_t_pose_is_written_without_rotations(tmp_path):
    motion, found = read_back(tmp_path, motions.t_pose(2))
    np.testing.assert_array_equal(motion.values[:, :3], [[0, 1, 0]] * 2)
    np.testing.assert_allclose(motion.values[:, 3:], 0, atol=1e-6)
    np.testing.assert_allclose(found, motions.t_pose(2), atol=1e-6)


def test_a_bent_elbow_is_90_degrees_in_its_own_channels(tmp_path):
    pose = motions.t_pose()
    joint = motions.SKELETON.joints.index
    pose[0, joint("left_wrist")] = pose[0, joint("left_elbow")] + [0, 0, 0.25]
    motion, _ = read_back(tmp_path, pose)
    column = 0
    for name, channels in zip(
        motion.hierarchy.names, motion.hierarchy.channels, strict=True
    ):
        values = dict(zip(channels, motion.values[0, column:], strict=False))
        column += len(channels)
        for channel, value in values.items():
            if channel.endswith("position"):
                continue
            bent = name == "left_elbow" and channel == "Yrotation"
            assert value == pytest.approx(-90.0 if bent else 0.0, abs=1e-5), name


def test_angles_do_not_jump_while_somebody_turns_round_and_round(tmp_path):
    steps = np.radians(np.arange(0, 1080, 7.0))
    c, s = np.cos(steps), np.sin(steps)
    x, y, z = np.moveaxis(motions.t_pose()[0], -1, 0)[:, None]
    poses = np.stack(
        [c[:, None] * x + s[:, None] * z, y + 0 * c[:, None],
         c[:, None] * z - s[:, None] * x], axis=-1,
    )  # fmt: skip
    motion, _ = read_back(tmp_path, poses)
    assert np.abs(np.diff(motion.values[:, 3:], axis=0)).max() < 7.01
    assert motion.values[-1, 5] == pytest.approx(np.degrees(steps[-1]), abs=1e-3)


def test_the_converter_of_motion_capture_reads_it(tmp_path):
    positions = motions.random_walk(frames=20, seed=2) * 0.1 + motions.t_pose(20)
    path = tmp_path / "anna" / "walk.bvh"
    path.parent.mkdir()
    path.write_text(bvh_writer.text(positions, motions.SKELETON, 50.0))
    dataset = bvh.read(tmp_path, scale=1.0)
    (recording,) = dataset.recordings
    assert (recording.subject, recording.take) == ("anna", "walk")
    (take,) = bvh.takes(tmp_path, scale=1.0)
    found = take.sequence().positions
    x, y, z = np.moveaxis(normalised(positions, motions.SKELETON), -1, 0)
    expected = np.stack([x, -z, y], axis=-1)
    found_pose = found - found[:, :1]
    np.testing.assert_allclose(found_pose, expected - expected[:, :1], atol=1e-4)


def test_several_people_get_a_file_each_named_after_them(tmp_path):
    path = tmp_path / "poses.bvh"
    assert pose_files.paths(path, ["7"]) == [path]
    found = pose_files.paths(path, ["7", "Müller, Anna", "a/b"])
    names = [path.name for path in found]
    assert names == ["poses-7.bvh", "poses-Müller__Anna.bvh", "poses-a_b.bvh"]
    assert {path.parent for path in found} == {tmp_path}
    with pytest.raises(UserError, match="'a b' and 'a,b' would both be.*poses-a_b.bvh"):
        pose_files.paths(path, ["a b", "c", "a,b"])
