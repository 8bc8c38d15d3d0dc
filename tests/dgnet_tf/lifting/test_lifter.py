"""Lifting keypoint files and arrays: layouts, gaps, smoothing, roots and people."""

import pathlib
import re

import numpy as np
import pytest
import tensorflow as tf
from support import bars
from support.keypoints import detector_files
from support.lifting.echo_lifter import OPTIONS, SIZE, SKELETON, echo, moving, save

import dgnet_tf
from dgnet_tf import cameras
from dgnet_tf.command_line import progress
from dgnet_tf.errors import UserError
from dgnet_tf.inference import segments
from dgnet_tf.inference.engines.tensorflow_engine import TensorFlowEngine
from dgnet_tf.inference.engines.window_engine import WindowEngine
from dgnet_tf.keypoints import layouts, tracks
from dgnet_tf.lifting import lifter
from dgnet_tf.lifting.smoothing import OneEuro, Savgol


def test_own_layout_is_lifted_frame_by_frame(tmp_path):
    seen = []
    path = save(tmp_path, moving(9))
    lifted = lifter.lift_file(echo(seen), path, "human36m_17", SIZE)[0]
    assert seen == [9]
    assert lifted.fps == 50.0
    np.testing.assert_array_equal(lifted.positions[..., :2], moving(9))
    np.testing.assert_array_equal(lifted.keypoints, moving(9))


def test_coco_is_converted(tmp_path):
    path = save(tmp_path, moving(3))
    lifted = lifter.lift_file(echo(), path, "coco_17", SIZE)[0]
    coco = layouts.get("coco_17").joints
    for joint, name in enumerate(SKELETON.joints):
        if name in coco:
            expected = moving(3)[:, coco.index(name)]
        elif name == "thorax":
            expected = moving(3)[:, 5:7].mean(axis=1)
        else:
            continue
        np.testing.assert_allclose(lifted.positions[:, joint, :2], expected)


def test_missing_joints_are_interpolated_and_never_zero(tmp_path):
    confidence = np.ones((10, 17))
    confidence[3:6, 4] = 0
    keypoints = moving(10)
    keypoints[3:6, 4] = 0
    keypoints[0, 8] = np.nan
    confidence[0, 8] = 0
    path = save(tmp_path, keypoints, confidence)
    positions = lifter.lift_file(echo(), path, "human36m_17", SIZE)[0].positions
    np.testing.assert_allclose(positions[:, 4, :2], moving(10)[:, 4])
    np.testing.assert_allclose(positions[0, 8, :2], moving(10)[1, 8])


def test_a_joint_that_no_frame_shows_is_refused(tmp_path):
    confidence = np.ones((10, 17))
    confidence[:, 3] = 0
    path = save(tmp_path, moving(10), confidence)
    with pytest.raises(UserError, match="no frame shows.*'right_ankle'.*1 such joint"):
        lifter.lift_file(echo(), path, "human36m_17", SIZE)
    # In COCO order that is an ear, which no joint is made from.
    positions = lifter.lift_file(echo(), path, "coco_17", SIZE)[0].positions
    assert np.isfinite(positions).all()


def test_wrong_units_and_sizes_are_refused(tmp_path):
    normalised = save(tmp_path, moving(5) / 1000)
    with pytest.raises(UserError, match="look normalised. Give pixels"):
        lifter.lift_file(echo(), normalised, "human36m_17", SIZE)
    large = save(tmp_path, 4 * moving(5))
    with pytest.raises(
        UserError, match="only .*% of the keypoints lie in the 1000x800"
    ):
        lifter.lift_file(echo(), large, "human36m_17", SIZE)
    unseen = save(tmp_path, moving(5), np.zeros((5, 17)))
    with pytest.raises(UserError, match="every joint is missing"):
        lifter.lift_file(echo(), unseen, "human36m_17", SIZE)


