import pickle

import numpy as np
import pytest
from support.datasets import bvh_documents as documents

from dgnet_tf.data.views import load_views
from dgnet_tf.errors import UserError
from dgnet_tf.files import provenance
from preprocessing.cameras.camera_rig import Rig
from preprocessing.conversion import pipeline
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets.bvh import bvh, choices

FRAMES = 61
EDGES = bvh.SKELETON.edges
# How the 17 joints stand in CMU's naming, written down a second time.
CMU = (
    "LeftUpLeg RightUpLeg", "RightUpLeg", "RightLeg", "RightFoot", "LeftUpLeg",
    "LeftLeg", "LeftFoot", "Spine", "Neck", "Neck1 Head", "Head Head/end", "LeftArm",
    "LeftForeArm", "LeftHand", "RightArm", "RightForeArm", "RightHand",
)  # fmt: skip


def write(path, unit=0.01, frame_time="0.01", **options):
    tree = documents.person(unit=unit)
    rows = documents.motion(tree, FRAMES, unit)
    return documents.write(path, tree, rows, frame_time=frame_time, **options)


def whole(tree):
    """The tree with CMU's thorax bone put back: as long as the one below."""
    name, offset, *rest = tree
    if not rest:
        return tree
    channels, children = rest
    if name == "Spine1":
        children = [(n, offset, *more) for n, _, *more in children]
    return (name, offset, channels, [whole(child) for child in children])


def expected(unit=0.01, up="y", step=2):
    """The 17 joints in metres, by plain loops, but for the height of the floor."""
    tree = documents.person(unit=unit)
    frames = []
    for row in documents.motion(tree, FRAMES, unit)[1::step]:
        places = documents.pose(whole(tree), row)
        joints = [[places[n] for n in names.split()] for names in CMU]
        frames.append([np.mean(joint, axis=0) for joint in joints])
    joints = np.array(frames) * unit
    if up == "y":
        joints = np.stack([joints[..., 0], -joints[..., 2], joints[..., 1]], axis=-1)
    lower = np.minimum(joints[:, 3, 2], joints[:, 6, 2])
    return joints - [0, 0, np.percentile(lower, 5) - 0.07]


def test_positions_are_the_files_in_metres_z_up_with_the_floor_at_zero(tmp_path):
    (take,) = bvh.takes(write(tmp_path / "07_01.bvh"))
    sequence = take.sequence()
    assert sequence.fps == 50.0
    assert sequence.positions.shape == (30, 17, 3)  # 60 at 100 a second.
    np.testing.assert_allclose(sequence.positions, expected(), atol=1e-6)


@pytest.mark.parametrize(
    ("unit", "name"),
    [
        (0.001, "millimetres"),
        (0.01, "centimetres"),
        (0.0254, "inches"),
        (0.0254 / 0.45, "CMU's units"),
        (1.0, "metres"),
    ],
)
def test_the_unit_is_recognised_and_said(tmp_path, capsys, unit, name):
    (take,) = bvh.takes(write(tmp_path / "07_01.bvh", unit))
    assert take.scale == unit
    said = capsys.readouterr().err
    assert f"lengths are taken to be in {name}" in said
    assert "1.61 to 1.61 m from ankle to head" in said and f"--scale={unit!r}" in said
    np.testing.assert_allclose(take.sequence().positions, expected(unit), atol=1e-4)


def test_a_scale_is_taken_as_given_and_not_said(tmp_path, capsys):
    (take,) = bvh.takes(write(tmp_path / "07_01.bvh"), scale=0.012)
    assert "lengths" not in capsys.readouterr().err
    positions, normal = take.sequence().positions, expected()
    moved = (positions - positions[0, 0]) / 1.2
    np.testing.assert_allclose(moved, normal - normal[0, 0], atol=1e-6)


@pytest.mark.parametrize("unit", [0.0001, 0.1, 0.025 / 4, 10.0])
def test_an_unknown_unit_is_a_clear_error(tmp_path, unit):
    with pytest.raises(UserError, match="07_01.bvh: the unit of length is unclear"):
        bvh.takes(write(tmp_path / "07_01.bvh", unit))


