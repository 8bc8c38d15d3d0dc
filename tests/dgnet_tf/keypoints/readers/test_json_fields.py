"""Ids in detectors' results, under the names and words that trackers have for them."""

import pytest
from support.keypoints import detector_files
from support.keypoints.detector_files import SIZE, walk

from dgnet_tf.keypoints import keypoint_files
from dgnet_tf.keypoints.readers import json_fields


@pytest.mark.parametrize("nobody", [-1, -7, float("nan"), "", "-1", "None", [], [-1]])
def test_trackers_words_for_no_id_name_nobody(nobody):
    assert json_fields.person("here", nobody) is None
    assert json_fields.person("here", [0]) == "0" and json_fields.person("", "a") == "a"


NAMES = ["track_id", "idx", "person_id", "trackID", "player"]


@pytest.mark.parametrize("name", NAMES)
def test_ids_of_any_usual_name_are_taken(tmp_path, name):
    content = [
        {"image_id": frame, "id": index, "keypoints": rows.ravel().tolist(), name: 8}
        for index, (frame, _, rows) in enumerate(walk("coco_17", frames=3))
    ]
    path = detector_files.write_json(tmp_path / "a.json", content)
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    assert person.person == "8" and len(person.keypoints) == 3


@pytest.mark.parametrize("name", NAMES)
def test_so_are_those_of_mmpose(tmp_path, name):
    path = tmp_path / "a.json"
    detector_files.mmpose(path, walk("coco_17", frames=3, person=8), demo=False)
    path.write_text(path.read_text().replace('"track_id"', f'"{name}"'))
    (person,) = keypoint_files.read(path, "coco_17", SIZE).people
    assert person.person == "8" and len(person.keypoints) == 3