def test_smoothing_comes_last_at_the_files_rate(tmp_path):
    keypoints = moving(20)
    keypoints[7, 3, 0] += 40.0
    path = save(tmp_path, keypoints)
    options = {"fps": 25, "smooth": Savgol(seconds=0.2, order=2)}
    plain = lifter.lift_file(echo(), path, "human36m_17", SIZE, fps=25)[0].positions
    found = lifter.lift_file(echo(), path, "human36m_17", SIZE, **options)[0].positions
    np.testing.assert_allclose(found, Savgol(0.2, 2).smooth(plain, 25))
    plain = lifter.lift_file(echo(), path, "human36m_17", SIZE)[0].positions
    named = lifter.lift_file(echo(), path, "human36m_17", SIZE, smooth="one_euro")[0]
    np.testing.assert_allclose(named.positions, OneEuro().smooth(plain, 50.0))


def true_poses(frames=6):
    """Root-relative poses and where the root is, camera axes, metres."""
    rng = np.random.default_rng(3)
    poses = rng.normal(0, 0.3, (frames, 17, 3)).astype(np.float32)
    poses[:, 0] = 0
    root = np.array([0.2, -0.1, 4.0]) + np.arange(frames)[:, None] * [0.1, 0.0, 0.05]
    return poses, root


def knowing(poses):
    """A lifter that gives these poses for whatever it sees."""

    def serve(**_):
        return {"positions": tf.constant(poses[None])}

    return lifter.Lifter(TensorFlowEngine(serve, OPTIONS))


def test_the_root_is_fitted_to_the_joints_that_were_seen(tmp_path):
    poses, root = true_poses()
    intrinsics = np.array([900, 900, 500, 400, 0, 0, 0, 0, 0.0])
    keypoints = cameras.project_linear(poses + root[:, None], intrinsics)
    confidence = np.ones((6, 17))
    confidence[2, 5] = confidence[4, 8] = 0
    keypoints[2, 5] = keypoints[4, 8] = 0
    path = save(tmp_path, keypoints, confidence)
    options = {"root": "fit", "focal_px": 900.0}
    lifted = lifter.lift_file(knowing(poses), path, "human36m_17", SIZE, **options)[0]
    np.testing.assert_allclose(lifted.root, root, atol=1e-4)
    assert lifted.root.dtype == np.float32
    assert lifted.focal_px == 900.0
    np.testing.assert_allclose(lifted.places, poses + root[:, None], atol=1e-4)
    np.testing.assert_allclose(
        lifted.joint("spine"), (poses + root[:, None])[:, 7], atol=1e-4
    )
    np.testing.assert_array_equal(lifted.confidence, confidence)
    # Without one a field of view of 50 degrees is assumed; distance grows with it.
    assumed = lifter.lift_file(knowing(poses), path, "human36m_17", SIZE, root="fit")[0]
    assert assumed.focal_px == pytest.approx(500 / np.tan(np.radians(25)))
    ratio = assumed.root[:, 2] / lifted.root[:, 2]
    assert ratio == pytest.approx(np.full(6, assumed.focal_px / 900), rel=0.05)


def test_without_a_root_places_are_the_positions(tmp_path):
    path = save(tmp_path, moving(3))
    lifted = lifter.lift_file(echo(), path, "human36m_17", SIZE)[0]
    assert lifted.root is None and lifted.focal_px is None
    assert lifted.places is lifted.positions
    assert lifted.joints == SKELETON.joints
    with pytest.raises(ValueError, match="`name` must be one of .*got 'nose'"):
        lifted.joint("nose")


def test_a_root_that_fits_nowhere_is_refused(tmp_path):
    poses, root = true_poses()
    intrinsics = np.array([900, 900, 500, 400, 0, 0, 0, 0, 0.0])
    keypoints = cameras.project_linear(poses + root[:, None], intrinsics)
    path = save(tmp_path, 1000 - keypoints)  # Upside down and mirrored.
    with pytest.raises(UserError, match="root of person 1 cannot be fitted in any"):
        lifter.lift_file(knowing(poses), path, "human36m_17", (1000, 1000), root="fit")


