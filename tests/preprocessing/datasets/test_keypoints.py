"""The data set of 2-D keypoints, from the detectors' files to records and back."""

import numpy as np
import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, body, walk
from support.lifting.lifting_stand_ins import Config, small_model

from dgnet_tf import load_windows
from dgnet_tf.data import views
from dgnet_tf.errors import UserError
from dgnet_tf.evaluation import evaluation
from preprocessing.conversion import pipeline
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets import keypoints


def convert(source, folder, show=lambda line: None, **options):
    options = {"layout": "coco_17", "fps": 25.0, "image_size": SIZE, **options}
    pipeline.convert(keypoints.read(source, **options), folder, show=show)
    return list(views.load_views(folder, "test"))


def test_a_file_becomes_a_subject_and_its_people_takes(tmp_path):
    people = [*walk("coco_17", person=7), *walk("coco_17", person=3, x=400.0)]
    path = detector_files.coco(tmp_path / "street.json", people)
    lines = []
    found = convert(path, tmp_path / "out", lines.append)
    assert "ok: no frame has ground truth; nothing to check" in lines
    assert {(v.subject, v.action, v.take, v.camera) for v in found} == {
        ("street", "video", "3", "camera"),
        ("street", "video", "7", "camera"),
    }
    (view,) = (view for view in found if view.take == "3")
    left_wrist, hip = 13, 0
    for frame in range(6):
        pixels = body("coco_17", x=400.0 + 4 * frame)
        np.testing.assert_allclose(
            view.keypoints[frame, left_wrist], pixels[9, :2], atol=1e-4
        )
        np.testing.assert_allclose(
            view.keypoints[frame, hip], pixels[11:13, :2].mean(axis=0), atol=1e-4
        )
        np.testing.assert_allclose(view.confidence[frame, hip], 0.61, atol=1e-6)
    assert not view.valid.any()
    assert not view.positions.any() and view.positions.shape == (6, 17, 3)
    assert not view.intrinsics.any()
    assert view.image_size.tolist() == list(SIZE)
    assert view.fps == 25.0


def test_gaps_are_filled_on_the_line_with_confidence_0(tmp_path):
    sightings = walk("openpose_25", frames=8)
    sightings[2][2][4] = 0  # The right wrist.
    folder = detector_files.openpose(tmp_path / "clip", sightings[:5] + sightings[7:])
    (view,) = convert(folder, tmp_path / "out", layout="openpose_25")
    whole = np.stack([body("openpose_25", 200 + 4.0 * f) for f in range(8)])
    np.testing.assert_allclose(view.keypoints[:, 16], whole[:, 4, :2], atol=1e-3)
    assert (view.confidence[:, 16] == 0).tolist() == [
        *(False, False, True, False, False, True, True, False)
    ]
    assert view.subject == "clip"
    assert (view.keypoints > 0).all()


def test_a_folder_holds_a_video_in_each_file_and_folder(tmp_path):
    source = tmp_path / "videos"
    detector_files.coco(source / "a.json", walk("coco_17"))
    detector_files.alphapose(source / "b.json", walk("coco_17"))
    detector_files.openpose(source / "not_a_video" / "deep", walk("coco_17"))
    (source / "notes.txt").write_text("")
    np.savez(
        source / "c.npz",
        keypoints=np.stack([rows[:, :2] for *_, rows in walk("coco_17")]),
    )
    found = convert(source, tmp_path / "out")
    assert sorted(view.subject for view in found) == ["a", "b", "c"]
    np.testing.assert_array_equal(found[0].keypoints, found[1].keypoints)
    np.testing.assert_array_equal(found[0].keypoints, found[2].keypoints)


def test_penn_actions_folder_needs_no_image_size(tmp_path):
    source = tmp_path / "labels"
    source.mkdir()
    rows = np.stack([rows for *_, rows in walk("penn_action_13")])
    for name, size in (("0001.mat", (640, 480)), ("0002.mat", (480, 360))):
        detector_files.penn_action(source / name, rows, size=size)
    found = convert(source, tmp_path / "out", layout="penn_action_13", image_size=None)
    assert [v.image_size.tolist() for v in found] == [[640, 480], [480, 360]]
    assert {v.action for v in found} == {"baseball_pitch"}
    expected = rows[0, [1, 2, 0, 0], :2].mean(axis=0)
    np.testing.assert_allclose(found[0].keypoints[0, 9], expected, atol=1e-4)


def test_other_skeletons_can_be_made(tmp_path):
    path = detector_files.coco(tmp_path / "a.json", walk("coco_17"))
    (view,) = convert(path, tmp_path / "out", skeleton="human36m_16")
    assert view.keypoints.shape == (6, 16, 2)
    with pytest.raises(UserError, match="'coco_17' gives the skeletons .*--skeleton"):
        keypoints.read(path, layout="coco_17", fps=25.0, skeleton="mpi_inf_3dhp_17")


