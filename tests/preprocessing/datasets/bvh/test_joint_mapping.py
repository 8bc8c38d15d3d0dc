import json
import re

import numpy as np
import pytest
from support.datasets import bvh_documents as documents

from dgnet_tf.errors import UserError
from preprocessing.datasets.bvh import files, joint_mapping, mappings, placement

JOINTS = joint_mapping.SKELETON.joints


def flat(*names):
    """A hierarchy of joints that all hang from the first, one unit apart."""
    children = [
        (name, (index + 1, 0, 0), "Zrotation", [("End Site", (0, 0.5, 0))])
        for index, name in enumerate(names[1:])
    ]
    return (names[0], (0, 0, 0), documents.ROOT, children)


def hierarchy(folder, tree):
    return files.read_rest(documents.write(folder / "a.bvh", tree, [])).hierarchy


def person(limbs, *others):
    """Names of joints: `limbs` of both sides, in patterns, and others."""
    sides = (("Left", "l", "L"), ("Right", "r", "R"))
    patterns = limbs.split(", ")
    return (*others, *(name.format(*side) for side in sides for name in patterns))


HUMANIK = "{0}UpLeg, {0}Leg, {0}Foot, {0}Arm, {0}ForeArm, {0}Hand"
BIOVISION = "{0}Hip, {0}Knee, {0}Ankle, {0}Shoulder, {0}Elbow, {0}Wrist"
NAMINGS = [
    ("cmu", person(
        f"{HUMANIK}, {{2}}HipJoint, {{0}}Shoulder",
        *"Hips LowerBack Spine Spine1 Neck Neck1 Head".split(),
    )),
    ("daz", person(
        "{1}Thigh, {1}Shin, {1}Foot, {1}Shldr, {1}ForeArm, {1}Hand, {1}Buttock",
        *"hip abdomen chest neck head".split(),
    )),
    ("mixamo", tuple(f"mixamorig:{name}" for name in person(
        HUMANIK, *"Hips Spine Spine1 Spine2 Neck Head HeadTop_End".split()
    ))),
    ("neuron", person(
        f"{HUMANIK}, {{0}}InHandIndex",
        *"Hips Spine Spine1 Spine2 Spine3 Neck Head".split(),
    )),
    ("rokoko", person(HUMANIK, *"Hips Spine Spine1 Spine2 Spine3 Neck Head".split())),
    ("rokoko", person(
        "{0}Thigh, {0}Shin, {0}Foot, {0}Toe, {0}Shoulder, {0}Arm, {0}ForeArm, {0}Hand",
        *"Hips Spine1 Spine2 Spine3 Spine4 Neck Head".split(),
    )),
    ("motionbuilder", person(HUMANIK, *"Hips Spine Spine1 Spine2 Neck Head".split())),
    ("motionbuilder", tuple(f"Character1_{name}" for name in person(
        f"{HUMANIK}, {{0}}Shoulder", *"Hips Spine Neck Head".split()
    ))),
    ("motionbuilder", tuple(f"a:b_{name}" for name in person(
        HUMANIK, *"Hips Neck Head".split()
    ))),
    ("xsens", person(
        f"{BIOVISION}, {{0}}Collar, {{0}}Toe",
        *"Hips Chest Chest2 Chest3 Chest4 Neck Head".split(),
    )),
    ("xsens", person(
        "{0}UpperLeg, {0}LowerLeg, {0}Foot, {0}UpperArm, {0}ForeArm, {0}Hand",
        *"Pelvis L5 L3 T12 T8 Neck Head".split(),
    )),
    ("xsens", person(
        "{0} Upper Leg, {0} Lower Leg, {0} Foot, {0} Upper Arm, {0} Forearm, {0} Hand",
        *"Pelvis L5 L3 T12 T8 Neck Head".split(),
    )),
    ("biovision", person(BIOVISION, *"Hips Chest Neck Head".split())),
    ("biped", ("Bip01", *(f"Bip01 {name}" for name in person(
        "{2} Thigh, {2} Calf, {2} Foot, {2} Clavicle, {2} UpperArm, {2} Forearm, "
        "{2} Hand",
        *"Pelvis Spine Spine1 Neck Head".split(),
    )))),
    ("unreal", person(
        "thigh_{1}, calf_{1}, foot_{1}, upperarm_{1}, lowerarm_{1}, hand_{1}",
        *"root pelvis spine_01 spine_02 spine_03 neck_01 head".split(),
    )),
    ("unity", person(
        "{0}UpperLeg, {0}LowerLeg, {0}Foot, {0}UpperArm, {0}LowerArm, {0}Hand",
        *"Hips Spine Chest UpperChest Neck Head".split(),
    )),
    ("optitrack", person(
        "{2}Thigh, {2}Shin, {2}Foot, {2}UArm, {2}FArm, {2}Hand, {2}Shoulder",
        *"Hip Ab Chest Neck Head".split(),
    )),
    ("smpl", person(
        "{2}_Hip, {2}_Knee, {2}_Ankle, {2}_Foot, {2}_Shoulder, {2}_Elbow, {2}_Wrist",
        *"Pelvis Spine1 Spine2 Spine3 Neck Head".split(),
    )),
    ("human36m_17", JOINTS),
]  # fmt: skip


