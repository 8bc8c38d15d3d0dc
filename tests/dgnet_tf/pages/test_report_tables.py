"""Tables of an HTML report."""

import re

import numpy as np

from dgnet_tf import skeletons
from dgnet_tf.drawing.clip import Clip, Person
from dgnet_tf.pages import report_clips, report_tables

REPORT = {
    "metrics": {"mpjpe_mm": 52.04, "pck": 0.941, "mpjpe_14_mm": None},
    "metrics_action_mean": {"mpjpe_mm": 55.0, "pck": 0.9, "mpjpe_14_mm": None},
    "intervals": {
        "mpjpe_mm": {"low": 40.0, "high": 60.06, "videos": 9, "resamples": 2000}
    },
    "baselines": {"mean_pose": {"mpjpe_mm": 187.7, "pck": 0.45}},
    "worst_clips": [
        {
            "subject": "S<1>", "action": "walk", "take": "2", "camera": "c&0",
            "first_frame": 30, "frames": 100, "valid_frames": 90, "mpjpe_mm": 91.26,
        },
        {
            "subject": "S2", "action": "run", "take": "1", "camera": "c1",
            "first_frame": 0, "frames": 40, "valid_frames": 40, "mpjpe_mm": 80.0,
        },
    ],
}  # fmt: skip


def rows(page):
    """The words of each cell of each row."""
    found = []
    for row in re.findall("<tr>(.*?)</tr>", page):
        cells = re.findall("<t[hd]>(.*?)</t[hd]>", row)
        found.append([re.sub("<.*?>", " ", cell).strip() for cell in cells])
    return found


def test_numbers_stand_with_their_intervals_beside_the_mean_pose():
    page = report_tables.headline(REPORT)
    assert rows(page) == [
        ["", "MPJPE", "PCK %"],
        ["all frames", "52.0  40.0 to 60.1", "94.1"],
        ["mean over actions", "55.0", "90.0"],
        ["mean pose, all frames", "187.7", "45.0"],
    ]
    assert "9 videos resampled" in page


def test_fourteen_joints_have_a_table_of_their_own():
    metrics = {**REPORT["metrics"], "mpjpe_14_mm": 60.0}
    page = report_tables.headline(
        {**REPORT, "metrics": metrics, "metrics_action_mean": metrics, "baselines": {}}
    )
    assert page.count("<table>") == 2
    assert rows(page)[3:] == [
        ["", "MPJPE (14)"],
        ["all frames", "60.0"],
        ["mean over actions", "60.0"],
    ]


def test_worst_clips_in_the_page_are_linked_and_names_are_no_markup():
    page = report_tables.worst(REPORT, ["S2/run/1/c1"])
    assert rows(page)[1:] == [
        ["S&lt;1&gt;/walk/2/c&amp;0", "30 to 129", "91.3"],
        ["S2/run/1/c1", "0 to 39", "80.0"],
    ]
    assert re.findall('href="(.*?)"', page) == ["#clip=1&amp;frame=0"]


def test_the_data_sets_own_tables_and_the_balance_are_shown():
    assert report_tables.further({}) == ""
    cell = {"S1": 20.04, "S2": 10.0}
    estimate = {
        "metrics": {"mpjpe_mm": 64.4},
        "intervals": {"mpjpe_mm": {"low": 60.0, "high": 70.0}},
    }
    page = report_tables.further(
        {
            "protocols": {"humaneva": {"cells": {"Walking": cell}, "average": 15.02}},
            "estimates": {"xyz": estimate},
        }
    )
    assert "average of the six 15.0" in page
    found = rows(page)
    assert found[:2] == [["", "S1", "S2"], ["Walking", "20.0", "10.0"]]
    assert found[3][:3] == ["xyz", "64.4  60.0 to 70.0", "-"]
    assert "keypoints and image size, nothing else" in page


def test_a_worst_joint_is_linked_to_the_frame_that_shows_it_worst():
    skeleton = skeletons.get("human36m_17")
    target = np.zeros((4, 17, 3))
    positions = np.zeros((4, 17, 3))
    wrist = skeleton.joints.index("left_wrist")
    positions[1, wrist] = [0.0, 0.3, 0.4]
    positions[3, wrist] = [9.0, 0.0, 0.0]  # Not valid, so not to be linked.
    person = Person("1", 20, np.zeros((4, 17, 2)), positions, target)
    clip = Clip("a", 50.0, (100, 100), skeleton, (person,))
    errors = np.array([0.0, 29.4, 0.0, np.nan])
    shown = report_clips.ReportClip("a", clip, errors, errors, None, None)
    worst = [{"joint": "left_wrist", "mpjpe_mm": 97.2, "p_mpjpe_mm": 80.0}]
    page = report_tables.worst_joints({"worst_joints": worst}, [shown])
    assert rows(page)[1] == ["left_wrist", "97.2", "frame 21 of clip 1, 500 mm"]
    assert 'href="#clip=1&amp;frame=21"' in page
    assert rows(report_tables.worst_joints({"worst_joints": worst}, []))[1][2] == "-"