def test_files_in_two_units_are_a_clear_error(tmp_path):
    write(tmp_path / "a" / "1.bvh", 0.01)
    write(tmp_path / "b" / "1.bvh", 1.0)
    with pytest.raises(UserError, match="b/1.bvh: the unit.*a/1.bvh 161.*--scale"):
        bvh.takes(tmp_path)


def test_no_length_is_a_persons_in_two_units():
    scales = sorted(choices.UNITS.values())
    span = choices.PERSON[1] / choices.PERSON[0]
    assert all(b / a > span for a, b in zip(scales, scales[1:], strict=False))


def test_a_file_with_z_up_is_not_turned(tmp_path):
    (take,) = bvh.takes(write(tmp_path / "07_01.bvh"), up="z")
    np.testing.assert_allclose(take.sequence().positions, expected(up="z"), atol=1e-6)


def test_cmus_first_frame_a_t_pose_is_dropped_unless_told_otherwise(tmp_path):
    path = write(tmp_path / "07_01.bvh")
    lengths = [
        len(bvh.takes(path, skip_frames=skip, fps=100.0)[0].sequence().positions)
        for skip in (None, 0, 1, 5)
    ]
    assert lengths == [60, 61, 60, 56]
    (take,) = bvh.takes(path, skip_frames=FRAMES)
    with pytest.raises(UserError, match="has 61 frames, of which 61 are skipped"):
        take.sequence()


def test_cmus_lost_thorax_bone_is_put_back(tmp_path):
    (take,) = bvh.takes(write(tmp_path / "07_01.bvh"))
    positions = take.sequence().positions
    thorax, spine, shoulder = positions[:, 8], positions[:, 7], positions[:, 11]
    assert np.linalg.norm(thorax - spine, axis=1).min() > 0.23  # 0.12 + 0.12 m, bent.
    # The collar bone keeps its length and starts at the thorax.
    collar = np.linalg.norm(shoulder - thorax, axis=1)
    np.testing.assert_allclose(collar, np.hypot(0.18, 0.03), atol=1e-4)


def test_a_record_holds_the_files_points_seen_by_pinhole_cameras(tmp_path):
    write(tmp_path / "in" / "07" / "walk" / "07_01.bvh")
    write(tmp_path / "in" / "08" / "walk" / "08_02.bvh")
    dataset = bvh.read(tmp_path / "in", Rig(2, seed=3))
    out = tmp_path / "out"
    content = pipeline.convert(
        dataset, out, test_subjects=["08"], show=lambda line: None
    )
    assert content.fps == 50.0 and content.skeleton == "human36m_17"
    assert set(content.sources) == {"07/walk/07_01.bvh", "08/walk/08_02.bvh"}
    assert content.options["mappings"] == ["cmu"]
    assert content.options["scale"] == 0.01
    assert content.options["skip_frames"] == [1]
    assert content.options["camera_seed"] == 3
    views = list(load_views(out, "test"))
    assert [view.camera for view in views] == ["virtual_0", "virtual_1"]
    world = expected()
    for view in views:
        names = (view.subject, view.action, view.take)
        assert names == ("08", "walk", "08_02")
        assert view.positions.shape == world.shape and view.valid.all()
        rotation, center = extrinsics(world, view.positions)
        np.testing.assert_allclose(rotation @ rotation.T, np.eye(3), atol=1e-5)
        assert np.linalg.det(rotation) == pytest.approx(1.0, abs=1e-5)
        np.testing.assert_allclose(
            view.positions, (world - center) @ rotation.T, atol=1e-4
        )
        seen = (world - center) @ rotation.T
        pixels = 1145.0 * seen[..., :2] / seen[..., 2:] + 500.0
        np.testing.assert_allclose(view.keypoints, pixels, atol=0.01)


def extrinsics(world, camera):
    """Recovers rotation and centre from points in both frames, by least squares."""
    points = np.hstack([world.reshape(-1, 3), np.ones((world[..., 0].size, 1))])
    solution, *_ = np.linalg.lstsq(
        points, camera.reshape(-1, 3).astype(float), rcond=None
    )
    rotation = solution[:3].T
    return rotation, -np.linalg.inv(rotation) @ solution[3]


