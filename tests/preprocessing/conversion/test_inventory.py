import dataclasses

import numpy as np
import pytest

from dgnet_tf import skeletons
from preprocessing.conversion import checks, inventory
from preprocessing.conversion.sequences import Dataset
from preprocessing.datasets import synthetic

SKELETON = skeletons.get("human36m_17")
SPLIT_OF = {"walker_00": "train", "walker_01": "validation", "walker_02": "test"}


@pytest.fixture(scope="module")
def views():
    """Views of three people, a few actions each."""
    recordings = synthetic.read(3, 20).recordings
    return [view for recording in recordings for view in recording.load()]


def judge(views, split_of=SPLIT_OF, **fields):
    dataset = Dataset("x", SKELETON.name, 50.0, (), {}, {}, **fields)
    measures = [checks.measure(view, SKELETON) for view in views]
    return inventory.check_inventory(measures, dataset, split_of)


def texts(findings, passed):
    return [finding.text for finding in findings if finding.passed == passed]


def test_different_motions_of_different_people_pass(views):
    sequences = {(v.subject, v.action, v.take) for v in views}
    assert texts(judge(views), True) == [
        f"no two of {len(sequences)} sequences are the same motion",
        "nobody is in two splits",
    ]


def test_the_same_motion_under_two_names_is_found_whatever_the_camera(views):
    copy = dataclasses.replace(views[1], subject="walker_02", take="copy")
    (text,) = texts(judge([*views, copy]), False)
    assert "1 of" in text and "sequences repeat another: " in text
    one = f"{views[0].subject}/{views[0].action}/{views[0].take} (train)"
    assert one in text and f"walker_02/{views[1].action}/copy (test)" in text


def test_a_motion_that_differs_by_a_millimetre_is_another(views):
    positions = views[0].positions.copy()
    positions[:, 13] += 0.001
    copy = dataclasses.replace(views[0], take="copy", positions=positions)
    assert texts(judge([*views, copy]), False) == []


def test_one_body_in_two_splits_is_found_by_its_bones(views):
    own = [v for v in views if v.subject != "walker_02"]
    other = [
        dataclasses.replace(v, subject="zoe", positions=v.positions[5:])
        for v in own
        if v.subject == "walker_00"
    ]
    other = [
        dataclasses.replace(v, keypoints=v.keypoints[5:], valid=v.valid[5:])
        for v in other
    ]
    findings = judge([*own, *other], {**SPLIT_OF, "zoe": "test"})
    (text,) = texts(findings, False)
    assert text.startswith("subjects walker_00 (train) and zoe (test) have the same")
    (line,) = [f.line(False) for f in findings if not f.passed]
    assert line.endswith("or read scores as those of known people.")
    assert texts(judge([*own, *other], {**SPLIT_OF, "zoe": "train"}), False) == []


def test_people_whom_the_protocol_splits_are_told_and_pass(views):
    findings = judge(views, people={"walker_00": "W", "walker_02": "W"})
    told = "W are in train and test, as in the data set's protocol"
    assert texts(findings, True)[-1] == told and texts(findings, False) == []


def test_frames_are_compared_with_those_known_of_the_full_set(views):
    found = sum(len(v.valid) for v in views if v.subject != "walker_02")
    group = ("walker_00", "walker_01")
    (finding, *_) = judge(views, expected_frames={group: found})
    assert finding.passed
    assert finding.text == (
        f"walker_00, walker_01: {found:,} frames with ground truth, the full set has "
        f"{found:,}"
    )
    for expected, advice in ((found + 1, "are missing"), (found - 1, "more than")):
        (finding, *_) = judge(views, expected_frames={group: expected})
        assert not finding.passed
        line = finding.line(strict=True)
        assert line.startswith("refused: walker_00, walker_01") and advice in line
        assert f"{found:,}" in line and f"{expected:,}" in line


def test_frames_without_ground_truth_are_not_counted(views):
    one = [dataclasses.replace(v, valid=v.valid.copy()) for v in views[:2]]
    one[0].valid[3:] = False
    (finding, *_) = judge(one, expected_frames={("walker_00",): 3 + 20})
    assert finding.passed


def test_a_set_without_ground_truth_passes(views):
    none = [dataclasses.replace(v, valid=np.zeros(20, bool)) for v in views]
    assert texts(judge(none), False) == []
