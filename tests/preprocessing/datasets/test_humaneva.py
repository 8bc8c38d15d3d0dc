import json

import numpy as np
import pytest
from support.datasets import humaneva_files

import dgnet_tf
from dgnet_tf.data import manifest, views
from dgnet_tf.errors import UserError
from preprocessing.conversion import pipeline
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets import humaneva

DETECTIONS = "data_2d_humaneva15_detectron_pt_coco.npz"


@pytest.fixture(scope="module")
def source(tmp_path_factory):
    folder = tmp_path_factory.mktemp("humaneva")
    detected = humaneva_files.coco(humaneva_files.keypoints())
    return humaneva_files.write(folder, detected=detected)


@pytest.fixture(scope="module")
def dataset(source):
    return humaneva.read(source)


@pytest.fixture(scope="module")
def converted(dataset, tmp_path_factory):
    """Returns the folder and the lines of the checks."""
    folder, lines = tmp_path_factory.mktemp("converted") / "out", []
    pipeline.convert(
        dataset,
        folder,
        record_frames=16,
        record_overlap=4,
        validation_subjects=[],
        show=lines.append,
    )
    return folder, lines


def test_each_chunk_is_seen_by_three_cameras_as_it_was(converted):
    folder, _ = converted
    world, truth = humaneva_files.world(), humaneva_files.keypoints()
    names = set()
    for split, part in (("train", "Train"), ("test", "Validate")):
        for view in views.load_views(folder, split):
            person, _, own_part = view.subject.partition("_")
            assert own_part == part.lower() and view.fps == 60.0
            assert view.action == view.take.split(" ")[0]
            assert view.image_size.tolist() == [640, 480] and view.valid.all()
            key, camera = f"{part}/{person}", ("C1", "C2", "C3").index(view.camera)
            chunk = world[key][view.take]
            expected = humaneva_files.in_camera(chunk, person, camera)
            np.testing.assert_allclose(view.positions, expected, atol=1e-4)
            np.testing.assert_array_equal(view.keypoints, truth[key][view.take][camera])
            assert (view.confidence == 1).all()
            known = humaneva_files.camera(person, camera)[0]
            np.testing.assert_allclose(view.intrinsics[:4], known[:4], atol=0.05)
            names.add((key, view.take, view.camera))
    chunks = [
        (key, c[0]) for key, found in humaneva_files.SEQUENCES.items() for c in found
    ]
    assert names == {(*chunk, f"C{i}") for chunk in chunks for i in (1, 2, 3)}


def test_known_points_by_camera_and_frame(converted):
    folder, _ = converted
    world = humaneva_files.world()["Validate/S2"]["Jog 1 chunk0"]
    found = {
        (view.take, view.camera): view
        for view in views.load_views(folder, "test")
        if view.subject == "S2_validate"
    }
    for camera, frame, joint in ((0, 0, 0), (1, 17, 4), (2, 32, 13)):
        view = found["Jog 1 chunk0", f"C{camera + 1}"]
        intrinsics, rotation, center = humaneva_files.camera("S2", camera)
        x, y, z = rotation.dot(world[frame, joint].astype(float) - center)
        np.testing.assert_allclose(view.positions[frame, joint], [x, y, z], atol=1e-4)
        x, y, r2 = x / z, y / z, (x * x + y * y) / z**2
        k1, k2, k3, p1, p2 = intrinsics[4:]
        scale = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3 + p1 * y + p2 * x
        u = intrinsics[0] * (x * scale + p2 * r2) + intrinsics[2]
        v = intrinsics[1] * (y * scale + p1 * r2) + intrinsics[3]
        np.testing.assert_allclose(view.keypoints[frame, joint], [u, v], atol=0.01)


def test_windows_hold_the_15_joints_of_both_people(converted):
    folder, _ = converted
    batches = dgnet_tf.load_windows(folder, split="test", frames=4, batch_size=8)
    assert all(b[0].shape[1:] == (4, 15, 2) for b in batches.take(2))
    content = manifest.read(folder)
    assert content.skeleton == "humaneva_15" and content.fps == 60.0
    assert content.splits["train"].subjects == ("S1_train", "S2_train")
    assert content.splits["test"].subjects == ("S1_validate", "S2_validate")
    frames = {name: split.frames for name, split in content.splits.items()}
    assert frames == {"train": 3 * (40 + 23 + 50 + 12), "test": 3 * (31 + 30 + 33)}


def test_the_manifest_says_where_the_cameras_come_from(converted):
    options = json.loads((converted[0] / "dataset.json").read_text())["options"]
    assert options["cameras"] == "recovered from 3-D and 2-D ground truth"
    assert options["detections"] is None
    residuals = options["reprojection_px"]
    assert set(residuals) == {f"S{p} C{c}" for p in (1, 2) for c in (1, 2, 3)}
    assert max(residuals.values()) <= 0.01


def test_the_checks_know_that_both_parts_are_the_same_people(converted):
    _, lines = converted
    told = "ok: S1, S2 are in train and test, as in the data set's protocol"
    assert told in lines
    assert [line for line in lines if "projected" in line][0].startswith("ok: ")


def test_coco_detections_become_the_15_joints(source, dataset):
    detected = humaneva.read(source, detections=source / DETECTIONS)
    assert set(detected.sources) == {
        "data_3d_humaneva15.npz",
        "data_2d_humaneva15_gt.npz",
        DETECTIONS,
    }
    assert detected.options["detections"] == DETECTIONS
    found = _views(detected)
    truth = {v.subject + v.take + v.camera: v for v in _views(dataset)}
    assert len(found) == len(truth) == 21
    for view in found:
        own = truth[view.subject + view.take + view.camera]
        np.testing.assert_array_equal(view.positions, own.positions)
        np.testing.assert_array_equal(view.intrinsics, own.intrinsics)
        limbs = [*range(2, 15)]  # Head at the nose.
        np.testing.assert_allclose(
            view.keypoints[:, limbs], own.keypoints[:, limbs] + 3, atol=1e-3
        )
        middles = [own.keypoints[:, [8, 11]].mean(1), own.keypoints[:, [2, 5]].mean(1)]
        np.testing.assert_allclose(
            view.keypoints[:, :2], np.stack(middles, axis=1) + 3, atol=1e-3
        )