def test_who_is_never_seen_in_whole_is_left_out_and_counted(tmp_path, capsys):
    legless = walk("coco_17", person=2, x=400.0)
    for *_, rows in legless:
        rows[13:] = 0
    path = detector_files.coco(
        tmp_path / "a.json", [*walk("coco_17", person=1), *legless]
    )
    found = convert(path, tmp_path / "out")
    assert [view.take for view in found] == ["1"]
    assert "left out 1 of 2 people" in capsys.readouterr().err
    path = detector_files.coco(tmp_path / "b.json", legless)
    with pytest.raises(UserError, match="every recording was left out"):
        convert(path, tmp_path / "other")
    assert "b.json: left out 1 of 1 people" in capsys.readouterr().err
    assert not (tmp_path / "other").exists()


def test_sources_without_keypoint_files_are_refused(tmp_path):
    for source in (tmp_path / "none", tmp_path, tmp_path / "a.txt"):
        (tmp_path / "a.txt").write_text("")
        with pytest.raises(MissingSource, match="--source must be a keypoint file"):
            keypoints.read(source, layout="coco_17", fps=25.0)


def test_two_files_of_one_name_and_unknown_sizes_are_refused(tmp_path):
    detector_files.coco(tmp_path / "a.json", walk("coco_17"))
    with pytest.raises(UserError, match="does not state the size .* Give --image_size"):
        convert(tmp_path / "a.json", tmp_path / "out", image_size=None)
    (tmp_path / "a.npz").write_bytes(b"")
    with pytest.raises(
        UserError, match="a.json and a.npz differ only in their endings"
    ):
        keypoints.read(tmp_path, layout="coco_17", fps=25.0)


def test_digests_name_every_source(tmp_path):
    folder = detector_files.openpose(tmp_path / "clip", walk("openpose_25"))

    def digest():
        return keypoints.read(folder, layout="openpose_25", fps=25.0).sources["clip"]

    before = digest()
    assert len(before) == 64 and digest() == before
    first = sorted(folder.iterdir())[0]
    first.rename(folder / "video_000000000099_keypoints.json")
    assert digest() != before


def test_windows_and_scores_need_ground_truth_and_say_so(tmp_path):
    path = detector_files.coco(tmp_path / "a.json", walk("coco_17"))
    convert(path, tmp_path / "out")
    with pytest.raises(UserError, match="split 'test' gives 0 windows with valid fra"):
        load_windows(tmp_path / "out", "test")
    with pytest.raises(UserError, match="has no split 'train', only"):
        load_windows(tmp_path / "out", "train")
    with pytest.raises(UserError, match="'test' has no valid frame to score"):
        evaluation.evaluate(small_model(), Config(), tmp_path / "out")


def write_frames(folder, name, sightings, frames=8):
    """A file for each frame, as Pose2Sim names OpenPose's."""
    for frame in range(frames):
        people = [
            {"pose_keypoints_2d": rows.ravel().tolist()}
            for f, _, rows in sightings
            if f == frame
        ]
        detector_files.write_json(folder / name.format(frame), {"people": people})
    return folder


def test_a_folder_of_frames_is_one_video_and_prefixes_are_several(tmp_path, capsys):
    sightings = [one for one in walk("coco_17", frames=8) if one[0] != 3]
    folder = write_frames(tmp_path / "clip", "camA_{:06}.json", sightings)
    (folder / "._camA_000001.json").write_bytes(b"\x00\x05\x16\x07")
    (folder / ".DS_Store").write_bytes(b"\x00")
    (folder / "__MACOSX").mkdir()
    (view,) = convert(folder, tmp_path / "one")
    assert view.subject == "clip"
    assert (view.confidence[:, 0] == 0).tolist() == [f == 3 for f in range(8)]
    write_frames(folder, "camB_{}.json", sightings)
    (folder / "camera.json").write_text("{}")
    found = convert(folder, tmp_path / "two")
    assert [view.subject for view in found] == ["camA", "camB"]
    assert "holds frames; its files of other kinds" in capsys.readouterr().err
    np.testing.assert_array_equal(found[0].keypoints, found[1].keypoints)
    write_frames(tmp_path / "other", "{}.json", sightings)
    found = convert(tmp_path, tmp_path / "three")
    assert [view.subject for view in found] == ["camA", "camB", "other"]


def test_numbered_files_of_whole_videos_stay_videos(tmp_path):
    for number in (1, 2, 10):
        detector_files.coco(tmp_path / f"v{number}.json", walk("coco_17"))
        detector_files.mmpose(tmp_path / f"m{number}.json", walk("coco_17"))
    found = convert(tmp_path, tmp_path / "out")
    names = ["m1", "m10", "m2", "v1", "v10", "v2"]
    assert sorted(view.subject for view in found) == names


def test_times_are_frames_of_the_rate_that_is_given(tmp_path):
    path = detector_files.mediapipe(tmp_path / "a.json", walk("mediapipe_33"), 6)
    (view,) = convert(path, tmp_path / "out", layout="mediapipe_33", fps=60.6)
    assert len(view.keypoints) == 11 and (view.confidence[1::2] == 0).all()
