import numpy as np
import pytest
from support.datasets import bvh_documents as documents

from preprocessing.datasets.bvh import files, kinematics

ROOT = "Xposition Yposition Zposition Xrotation Yrotation Zrotation"


def arm(channels, **options):
    """A root, an upper arm along x and a forearm along x."""
    hand = ("Hand", (3.0, 0.0, 0.0), channels, [("End Site", (0.5, 0.0, 0.0))])
    elbow = ("Elbow", (2.0, 0.0, 0.0), channels, [hand])
    return ("Shoulder", (0.0, 0.0, 0.0), options.get("root", ROOT), [elbow])


def places(path, *names):
    motion = files.read_motion(path)
    joints = [motion.hierarchy.names.index(name) for name in names]
    found = kinematics.positions(motion, joints)
    return [found[joint][0] for joint in joints]


@pytest.mark.parametrize("order", ["ZYX", "ZXY", "YXZ", "YZX", "XYZ", "XZY"])
@pytest.mark.parametrize(
    ("axis", "forearm"), [("X", (3, 0, 0)), ("Y", (0, 0, -3)), ("Z", (0, 3, 0))]
)
def test_an_elbow_bent_by_ninety_degrees(tmp_path, order, axis, forearm):
    channels = " ".join(f"{letter}rotation" for letter in order)
    angles = [90.0 * (letter == axis) for letter in order]
    row = [10, 20, 30, 0, 0, 0, *angles, 0, 0, 0]
    path = documents.write(tmp_path / "a.bvh", arm(channels), [row])
    elbow, hand, end = places(path, "Elbow", "Hand", "Hand/end")
    np.testing.assert_allclose(elbow, [12, 20, 30], atol=1e-12)
    np.testing.assert_allclose(hand, elbow + forearm, atol=1e-12)
    np.testing.assert_allclose(end, elbow + np.multiply(forearm, 3.5 / 3), atol=1e-12)


@pytest.mark.parametrize(
    ("channels", "forearm"),
    # (3, 0, 0) turned 90 degrees about z is (0, 3, 0), and that about x (0, 0, 3).
    [("Zrotation Xrotation", (0, 3, 0)), ("Xrotation Zrotation", (0, 0, 3))],
)
def test_the_channel_named_last_turns_first(tmp_path, channels, forearm):
    row = [0, 0, 0, 0, 0, 0, 90, 90, 0, 0]
    path = documents.write(tmp_path / "a.bvh", arm(channels), [row])
    elbow, hand = places(path, "Elbow", "Hand")
    np.testing.assert_allclose(hand, elbow + forearm, atol=1e-12)


def test_a_turned_root_carries_the_arm(tmp_path):
    row = [1, 1, 1, 0, 180, 0, 0, 0, 90, 0, 0, 0]  # Root about y, elbow about z.
    path = documents.write(
        tmp_path / "a.bvh", arm("Xrotation Yrotation Zrotation"), [row]
    )
    elbow, hand = places(path, "Elbow", "Hand")
    np.testing.assert_allclose(elbow, [-1, 1, 1], atol=1e-12)
    np.testing.assert_allclose(hand, [-1, 4, 1], atol=1e-12)


def test_a_joints_own_position_takes_the_offsets_place(tmp_path):
    channels = "Xposition Yposition Zposition Zrotation Yrotation Xrotation"
    row = [0, 0, 0, 0, 0, 0, 5, 6, 7, 90, 0, 0, 1, 0, 0, 0, 0, 0]
    path = documents.write(tmp_path / "a.bvh", arm(channels), [row])
    elbow, hand = places(path, "Elbow", "Hand")
    np.testing.assert_allclose(elbow, [5, 6, 7], atol=1e-12)
    np.testing.assert_allclose(hand, [5, 7, 7], atol=1e-12)


def test_a_root_without_positions_stays_at_its_offset(tmp_path):
    tree = ("Root", (1, 2, 3), "Zrotation", [("End Site", (1, 0, 0))])
    path = documents.write(tmp_path / "a.bvh", tree, [[90.0]])
    root, end = places(path, "Root", "Root/end")
    np.testing.assert_allclose(root, [1, 2, 3])
    np.testing.assert_allclose(end, [1, 3, 3])


@pytest.mark.parametrize("channels", [documents.ZYX, "Yrotation Xrotation Zrotation"])
def test_a_whole_person_stands_where_plain_loops_put_them(tmp_path, channels):
    tree = documents.person(channels)
    rows = documents.motion(tree, 7, size=80.0)
    motion = files.read_motion(documents.write(tmp_path / "a.bvh", tree, rows))
    names = motion.hierarchy.names
    found = kinematics.positions(motion, range(len(names)))
    for frame, row in enumerate(rows):
        for name, place in documents.pose(tree, row).items():
            np.testing.assert_allclose(
                found[names.index(name)][frame], place, atol=1e-9, err_msg=name
            )


def displaced(tmp_path, tree, rows):
    motion = files.read_motion(documents.write(tmp_path / "a.bvh", tree, rows))
    return kinematics.displaced(motion), motion


def six_channels(positions, size=5.0):
    """The arm with OFFSETs (2, 0, 0) and (3, 0, 0), and (F, 2, 3) positions."""
    rng = np.random.default_rng(0)
    rows = rng.normal(0.0, size, (len(positions), 18))
    rows[:, 6:9], rows[:, 12:15] = np.moveaxis(positions, 1, 0)
    return arm(ROOT), rows


OFFSETS = np.array([[2.0, 0, 0], [3.0, 0, 0]])
NOISE = np.random.default_rng(1).normal(0.0, 0.05, (60, 2, 3))


@pytest.mark.parametrize(
    ("positions", "added"),
    [
        (np.zeros((60, 2, 3)), {1, 2}),
        (NOISE, {1, 2}),  # They tremble.
        (np.tile(NOISE[:1], (60, 1, 1)), {1, 2}),  # They are mended once for all.
        (OFFSETS + 0.0 * NOISE, set()),
        (OFFSETS + NOISE, set()),
        (0.01 * OFFSETS + 0.0 * NOISE, set()),  # Metres, OFFSETs in centimetres.
        (OFFSETS * [[0.0], [1.0]] + 0.0 * NOISE, {1}),  # One joint alone is still.
        (20.0 * NOISE, set()),  # Large: whatever they are, not small changes.
    ],
)
def test_positions_that_stay_near_zero_add_to_the_offset(tmp_path, positions, added):
    found, motion = displaced(tmp_path, *six_channels(positions))
    assert found == added
    if not added or added == {1, 2}:
        expected = positions[:, 0] + (OFFSETS[0] if added else 0.0)
        usual = kinematics.offsets(motion, found)
        np.testing.assert_allclose(usual[1], np.median(expected, axis=0), atol=1e-4)
    elbow = kinematics.positions(motion, [0, 1], found)
    length = np.linalg.norm(elbow[1] - elbow[0], axis=1)
    own = positions[:, 0] + (OFFSETS[0] if 1 in added else 0.0)
    np.testing.assert_allclose(length, np.linalg.norm(own, axis=1), atol=2e-4)


def test_offsets_of_zero_leave_positions_alone(tmp_path):
    tree, rows = six_channels(NOISE)
    name, _, root, [(elbow, _, channels, [(hand, _, more, ends)])] = tree
    tree = (
        name,
        (0,) * 3,
        root,
        [(elbow, (0,) * 3, channels, [(hand, (0,) * 3, more, ends)])],
    )
    assert displaced(tmp_path, tree, rows)[0] == set()