def test_arrays_are_lifted_as_their_file_is(tmp_path):
    confidence = np.ones((9, 17))
    confidence[3:5, 2] = 0
    path = save(tmp_path, moving(9), confidence)
    expected = lifter.lift_file(echo(), path, "coco_17", SIZE, fps=25)[0]
    options = {"layout": "coco_17", "image_size": SIZE, "fps": 25}
    lifted = echo().lift(moving(9), confidence=confidence, **options)
    np.testing.assert_array_equal(lifted.positions, expected.positions)
    assert (lifted.person, lifted.first_frame, lifted.fps) == ("1", 0, 25)
    columns = np.concatenate([moving(9), confidence[..., None]], axis=-1)
    again = echo().lift(columns, **options)
    np.testing.assert_array_equal(again.positions, expected.positions)


def test_several_people_come_back_as_they_were_given():
    both = np.stack([moving(5), moving(5) + 30])
    options = {"layout": "human36m_17", "image_size": SIZE}
    first, second = echo().lift(both, **options)
    assert (first.person, second.person) == ("1", "2")
    np.testing.assert_array_equal(second.positions[..., :2], moving(5) + 30)
    named = echo().lift({"anna": both[0], 7: both[1, :3]}, **options)
    assert list(named) == ["anna", 7]
    assert (named[7].person, len(named[7].positions)) == ("7", 3)
    np.testing.assert_array_equal(named["anna"].positions, first.positions)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"fps": 0}, "`fps` must be above 0, got 0"),
        ({"fps": float("nan")}, "`fps` must be above 0, got nan"),
        ({"image_size": (0, 800)}, "`image_size` must be width and height"),
        ({"root": "both"}, "`root` must be one of .*got 'both'"),
        ({"smooth": "median"}, "`smooth` must be one of"),
        ({"root": "fit", "focal_px": -3.0}, "`focal_px` must be above 0, got -3.0"),
    ],
)
def test_wrong_arguments_are_refused(options, message):
    options = {"layout": "human36m_17", "image_size": SIZE, **options}
    with pytest.raises(ValueError, match=message):
        echo().lift(moving(4), **options)


def test_the_example_of_the_documents_runs(monkeypatch):
    text = (pathlib.Path(__file__).parents[3] / "docs" / "lifting.md").read_text()
    example = re.findall(r"```python\n(.*?)```", text, re.DOTALL)[0]
    loaded = []
    monkeypatch.setattr(
        lifter.Lifter, "load", lambda path: loaded.append(path) or echo(size=None)
    )
    names = {"keypoints": moving(5)}
    exec(example, names)
    assert loaded == ["models/mine"]
    assert names["lifted"].fps == 30
    assert names["lifted"].joint("left_wrist").shape == (5, 3)


def test_what_the_package_exports_are_the_lifter_and_its_stream():
    assert dgnet_tf.Lifter is lifter.Lifter
    stream = echo().stream(SIZE, layout="coco_17")
    assert isinstance(stream, dgnet_tf.Stream)


def two_people(folder):
    """Person 7 in frames 0 to 2, person 4 in frames 2 to 9."""
    return detector_files.coco(
        folder / "two.json",
        [
            *detector_files.walk("coco_17", frames=3, person=7),
            *detector_files.walk("coco_17", frames=8, person=4, x=400.0, first=2),
        ],
    )


def test_the_surest_person_or_the_one_named_is_lifted(tmp_path):
    path = two_people(tmp_path)
    lines = []
    lifted = lifter.lift_file(echo(), path, "coco_17", SIZE, show=lines.append)[0]
    assert (lifted.person, lifted.first_frame, len(lifted.positions)) == ("4", 2, 8)
    wrist = detector_files.body("coco_17", 400.0)[9, :2]
    np.testing.assert_allclose(lifted.positions[0, 13, :2], wrist)
    assert lines == [
        "2 people: lifted 4 (frames 2 to 9), who has the most confidence in all. "
        "Others: 7 (frames 0 to 2). Choose with --person=ID or --person=all."
    ]
    lines.clear()
    options = {"person": "7", "show": lines.append}
    lifted = lifter.lift_file(echo(), path, "coco_17", SIZE, **options)[0]
    assert (lifted.person, lifted.first_frame, len(lifted.positions)) == ("7", 0, 3)
    assert not lines
    with pytest.raises(
        UserError, match=r"shows nobody named '5'; there are 7 \(frames 0 to 2\), 4"
    ):
        lifter.lift_file(echo(), path, "coco_17", SIZE, person="5")