def right_of(left):
    words = {"Left": "Right", "left": "right", "_l$": "_r", r"\bL": "R", "^l": "r"}
    for pattern, word in words.items():
        if re.search(pattern, left):
            return re.sub(pattern, word, left)
    raise AssertionError(left)


@pytest.mark.parametrize(("naming", "names"), NAMINGS)
def test_known_namings_are_recognised(tmp_path, naming, names):
    found = hierarchy(tmp_path, flat(*names))
    mapping = mappings.choose("a.bvh", found)
    assert mapping.name == naming
    assert mapping == mappings.choose("a.bvh", found, mappings.named(naming))
    weights = dict(zip(JOINTS, mapping.weights(found), strict=True))
    assert len(weights) == 17
    limbs = {side: [] for side in ("left", "right")}
    for side in limbs:
        for joint in ("hip", "knee", "ankle", "shoulder", "elbow", "wrist"):
            (index,) = weights[f"{side}_{joint}"]
            limbs[side].append(found.names[index])
    for left, right in zip(*limbs.values(), strict=True):
        assert right == right_of(left)
    assert len({*limbs["left"], *limbs["right"]}) == 12
    if naming != "human36m_17":
        hips = sorted((*weights["left_hip"], *weights["right_hip"]))
        assert sorted(weights["hip"]) == hips
    for joint, pairs in weights.items():
        left_open = joint in ("spine", "head") and not pairs
        assert left_open or sum(pairs.values()) == pytest.approx(1.0)


SPELLINGS = {
    "lower": str.lower,
    "upper": str.upper,
    "snake": lambda name: re.sub(r"(?<=[a-z])(?=[A-Z])", "_", name).lower(),
    "spaced": lambda name: re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name),
    "armature": lambda name: f"Armature|{name}",
}


@pytest.mark.parametrize("spelling", SPELLINGS)
@pytest.mark.parametrize("naming", ["motionbuilder", "rokoko", "biovision", "unity"])
def test_capitals_and_signs_between_words_do_not_matter(tmp_path, naming, spelling):
    names = next(names for known, names in NAMINGS if known == naming)
    plain = hierarchy(tmp_path, flat(*names))
    spelt = hierarchy(tmp_path, flat(*map(SPELLINGS[spelling], names)))
    expected, found = (mappings.choose("a.bvh", one) for one in (plain, spelt))
    assert found.name == expected.name
    assert found.weights(spelt) == expected.weights(plain)


def test_every_name_can_be_asked_for():
    assert set(mappings.NAMES) == {naming for naming, _ in NAMINGS}


BIOVISION_NAMES = person(BIOVISION, "Hips", "Chest", "Neck", "Head")


def test_limbs_go_to_the_joints_of_their_names(tmp_path):
    found = hierarchy(tmp_path, flat(*BIOVISION_NAMES))
    (mapping,) = mappings.named("biovision")
    order = [
        found.names[next(iter(pairs))] if pairs else ""
        for pairs in mapping.weights(found)[1:]
    ]
    assert order == [
        "RightHip", "RightKnee", "RightAnkle", "LeftHip", "LeftKnee", "LeftAnkle",
        "", "Neck", "Head", "", "LeftShoulder", "LeftElbow", "LeftWrist",
        "RightShoulder", "RightElbow", "RightWrist",
    ]  # fmt: skip


def test_an_unknown_naming_is_a_clear_error_that_says_what_to_write(tmp_path):
    names = ["Knee" if name == "LeftKnee" else name for name in BIOVISION_NAMES]
    found = hierarchy(tmp_path, flat(*names))
    with pytest.raises(UserError) as error:
        mappings.choose("x.bvh", found)
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
    (mapping,) = mappings.named(path)
    names = [joint.replace("_", "").upper() for joint in JOINTS]
    found = hierarchy(tmp_path, flat(*names))
    assert mappings.choose("a.bvh", found, (mapping,)) == mapping
    motion = files.Motion(found, np.zeros((1, sum(map(len, found.channels)))), 50.0)
    (rest,) = placement.place("a.bvh", mapping, motion).poses(motion)
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
    names = list(BIOVISION_NAMES)
    names[names.index("LeftKnee")] = "RightKnee"
    found = hierarchy(tmp_path, flat(*names))
    with pytest.raises(UserError, match="x.bvh: has no joint 'RightKnee', 'LeftKnee'"):
        mappings.choose("x.bvh", found, mappings.named("biovision"))


def test_joints_in_one_place_are_a_clear_error(tmp_path):
    names = [joint.replace("_", "").upper() for joint in JOINTS]
    found = hierarchy(tmp_path, flat(*names))
    (mapping,) = mappings.named(write_json(tmp_path, head="NECK"))
    motion = files.Motion(found, np.zeros((1, sum(map(len, found.channels)))), 50.0)
    with pytest.raises(UserError, match="puts 'head' where 'neck' is"):
        placement.place("x.bvh", mapping, motion)


def test_endless_names_are_shown_short(tmp_path):
    found = hierarchy(
        tmp_path, flat(*(f"{'x' * 9000}{number}" for number in range(99)))
    )
    with pytest.raises(UserError) as error:
        mappings.choose("x.bvh", found)
    assert "--mapping=FILE.json" in str(error.value) and len(str(error.value)) < 2100