def test_recordings_are_small_and_load_alike_in_another_process(tmp_path):
    write(tmp_path / "07_01.bvh")
    (recording,) = bvh.read(tmp_path, Rig(1)).recordings
    sent = pickle.dumps(recording)
    assert len(sent) < 5000
    (here,), (there,) = recording.load(), pickle.loads(sent).load()
    np.testing.assert_array_equal(here.positions, there.positions)
    np.testing.assert_array_equal(here.keypoints, there.keypoints)


def test_a_file_damaged_in_its_frames_stops_the_conversion_by_name(tmp_path):
    write(tmp_path / "in" / "07_01.bvh")
    write(tmp_path / "in" / "08_01.bvh", frames=62)
    dataset = bvh.read(tmp_path / "in", Rig(1))
    with pytest.raises(UserError, match="08_01.bvh: states 62 frames.*holds 61. "):
        pipeline.convert(dataset, tmp_path / "out", show=lambda line: None)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("anna/walk/1.bvh", ("anna", "walk", "1")),
        ("lab/anna/walk/1.bvh", ("anna", "walk", "1")),
        ("anna/1.BVH", ("anna", "motion", "1")),
        ("1.bvh", ("in", "motion", "1")),
        ("07_01.bvh", ("07", "motion", "07_01")),
        ("cmu/007/007_01.bvh", ("07", "motion", "007_01")),
        ("135/135_06.bvh", ("135", "motion", "135_06")),
        ("run/35_17.bvh", ("35", "run", "35_17")),
    ],
)
def test_recordings_are_named_by_folders_and_files(tmp_path, path, names):
    write(tmp_path / "in" / path)
    (take,) = bvh.takes(tmp_path / "in")
    assert (take.subject, take.action, take.take) == names


def test_two_files_of_one_name_are_a_clear_error(tmp_path):
    write(tmp_path / "a" / "07_01.bvh")
    write(tmp_path / "a" / "7" / "07_01.bvh")
    with pytest.raises(UserError, match="would be recording 07/motion/07_01, as"):
        bvh.takes(tmp_path / "a")


def test_leftovers_of_file_systems_are_no_recordings(tmp_path):
    write(tmp_path / "anna" / "walk.bvh")
    for name in ("._walk.bvh", ".hidden/a.bvh", "anna/._walk.bvh", "__MACOSX/._b.bvh"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"\x00\x05\x16\x07")
    (take,) = bvh.takes(tmp_path)
    assert (take.subject, take.take) == ("anna", "walk")


def test_sources_without_bvh_files_are_missing(tmp_path):
    (tmp_path / "a.txt").write_text("no motion")
    for source in (tmp_path, tmp_path / "none", tmp_path / "none.bvh"):
        with pytest.raises(MissingSource, match="found no \\*.bvh there"):
            bvh.read(source)


@pytest.mark.parametrize(
    ("options", "name"),
    [
        ({"up": "x"}, "up"),
        ({"scale": 0.0}, "scale"),
        ({"scale": float("nan")}, "scale"),
        ({"fps": 0.0}, "fps"),
        ({"skip_frames": -1}, "skip_frames"),
    ],
)
def test_wrong_options_are_named(tmp_path, options, name):
    with pytest.raises(ValueError, match=f"`{name}` must be"):
        bvh.takes(tmp_path, **options)


@pytest.mark.slow
def test_the_bytes_do_not_depend_on_workers(tmp_path):
    for name in ("07_01", "07_02", "08_01", "09_01", "10_01"):
        write(tmp_path / "in" / f"{name}.bvh")
    digests = set()
    for workers in (1, 2):
        dataset, out = bvh.read(tmp_path / "in", Rig(2)), tmp_path / str(workers)
        pipeline.convert(dataset, out, workers=workers, show=lambda line: None)
        files = sorted(out.iterdir())
        digests.add(tuple((file.name, provenance.sha256(file)) for file in files))
    assert len(digests) == 1 and len(digests.pop()) > 2