def people_of(folder, *people):
    """A file of people: their name, number of frames, score and missing joints."""
    sightings = []
    for number, (name, frames, score, missing) in enumerate(people):
        walk = detector_files.walk("coco_17", frames, name, 100.0 + 150 * number)
        for _, _, rows in walk:
            rows[:, 2] = score
            rows[list(missing)] = 0
        sightings += walk
    return detector_files.coco(folder / "people.json", sightings)


def test_confidence_and_not_frames_decides_among_those_who_can_be_lifted(tmp_path):
    ankles = (15, 16)
    path = people_of(
        tmp_path,
        *(("ghost", 30, 0.1, ()), ("cut", 40, 0.9, ankles), ("sure", 10, 0.9, ())),
        ("brief", 2, 0.9, ()),
    )
    lines = []
    (lifted,) = lifter.lift_file(echo(), path, "coco_17", SIZE, show=lines.append)
    assert lifted.person == "sure"
    (line,) = lines
    assert "4 people: lifted sure (frames 0 to 9)" in line
    assert "Others: ghost (frames 0 to 29), brief (frames 0 to 1)." in line
    assert "Never whole: cut (frames 0 to 39)." in line


def test_a_line_on_many_people_stays_short(tmp_path):
    crowd = [(str(n), 2, 0.9, ()) for n in range(30)]
    lines = []
    path = people_of(tmp_path, *crowd)
    lifter.lift_file(echo(size=None), path, "coco_17", (9000, 800), show=lines.append)
    assert "Others: 1 (frames 0 to 1), " in lines[0] and " and 17 more." in lines[0]
    assert len(lines[0]) < 500


def test_where_nobody_can_be_lifted_the_error_is_of_the_surest(tmp_path):
    path = people_of(tmp_path, ("a", 2, 0.5, (15, 16)), ("b", 9, 0.9, (11,)))
    with pytest.raises(UserError) as error:
        lifter.lift_file(echo(), path, "coco_17", SIZE)
    assert str(error.value) == (
        f"{path}: no frame shows what joint 'hip' of person b is made from (3 such "
        "joints in all). None of the 2 people can be lifted. Give keypoints of the "
        "whole body."
    )


@pytest.mark.parametrize("fps,frames", [(50.0, 2500), (25.0, 4999)])
def test_progress_counts_the_frames_of_all_people(fps, frames, monkeypatch):
    """Those that the network sees, at its own rate; in parts of a long video."""
    found, told = bars.recorded(monkeypatch), []
    update = progress.Bar.update
    monkeypatch.setattr(
        progress.Bar, "update", lambda bar, n: told.append(n) or update(bar, n)
    )

    def run(windows, image_size):
        return np.zeros((*windows.shape[:3], 3), np.float32)

    lifting = lifter.Lifter(WindowEngine(run, OPTIONS))
    people = [tracks.Track(name, 0, moving(2500), np.ones((2500, 17))) for name in "ab"]
    more = {"person": "all", "fps": fps}
    lifter.lift_people(lifting, "a.npz", people, "human36m_17", SIZE, **more)
    ((title, done, total, unit),) = found
    assert (title, done, unit) == ("lift", total, "frame")
    assert abs(total - 2 * frames) <= 2  # The last frame of each may be beyond the end.
    parts = -(-frames // segments.SEGMENT_FRAMES)
    assert len(told) == 2 * (parts + 1) and max(told) == segments.SEGMENT_FRAMES
