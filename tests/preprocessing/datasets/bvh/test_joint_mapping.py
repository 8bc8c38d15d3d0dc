import json

import numpy as np
import pytest
from support.datasets import bvh_documents as documents

from dgnet_tf.errors import UserError
from preprocessing.datasets.bvh import files, joint_mapping, mappings

JOINTS = joint_mapping.SKELETON.joints
LIMBS = {
    "cmu": ("LeftUpLeg", "LeftLeg", "LeftFoot", "LeftArm", "LeftForeArm", "LeftHand"),
    "biovision": (
        "LeftHip", "LeftKnee", "LeftAnkle", "LeftShoulder", "LeftElbow", "LeftWrist",
    ),
    "daz": ("lThigh", "lShin", "lFoot", "lShldr", "lForeArm", "lHand"),
}  # fmt: skip


def flat(*names):
    """A hierarchy of joints that all hang from the first, one unit apart."""
    children = [
        (name, (index + 1, 0, 0), "Zrotation", [("End Site", (0, 0.5, 0))])
        for index, name in enumerate(names[1:])
    ]
    return (names[0], (0, 0, 0), documents.ROOT, children)


def hierarchy(folder, tree):
    return files.read_hierarchy(documents.write(folder / "a.bvh", tree, []))


def right(names):
    return [
        "r" + name[1:] if name[0] == "l" else name.replace("Left", "Right")
        for name in names
    ]


def skeleton_names(naming, *others):
    left = LIMBS[naming]
    return (*others, *left, *right(left))


NAMINGS = [
    ("cmu", skeleton_names(
        "cmu", "Hips", "LHipJoint", "RHipJoint", "LowerBack", "Spine", "Spine1",
        "Neck", "Neck1", "Head", "LeftShoulder", "RightShoulder",
    )),
    ("daz", skeleton_names(
        "daz", "hip", "abdomen", "chest", "neck", "head", "lButtock", "rButtock",
    )),
    ("mixamo", [f"mixamorig:{name}" for name in skeleton_names(
        "cmu", "Hips", "Spine", "Spine1", "Spine2", "Neck", "Head", "HeadTop_End",
    )]),
    ("motionbuilder", skeleton_names(
        "cmu", "Hips", "Spine", "Spine1", "Spine2", "Neck", "Head",
    )),
    ("biovision", skeleton_names("biovision", "Hips", "Chest", "Neck", "Head")),
]  # fmt: skip


@pytest.mark.parametrize(("naming", "names"), NAMINGS)
def test_known_namings_are_recognised(tmp_path, naming, names):
    found = hierarchy(tmp_path, flat(*names))
    mapping = mappings.recognise("a.bvh", found)
    assert mapping.name == naming
    assert mappings.named(naming) == mapping
    weights = dict(zip(JOINTS, mapping.weights(found), strict=True))
    assert len(weights) == 17
    for side in ("left", "right"):
        for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"):
            (index,) = weights[f"{side}_{joint}"]
            name = found.names[index].split(":")[-1]
            assert name.startswith((side.capitalize(), f"{side[0]}"))
    hips = sorted((*weights["left_hip"], *weights["right_hip"]))
    assert sorted(weights["hip"]) == hips
    for pairs in weights.values():
        assert sum(pairs.values()) == pytest.approx(1.0)


def test_limbs_go_to_the_joints_of_their_names(tmp_path):
    found = hierarchy(tmp_path, flat(*NAMINGS[-1][1]))
    weights = mappings.named("biovision").weights(found)
    order = [found.names[next(iter(pairs))] for pairs in weights[1:]]
    assert order == [
        "RightHip", "RightKnee", "RightAnkle", "LeftHip", "LeftKnee", "LeftAnkle",
        "Chest", "Neck", "Head", "Head/end", "LeftShoulder", "LeftElbow", "LeftWrist",
        "RightShoulder", "RightElbow", "RightWrist",
    ]  # fmt: skip