def _views(dataset):
    return [view for recording in dataset.recordings for view in recording.load()]


def test_keypoints_beyond_the_motion_capture_are_cut_never_the_other_way(tmp_path):
    truth = humaneva_files.keypoints()
    arrays = truth["Train/S2"]["Jog 1 chunk4"]
    longer = [np.concatenate([a, a[-3:] + 500]) for a in arrays]
    truth["Train/S2"]["Jog 1 chunk4"] = longer
    dataset = humaneva.read(humaneva_files.write(tmp_path / "longer", truth=truth))
    (view, *_) = [v for v in _views(dataset) if v.take == "Jog 1 chunk4"]
    np.testing.assert_array_equal(view.keypoints, arrays[0])
    truth["Train/S2"]["Jog 1 chunk4"] = [a[:-1] for a in arrays]
    with pytest.raises(UserError, match="'Jog 1 chunk4'.*49 frames.*positions have 50"):
        humaneva.read(humaneva_files.write(tmp_path / "shorter", truth=truth))


def test_exchanged_cameras_are_refused(tmp_path):
    truth = humaneva_files.keypoints()
    truth["Train/S1"]["Walking 1 chunk0"].reverse()
    folder = humaneva_files.write(tmp_path, truth=truth)
    with pytest.raises(UserError, match="camera C1 of S1: the camera that fits best"):
        humaneva.read(folder)


def test_positions_in_millimetres_are_refused_or_recognised(tmp_path):
    world = humaneva_files.world()
    truth = humaneva_files.keypoints(world)
    world = {k: {n: c * 1000 for n, c in found.items()} for k, found in world.items()}
    folder = humaneva_files.write(tmp_path / "source", positions=world, truth=truth)
    lines = []
    pipeline.convert(humaneva.read(folder), tmp_path / "out", show=lines.append)
    assert any("the source seems to be in millimetres" in line for line in lines)


@pytest.mark.parametrize(
    "missing", ["data_3d_humaneva15.npz", "data_2d_humaneva15_gt.npz"]
)
def test_a_missing_file_is_named_with_what_is_needed(tmp_path, missing):
    folder = humaneva_files.write(tmp_path)
    (folder / missing).unlink()
    with pytest.raises(MissingSource, match=f"{missing}: not found. --source must be"):
        humaneva.read(folder)


def test_missing_detections_are_named(source, tmp_path):
    with pytest.raises(MissingSource, match="none.npz: not found"):
        humaneva.read(source, detections=tmp_path / "none.npz")


def change(key, chunk, value):
    def changed(world):
        if chunk is None:
            world[key] = value
        else:
            world[key] = {**world.get(key, {}), chunk: value}
        return world

    return changed


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        (lambda world: {}, "holds no sequences. A file of a few hundred bytes"),
        (lambda world: {"Unlabeled/S4": {"x": 1}}, "holds no sequences"),
        (lambda world: [world], "positions_3d must be a dict; it is a list"),
        (change("Train/S1", None, 5), "'Train/S1'. must be a dict; it is a int"),
        (change("S1", None, {"Jog 1": 1}), "subjects must be named Train/S1"),
        (change("Train/S1/x", None, {"Jog 1": 1}), "subjects must be named Train/S1"),
        (change(7, None, {}), "its keys must be names, one is 7"),
        (change("Train/S1", "a/b", 1), "not a name like 'Walking 1 chunk0'"),
        (change("Train/S1", " chunk0", 1), "not a name like 'Walking 1 chunk0'"),
        (change("Train/S1", "Box \ud800", 1), "its keys must be names"),
        (change("Train/S1", "Box 1", [1.0]), "is list; positions must be"),
        (change("Train/S1", "Box 1", np.zeros((5, 20, 3))), "must be .frames, 15, 3."),
        (
            change("Train/S1", "Box 1", np.full((5, 15, 3), np.nan)),
            "5 of 5 frames hold",
        ),
        (change("Train/S1", "Box 1", np.zeros((0, 15, 3))), "has no frames"),
        (
            change("Train/S1", "Box 1", np.zeros((5, 15, 3), int)),
            "is int64; positions must be",
        ),
        (change("Train/S1", "Box 1", np.full((5, 15, 3), 1e30)), "Are these metres"),
        (change("Train/S1", "Box 1", np.ones((5, 15, 3))), "'Box 1'.: not there"),
        (change("Train/S3", "Box 1", np.ones((5, 15, 3))), "'Train/S3'.*: not there"),
    ],
)
def test_other_positions_are_refused_by_name(tmp_path, changed, reason):
    truth = humaneva_files.keypoints()
    folder = humaneva_files.write(
        tmp_path, positions=changed(humaneva_files.world()), truth=truth
    )
    with pytest.raises(UserError, match=f"data_.*npz: .*{reason}"):
        humaneva.read(folder)


def test_people_who_do_not_move_determine_no_camera(tmp_path):
    world = {"Train/S1": {"Box 1 chunk0": np.ones((9, 15, 3), np.float32)}}
    folder = humaneva_files.write(tmp_path, positions=world)
    with pytest.raises(UserError, match="camera C1 of S1: cannot be recovered"):
        humaneva.read(folder)
