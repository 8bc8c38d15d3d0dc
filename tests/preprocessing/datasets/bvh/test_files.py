import numpy as np
import pytest
from support.datasets import bvh_documents as documents

from dgnet_tf.errors import UserError
from preprocessing.datasets.bvh import files, text

ROOT = "Xposition Yposition Zposition Xrotation Yrotation Zrotation"
BRANCH = ("Root", (0, 0, 0), ROOT, [("Arm", (0, 2, 0), "Zrotation", [])])


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


NUMBERS = np.arange(21.0).reshape(3, 7)
WHOLE = documents.text(BRANCH, NUMBERS)
FIRST = 15  # The line of the first frame.


@pytest.mark.parametrize(
    "content",
    [
        WHOLE.replace("3.0000 ", "3.0000\n"),
        WHOLE.replace(" ", "\n    ").replace("OFFSET\n", "OFFSET "),
        WHOLE.replace("\n7.0000", "\n\n\t7.0000  "),
        # Seven numbers a line, but frames of seven begin anywhere: one long row.
        WHOLE.replace("6.0000\n", "6.0000 ").replace("13.0000\n", "13.0000 "),
        WHOLE + "\x1a",
        WHOLE.rstrip() + "\x1a\r\n\x1a",
        WHOLE + "\0" * 9000,
        WHOLE + "\0\n\0\n",
        WHOLE.replace("13.0000", "1.3e+01")
        .replace(" 5.0000", " +5")
        .replace("1.0", "1."),
        WHOLE.replace("Frames: 3", "FRAMES:3").replace("Frame Time: ", "Frame\tTime:"),
        WHOLE.replace("Frames:", "frames").replace("Frame Time:", "FrameTime :"),
        WHOLE.replace("0.0166667", "1.66667e-02"),
        WHOLE.replace(" ", "\t").replace("\n", "\r"),
        "\n\n" + WHOLE.replace("\n", "\r\n\r\n"),
    ],
)
def test_what_exporters_write_is_read(tmp_path, content):
    content = content.replace("Frame\n    Time:\n    ", "Frame Time: ")
    content = content.replace("Frames:\n    ", "Frames: ")
    (tmp_path / "a.bvh").write_bytes(content.encode())
    motion = files.read_motion(tmp_path / "a.bvh")
    assert motion.hierarchy.names == ("Root", "Arm")
    assert motion.values.tolist() == NUMBERS.tolist() and motion.fps == 60.0


@pytest.mark.parametrize(
    "encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-8-sig", "utf-32", "latin-1"]
)
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_encodings_are_recognised(tmp_path, encoding, mark):
    mark = mark if encoding[-3:] in ("-le", "-be") else ""
    content = mark + WHOLE.replace("JOINT Arm", "JOINT Höhe").replace("\n", "\r\n")
    (tmp_path / "a.bvh").write_bytes(content.encode(encoding))
    motion = files.read_motion(tmp_path / "a.bvh")
    assert motion.hierarchy.names == ("Root", "Höhe")
    assert motion.values.tolist() == NUMBERS.tolist()


def numbers_of_lines(*counts):
    numbers = iter(f"{number:.4f}" for number in range(sum(counts)))
    lines = [" ".join(next(numbers) for _ in range(count)) for count in counts]
    return WHOLE.split("Frame Time")[0] + "\n".join(["Frame Time: .01", *lines, ""])


@pytest.mark.parametrize(
    "counts", [(7, 7, 7), (21,), (14, 7), (5, 5, 5, 5, 1), (4, 3, 7, 2, 2, 3), [1] * 21]
)
def test_it_is_clear_which_numbers_are_a_frames(tmp_path, counts):
    (tmp_path / "a.bvh").write_text(numbers_of_lines(*counts))
    assert files.read_motion(tmp_path / "a.bvh").values.tolist() == NUMBERS.tolist()


@pytest.mark.parametrize(
    ("counts", "message"),
    [
        ((7, 6, 8), "not begin on lines of their own. "),
        ((6, 7, 8), "not begin on lines of their own. "),
        ((7, 6, 8, 7, 7), "not begin .* own; line 16 holds 6 numbers, a frame has 7"),
        ((7, 7, 6), "holds 2 and 6 numbers; line 17 holds 6 numbers, a frame has 7"),
        ((7, 7, 7, 7), "states 3 frames of 7 channels and holds 4. "),
        ((7, 7), "states 3 frames of 7 channels and holds 2. "),
        ((), "states 3 frames of 7 channels and holds 0. "),
    ],
)
def test_numbers_that_are_missing_or_too_many_are_a_clear_error(
    tmp_path, counts, message
):
    content = numbers_of_lines(*counts)
    if sum(counts) == 35:
        content = content.replace("Frames: 3", "Frames: 5")
    (tmp_path / "bad.bvh").write_text(content)
    with pytest.raises(UserError, match=f"bad.bvh: .*{message}"):
        files.read_motion(tmp_path / "bad.bvh")