def test_an_unknown_naming_is_a_clear_error_that_says_what_to_write(tmp_path):
    names = ["Knee" if name == "LeftKnee" else name for name in NAMINGS[-1][1]]
    found = hierarchy(tmp_path, flat(*names))
    with pytest.raises(UserError) as error:
        mappings.recognise("x.bvh", found)
    text = str(error.value)
    assert text.startswith("x.bvh: its joints have no known naming; 'LeftKnee' of")
    assert "'biovision'" in text and "--mapping=FILE.json" in text
    assert "left_elbow" in text and "'RightWrist'" in text


def write_json(folder, **changes):
    person = {joint: joint.replace("_", "").upper() for joint in JOINTS}
    content = {**person, **changes}
    path = folder / "mine.json"
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))
    return str(path)


def test_a_json_mapping_gives_names_means_and_weights(tmp_path):
    path = write_json(
        tmp_path,
        hip=["LEFTHIP", "RIGHTHIP"],
        head={"HEAD": 1.5, "NECK": -0.5},
        left_wrist="LEFTWRIST/end",
    )
    mapping = mappings.named(path)
    names = [joint.replace("_", "").upper() for joint in JOINTS]
    found = hierarchy(tmp_path, flat(*names))
    joint_mapping.check("a.bvh", mapping, found)
    rest = joint_mapping.rest_pose(mapping, found)
    by_name = dict(zip(names, rest, strict=True))
    expected = {name: np.array([index, 0.0, 0.0]) for index, name in enumerate(names)}
    expected["HIP"] = (expected["LEFTHIP"] + expected["RIGHTHIP"]) / 2
    expected["HEAD"] = 1.5 * expected["HEAD"] - 0.5 * expected["NECK"]
    expected["LEFTWRIST"] = expected["LEFTWRIST"] + [0, 0.5, 0]
    for name in names:
        np.testing.assert_allclose(by_name[name], expected[name], err_msg=name)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"hip": None}, "missing 'hip', unknown none"),
        ({"tail": "Tail"}, "missing none, unknown 'tail'"),
        ({"hip": 3}, "'hip' must be a joint's name"),
        ({"hip": []}, "'hip' must be"),
        ({"hip": ["A", 1]}, "'hip' must be"),
        ({"hip": ["A", "A"]}, "'hip' must be"),
        ({"hip": {"A": 0.4, "B": 0.4}}, "'hip' must be .* sum to 1"),
        ({"hip": {"A": True}}, "'hip' must be"),
        ({"hip": {"A": float("nan")}}, "'hip' must be"),
        ({"hip": {"A": "1"}}, "'hip' must be"),
    ],
)
def test_a_json_that_is_no_mapping_is_a_clear_error(tmp_path, changes, message):
    with pytest.raises(UserError, match=f"mine.json: .*{message}"):
        mappings.named(write_json(tmp_path, **changes))


@pytest.mark.parametrize("text", ["", "{", "[]", "7", "[" * 100000, "\ud800"])
def test_a_file_that_is_no_json_object_is_a_clear_error(tmp_path, text):
    path = tmp_path / "mine.json"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    with pytest.raises(UserError, match="mine.json: "):
        mappings.named(str(path))


def test_a_mapping_that_is_neither_known_nor_a_file_is_a_clear_error():
    with pytest.raises(
        UserError, match="--mapping=maya: must be cmu, daz, .*or a JSON"
    ):
        mappings.named("maya")


def test_missing_and_doubled_joints_are_named(tmp_path):
    mapping = mappings.named("biovision")
    names = list(NAMINGS[-1][1])
    names[names.index("LeftKnee")] = "RightKnee"
    found = hierarchy(tmp_path, flat(*names))
    with pytest.raises(UserError, match="x.bvh: has no joint 'RightKnee', 'LeftKnee'"):
        joint_mapping.check("x.bvh", mapping, found)


def test_joints_in_one_place_are_a_clear_error(tmp_path):
    names = [joint.replace("_", "").upper() for joint in JOINTS]
    found = hierarchy(tmp_path, flat(*names))
    mapping = mappings.named(write_json(tmp_path, head="NECK"))
    with pytest.raises(UserError, match="puts 'head' where 'neck' is"):
        joint_mapping.check("x.bvh", mapping, found)
