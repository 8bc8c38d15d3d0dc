"""Ultralytics' labels and JSON of pose models."""

import json

import numpy as np
import pytest
from support.keypoints import ultralytics_files
from support.keypoints.detector_files import SIZE, walk

from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import keypoint_files
from dgnet_tf.keypoints.folders import frame_folders

LABELS = {"atol": SIZE[0] * 1e-6}  # "%g" keeps six digits.
JSON = {"atol": 1e-4}


def check(path, sightings, first=0, atol=1e-9, visible=True):
    """Reads one person and compares every joint of every frame."""
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    start = sightings[0][0]
    assert person.first_frame == start + first
    for frame, _, rows in sightings:
        found = person.keypoints[frame - start]
        np.testing.assert_allclose(found, rows[:, :2], atol=atol)
        scores = rows[:, 2] if visible else np.ones(len(rows))
        np.testing.assert_allclose(person.confidence[frame - start], scores, atol=1e-5)
    return person


@pytest.mark.parametrize("visible", [True, False])
@pytest.mark.parametrize("scores", [True, False])
@pytest.mark.parametrize("person", [None, 3])
def test_labels_with_and_without_confidence_and_tracks(
    tmp_path, visible, scores, person
):
    sightings = walk("coco_17", 4, person)
    folder = ultralytics_files.labels(
        tmp_path / "labels", sightings, visible=visible, scores=scores
    )
    found = check(folder, sightings, first=1, visible=visible, **LABELS)
    assert found.person == ("1" if person is None else "3")


def test_frames_without_labels_are_gaps(tmp_path):
    sightings = [one for one in walk("coco_17", 6) if one[0] not in (2, 3)]
    folder = ultralytics_files.labels(tmp_path / "labels", sightings)
    (folder / "clip_4.txt").write_text("")
    (person,) = keypoint_files.read(folder, "coco_17", SIZE).people
    assert len(person.keypoints) == 6
    assert not person.confidence[2:4].any() and person.confidence[4:].all()


def test_two_tracks_keep_their_numbers(tmp_path):
    sightings = [*walk("coco_17", 4, 1), *walk("coco_17", 4, 2, x=400.0)]
    folder = ultralytics_files.labels(tmp_path / "labels", sightings)
    people = keypoint_files.read(folder, "coco_17", SIZE).people
    assert [person.person for person in people] == ["1", "2"]
    np.testing.assert_allclose(
        people[1].keypoints[3], sightings[-1][2][:, :2], **LABELS
    )


def test_a_certain_person_is_not_taken_for_track_1(tmp_path):
    """A confidence of 1 looks as a track's number does."""
    folder = ultralytics_files.labels(tmp_path / "f", walk("coco_17", 5), scores=True)
    path = folder / "clip_3.txt"
    path.write_text(path.read_text().replace(" 0.87\n", " 1\n"))
    (person,) = keypoint_files.read(folder, "coco_17", SIZE).people
    assert len(person.keypoints) == 5 and person.confidence.all()


def test_a_missing_keypoint_is_at_zero(tmp_path):
    sightings = walk("coco_17", 2)
    sightings[0][2][4] = 0
    folder = ultralytics_files.labels(tmp_path / "f", sightings, visible=False)
    (person,) = keypoint_files.read(folder, "coco_17", SIZE).people
    assert np.isnan(person.keypoints[0, 4]).all() and person.confidence[0, 4] == 0


def refused(tmp_path, change, layout="coco_17", size=SIZE, **options):
    folder = ultralytics_files.labels(tmp_path / "labels", walk("coco_17"), **options)
    path = folder / "clip_2.txt"
    path.write_text(change(path.read_text()))
    with pytest.raises(UserError) as error:
        keypoint_files.read(folder, layout, size)
    return str(error.value)