@pytest.mark.parametrize(
    ("found", "reason"),
    [
        ("9.0-7.5", "several without a space"),
        ("9.0-7.5-1e-05", "several without a space"),
        ("9,0000", "a point for decimals"),
        ("1,009.0", "a point for decimals"),
        ("1.009,0", "a point for decimals"),
        ("nan", "NaN or infinite"),
        ("-nan(ind)", "NaN or infinite"),
        ("1.#IND", "NaN or infinite"),
        ("-1.#QNAN", "NaN or infinite"),
        ("inf", "NaN or infinite"),
        ("-Infinity", "NaN or infinite"),
        ("1e300", "is beyond 1e+06"),
        ("-1000001", "is beyond 1e+06"),
        ("9_000", "is not a number"),
        ("９", "is not a number"),
        ("0x9", "is not a number"),
        ("1e", "is not a number"),
        ("1.0D-05", "is not a number"),
        ("//", "is not a number"),
        ("#9", "is not a number"),
        ("9\0", "is not a number"),
    ],
)
def test_what_is_no_number_is_named_with_its_line(tmp_path, found, reason):
    path = tmp_path / "bad.bvh"
    for line, content in (
        (FIRST + 1, WHOLE.replace("9.0000", found, 1)),
        (8, WHOLE.replace("2.00000", found, 1)),
    ):
        path.write_text(content, encoding="utf-8")
        with pytest.raises(UserError) as error:
            files.read_motion(path)
        said = str(error.value)
        assert said.startswith(f"{path}: line {line}: ")
        assert f"{found!r} is" in said and reason in said
    path.write_text(WHOLE.replace("0.0166667", found), encoding="utf-8")
    with pytest.raises(UserError, match="bad.bvh: line 14: "):
        files.read_motion(path)


def test_lines_are_counted_as_editors_do(tmp_path):
    path = tmp_path / "bad.bvh"
    content = "\n\n" + WHOLE.replace("9.0000", "x", 1).replace("4.0000 ", "4.0000\n\n")
    for line_end in ("\n", "\r\n", "\r"):
        path.write_bytes(content.replace("\n", line_end).encode("utf-16"))
        with pytest.raises(UserError, match=f"line {FIRST + 5}: 'x' is not"):
            files.read_motion(path)


def test_what_is_quoted_is_short(tmp_path):
    path = tmp_path / "bad.bvh"
    for old in (
        "9.0000",
        "2.00000",
        "0.0166667",
        "3\n",
        "Zrotation",
        "JOINT",
    ):
        path.write_text(WHOLE.replace(old, f"{old[:6]}{'x' * 300000} ", 1))
        with pytest.raises(UserError) as error:
            files.read_motion(path)
        assert len(str(error.value)) < len(str(path)) + 300


