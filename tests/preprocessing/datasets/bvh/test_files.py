import numpy as np
import pytest
from support.datasets import bvh_documents as documents

from dgnet_tf.errors import UserError
from preprocessing.datasets.bvh import files

ROOT = "Xposition Yposition Zposition Xrotation Yrotation Zrotation"
BRANCH = ("Root", (0, 0, 0), ROOT, [("Arm", (0, 2, 0), "Zrotation", [])])


def arm(channels, **options):
    """A root, an upper arm along x and a forearm along x."""
    hand = ("Hand", (3.0, 0.0, 0.0), channels, [("End Site", (0.5, 0.0, 0.0))])
    elbow = ("Elbow", (2.0, 0.0, 0.0), channels, [hand])
    return ("Shoulder", (0.0, 0.0, 0.0), options.get("root", ROOT), [elbow])


def places(path, *names):
    motion = files.read_motion(path)
    joints = [motion.hierarchy.names.index(name) for name in names]
    found = files.positions(motion, joints)
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
    found = files.positions(motion, range(len(names)))
    for frame, row in enumerate(rows):
        for name, place in documents.pose(tree, row).items():
            np.testing.assert_allclose(
                found[names.index(name)][frame], place, atol=1e-9, err_msg=name
            )


@pytest.mark.parametrize(
    ("frame_time", "fps"),
    [
        (".0083333", 120.0),
        ("0.033333", 30.0),
        ("0.0166667", 60.0),
        ("0.0417083", 1 / 0.0417083),
    ],
)
def test_rates_are_those_that_rounded_frame_times_mean(tmp_path, frame_time, fps):
    rows = np.zeros((2, 7))
    path = documents.write(tmp_path / "a.bvh", BRANCH, rows, frame_time=frame_time)
    assert files.read_motion(path).fps == fps


def test_spaces_blank_lines_case_and_line_ends_do_not_matter(tmp_path):
    text = documents.text(BRANCH, np.ones((2, 7)))
    text = text.replace("Root\n{", "Root {").replace("JOINT Arm", "joint Left Arm")
    text = text.replace("Frames: 2", "Frames:    2 \n").replace(
        "Zrotation", "zROTATION"
    )
    (tmp_path / "a.bvh").write_bytes(
        b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    )
    motion = files.read_motion(tmp_path / "a.bvh")
    assert motion.hierarchy.names == ("Root", "Left Arm")
    assert motion.values.tolist() == np.ones((2, 7)).tolist()


def broken(old, new):
    text = documents.text(BRANCH, np.arange(21.0).reshape(3, 7))
    assert old in text
    return text.replace(old, new, 1)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "no line MOTION"),
        ("no motion\nMOTION\n", "does not start with HIERARCHY"),
        (broken("HIERARCHY\n", ""), "does not start with HIERARCHY"),
        (broken("ROOT Root", "JOINT Root"), "must have one ROOT"),
        (broken("JOINT Arm", "ROOT Arm"), "must have one ROOT"),
        (broken("Root\n{", "Root\n"), "a ROOT has no name or no opening brace"),
        (broken("ROOT Root", "ROOT"), "a ROOT has no name"),
        (broken("\t}", "\t"), "before its last brace"),
        (broken("\t}", "\t} }"), "is outside all braces"),
        (broken("OFFSET 0.00000 2.00000", "OFFSET 0.00000"), "OFFSET of 'Arm'"),
        (broken("OFFSET 0.00000 2.00000", "OFFSET 0.00000 nan"), "OFFSET of 'Arm'"),
        (broken("\tOFFSET 0.00000 2.00000 0.00000\n", ""), "'Arm' has no OFFSET"),
        (broken("CHANNELS 1", "CHANNELS 2"), "CHANNELS of 'Arm' are not"),
        (broken("CHANNELS 1", "CHANNELS many"), "CHANNELS of 'Arm' are not"),
        (broken("CHANNELS 1 Z", "CHANNELS 1 W"), "CHANNELS of 'Arm' are not"),
        (broken("CHANNELS 6 X", "CHANNELS 6 Y"), "CHANNELS of 'Root' are not"),
        (broken("CHANNELS 1", "LIMITS 1"), "'Arm' holds 'LIMITS'"),
        (broken("MOTION\n", ""), "no line MOTION"),
        (
            broken("Frames: 3", "Frames: three"),
            "'Frames: NUMBER', found 'Frames: three'",
        ),
        (
            broken("Frames: 3", "Frames: 999999999"),
            "states 999999999 frames of 7 .*3 rows",
        ),
        (broken("Frames: 3", "Frames: 2"), "states 2 frames .* holds 3 rows"),
        (broken("0.0166667", "0"), "'Frame Time: 0' must be the seconds"),
        (broken("0.0166667", "nan"), "'Frame Time: nan' must be"),
        (broken("0.0166667", "60"), "'Frame Time: 60' must be"),
        (broken("0.0166667", "fast"), "'Frame Time: fast' must be"),
        (
            broken("6.0000\n7.0000", "6.0000 7.0000"),
            "not rows of numbers of one length",
        ),
        (broken("6.0000\n", "\n"), "not rows of numbers of one length"),
        (broken("6.0000\n", "6,0000\n"), "not rows of numbers"),
        (broken("9.0000", "nan"), "1 numbers are NaN .* number 3 of frame 1"),
        (broken("9.0000", "1e300"), "beyond 1e.06.* number 3 of frame 1"),
    ],
)
def test_a_damaged_file_is_a_clear_error_that_names_it(tmp_path, text, message):
    (tmp_path / "bad.bvh").write_text(text)
    with pytest.raises(UserError, match=f"bad.bvh: .*({message})"):
        files.read_motion(tmp_path / "bad.bvh")


def test_more_channels_than_numbers_is_a_clear_error(tmp_path):
    path = documents.write(tmp_path / "a.bvh", BRANCH, np.zeros((4, 6)))
    with pytest.raises(UserError, match="4 frames of 7 channels and holds 4 rows of 6"):
        files.read_motion(path)


def test_a_file_cut_off_anywhere_is_a_clear_error(tmp_path):
    text = documents.text(BRANCH, np.arange(21.0).reshape(3, 7))
    path = tmp_path / "cut.bvh"
    for length in range(len(text) - len("0.0000\n")):
        path.write_text(text[:length])
        with pytest.raises(UserError, match="cut.bvh: "):
            files.read_motion(path)


def test_a_file_of_more_than_a_gigabyte_is_refused_unread(tmp_path):
    path = tmp_path / "huge.bvh"
    with open(path, "wb") as file:
        file.truncate(files.MAX_BYTES + 1)
    with pytest.raises(UserError, match="huge.bvh: has 1024 MiB"):
        files.read_motion(path)


def test_a_file_without_line_ends_is_refused_after_its_first_mebibyte(tmp_path):
    path = tmp_path / "long.bvh"
    path.write_text("HIERARCHY " * (1 << 18))
    with pytest.raises(UserError, match="long.bvh: has no line MOTION"):
        files.read_motion(path)