def test_what_is_no_label_of_the_layout_is_refused(tmp_path):
    def same(text):
        return text

    assert "labels: YOLO's labels go from 0 to 1. Give the video's" in refused(
        tmp_path, same, size=None
    )
    message = refused(tmp_path, same, layout="halpe_26")
    assert "clip_1.txt: line 1: has 17 joints in a frame, layout 'halpe_26'" in message
    assert "clip_2.txt: line 1: has a box, but no keypoints" in refused(
        tmp_path, lambda text: "0 0.5 0.5 0.2 0.2 0.9\n"
    )
    assert "clip_2.txt: line 1: '0 x 1' must hold numbers" in refused(
        tmp_path, lambda text: "0 x 1\n"
    )
    pixels = "0 0.5 0.5 0.2 0.2" + 17 * " 300 200 0.9"
    assert "YOLO's labels go from 0 to 1, these up to 300" in refused(
        tmp_path, lambda text: pixels
    )
    assert "has 2 numbers for a keypoint, others have 3" in refused(
        tmp_path, lambda text: "0 0.5 0.5 0.2 0.2" + 17 * " 0.5 0.4"
    )
    assert "0.5 at its end is not a track's number" in refused(
        tmp_path, lambda text: text.strip() + " 0.9 0.5"
    )
    assert "are not finite pixels" in refused(
        tmp_path, lambda text: "0 0.5 0.5 0.2 0.2" + 17 * " nan 0.4 0.9"
    )
    (tmp_path / "labels" / "clip_2.txt").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(UserError, match="clip_2.txt: is no text"):
        keypoint_files.read(tmp_path / "labels", "coco_17", SIZE)


def test_text_files_are_frames_only_where_they_hold_labels(tmp_path):
    folder = ultralytics_files.labels(tmp_path / "labels", walk("coco_17", 3))
    (video,), _ = frame_folders.find(folder)
    assert frame_folders.hold_frames(video) and len(video.frames) == 3
    notes = tmp_path / "notes"
    notes.mkdir()
    (notes / "day 1.txt").write_text("Anna walked 3 times.\n")
    (video,), _ = frame_folders.find(notes)
    assert not frame_folders.hold_frames(video)
    # Beside JSON files they are notes.
    (folder / "clip_1.json").write_text("[]")
    (video,), _ = frame_folders.find(folder)
    assert [path.name for _, path in video.frames] == ["clip_1.json"]


@pytest.mark.parametrize("texts", [False, True])
@pytest.mark.parametrize("visible", [True, False])
def test_results_of_a_video(tmp_path, texts, visible):
    sightings = walk("coco_17", 4, person=7, first=1)
    path = ultralytics_files.results(
        tmp_path / "a.json", sightings, 6, texts=texts, visible=visible
    )
    assert check(path, sightings, visible=visible, **JSON).person == "7"


def test_results_of_each_image(tmp_path):
    sightings = walk("coco_17", 3)
    for frame in range(4):
        path = tmp_path / "frames" / f"clip_{frame}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(ultralytics_files.result(sightings, frame)))
    check(tmp_path / "frames", sightings, **JSON)
    check(tmp_path / "frames" / "clip_0.json", sightings[:1], **JSON)


def test_normalised_results_need_the_image_size(tmp_path):
    sightings = walk("coco_17", 3)
    path = ultralytics_files.results(tmp_path / "a.json", sightings, 3, shares=True)
    check(path, sightings, atol=0.01)
    with pytest.raises(UserError, match="is normalised. Give the video's --image_size"):
        keypoint_files.read(path, "coco_17")


def test_results_of_other_models_are_refused(tmp_path):
    def read(change, layout="coco_17"):
        content = ultralytics_files.result(walk("coco_17", 1), 0)
        change(content[0])
        path = tmp_path / "a.json"
        path.write_text(json.dumps([content]))
        with pytest.raises(UserError) as error:
            keypoint_files.read(path, layout, SIZE)
        return str(error.value)

    assert "has a box, but no 'keypoints'. Let a pose model" in read(
        lambda entry: entry.pop("keypoints")
    )
    assert "entry 0, person 0: has 17 joints" in read(lambda entry: None, "halpe_26")
    assert "'box' must be an object" in read(lambda entry: entry.update(box=[1, 2]))
    assert "must have a number for each keypoint, have 17, 17, 1" in read(
        lambda entry: entry["keypoints"].update(visible=[1])
    )
    assert "must be an object" in read(lambda entry: entry.update(keypoints=[1]))