def broken(old, new):
    assert old in WHOLE
    return WHOLE.replace(old, new, 1)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "no line MOTION"),
        ("no motion\nMOTION\n", "line 1: is 'no motion'; .* starts with HIERARCHY"),
        (broken("HIERARCHY\n", ""), "line 1: .* starts with HIERARCHY"),
        (broken("ROOT Root", "JOINT Root"), "line 2: 'JOINT' .* one ROOT"),
        (broken("JOINT Arm", "ROOT Arm"), "line 6: 'ROOT' .* one ROOT"),
        (broken("Root\n{", "Root\n"), "line 2: 'ROOT' has no name or no opening"),
        (broken("ROOT Root", "ROOT"), "line 2: 'ROOT' has no name"),
        (broken("\t}", "\t"), "line 11: '}' is the last word, with braces still"),
        (broken("\t}", "\t} }"), "line 11: '}' is outside all braces"),
        (broken("OFFSET 0.00000 2.00000", "OFFSET 0"), "line 9: .* OFFSET of 'Arm'"),
        (broken("\tOFFSET 0.00000 2.00000 0.00000\n", ""), "'Arm', which has no OFF"),
        (broken("CHANNELS 1", "CHANNELS 2"), "line 10: '}' .* CHANNELS of 'Arm'"),
        (broken("CHANNELS 1", "CHANNELS many"), "line 9: 'many' .* CHANNELS of 'Arm'"),
        (broken("CHANNELS 1", "CHANNELS 99999999999"), "line 9: '9+' .* of 'Arm'"),
        (broken("CHANNELS 1 Z", "CHANNELS 1 W"), "'Wrotation' .* CHANNELS of 'Arm'"),
        (broken("CHANNELS 6 X", "CHANNELS 6 Y"), "'Yposition' .* CHANNELS of 'Root'"),
        (broken("CHANNELS 1", "LIMITS 1"), "line 9: 'LIMITS' .* in 'Arm'"),
        (broken("\tOFFSET", "\t# OFFSET"), "line 4: '#' .* in 'Root'"),
        (broken("MOTION\n", ""), "no line MOTION"),
        (broken("Frames: 3", "Frames: three"), "NUMBER', found 'Frames: three'"),
        (broken("Frames: 3", "Frames: -3"), "NUMBER', found 'Frames: -3'"),
        (broken("Frames: 3\n", ""), "NUMBER', found 'Frame Time: 0.0166667'"),
        (broken("Frames: 3", "Frames: 0"), "states 0 frames.* no motion in it"),
        (broken("Frames: 3", "Frames: 999999999"), "states 999999999 frames of 7 "),
        (broken("Frames: 3", "Frames: 1000000000000"), "bytes are too few"),
        (broken("Frames: 3", f"Frames: {'9' * 5000}"), "bytes are too few"),
        (broken("Frames: 3", "Frames: 2"), "states 2 frames .* holds 3"),
        (broken("0.0166667", "0"), "line 14: 'Frame Time: 0' must be the seconds"),
        (broken("0.0166667", "60"), "line 14: 'Frame Time: 60' must be"),
        (broken("0.0166667", "16.667"), "line 14: 'Frame Time: 16.667' must be"),
        (broken("0.0166667", "-0.01"), "line 14: 'Frame Time: -0.01' must be"),
        (broken("0.0166667", ""), "line 14: .*SECONDS', found 'Frame Time:'"),
        (WHOLE + "\x1a\n7.0000\n", "line 19: '7.0000' comes after the file's end"),
        (WHOLE[: WHOLE.index("\n", WHOLE.index("Frame Time"))], "and holds 0. "),
    ],
)
def test_a_damaged_file_is_a_clear_error_that_names_it(tmp_path, content, message):
    (tmp_path / "bad.bvh").write_text(content)
    with pytest.raises(UserError, match=f"bad.bvh: .*({message})"):
        files.read_motion(tmp_path / "bad.bvh")


def test_more_channels_than_numbers_is_a_clear_error(tmp_path):
    path = documents.write(tmp_path / "a.bvh", BRANCH, np.zeros((4, 6)))
    with pytest.raises(
        UserError, match="4 frames of 7 channels and holds 3 and 3 numbers"
    ):
        files.read_motion(path)


def test_a_file_cut_off_anywhere_is_a_clear_error(tmp_path):
    path = tmp_path / "cut.bvh"
    for length in range(len(WHOLE) - len("0.0000\n")):
        path.write_text(WHOLE[:length])
        with pytest.raises(UserError, match="cut.bvh: "):
            files.read_motion(path)


def test_a_file_of_more_than_a_gigabyte_is_refused_unread(tmp_path):
    path = tmp_path / "huge.bvh"
    with open(path, "wb") as file:
        file.truncate(text.MAX_BYTES + 1)
    with pytest.raises(UserError, match="huge.bvh: has 1024 MiB"):
        files.read_motion(path)


def test_a_file_without_line_ends_is_refused_after_its_first_mebibyte(tmp_path):
    path = tmp_path / "long.bvh"
    path.write_text("HIERARCHY " * (1 << 18))
    with pytest.raises(UserError, match="long.bvh: line 1: has more than 1048576"):
        files.read_motion(path)


def test_a_tree_as_deep_as_it_may_be_is_read(tmp_path):
    depth, path = 1000, tmp_path / "deep.bvh"
    opened = "JOINT a { OFFSET 0 1 0 CHANNELS 1 Zrotation "
    body = opened.replace("JOINT", "ROOT") + opened * (depth - 1) + "}" * depth
    rows = "MOTION\nFrames: 1\nFrame Time: .01\n" + "0 " * depth
    path.write_text(f"HIERARCHY {body}\n{rows}")
    assert len(files.read_motion(path).hierarchy.names) == depth
    path.write_text(f"HIERARCHY {body.replace('}', '', 1)[:-1]}\n{rows}")
    with pytest.raises(UserError, match="deep.bvh: line 1: "):
        files.read_motion(path)
    path.write_text(
        f"HIERARCHY {opened.replace('JOINT', 'ROOT')} {opened * depth}\n{rows}"
    )
    with pytest.raises(UserError, match="after 1000 joints, the most allowed"):
        files.read_motion(path)


def test_joints_and_rate_are_read_without_the_frames(tmp_path):
    (tmp_path / "a.bvh").write_text(WHOLE.replace("9.0000", "x"))
    rest = files.read_rest(tmp_path / "a.bvh")
    assert rest.hierarchy.names == ("Root", "Arm") and rest.fps == 60.0
    assert rest.values.tolist() == [[0.0] * 7]
