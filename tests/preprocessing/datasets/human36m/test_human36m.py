import hashlib
import math

import numpy as np
import pytest
from support.datasets import human36m_sources as sources

import dgnet_tf
from dgnet_tf import skeletons
from dgnet_tf.data import manifest, views
from dgnet_tf.errors import UserError
from preprocessing.conversion import pipeline
from preprocessing.conversion.sequences import MissingSource
from preprocessing.datasets.human36m import human36m

FORMS = ("cdf", "mat", "h5", "npz")


def convert(dataset, output, **options):
    pipeline.convert(
        dataset, output, show=lambda line: None, record_frames=16, record_overlap=5,
        **options,
    )  # fmt: skip
    return output


@pytest.fixture(scope="module", params=FORMS)
def form(request):
    return request.param


@pytest.fixture(scope="module")
def converted(form, tmp_path_factory):
    folder = tmp_path_factory.mktemp(form)
    source = sources.write(folder / "source", form)
    return convert(human36m.read(source), folder / "out")


@pytest.fixture(scope="module")
def npz(tmp_path_factory):
    return sources.write(tmp_path_factory.mktemp("npz"), "npz")


@pytest.fixture(scope="module")
def found(converted):
    """Returns the views by split, subject, take and camera."""
    return {
        (split, view.subject, view.take, view.camera): view
        for split in manifest.read(converted).splits
        for view in views.load_views(converted, split)
    }


def in_camera(subject, take, index):
    """Loops over frames, joints and axes: R (X - T), metres."""
    frames = dict(((s, n), f) for s, n, f in sources.SEQUENCES)
    key = sources.TAKES[subject, take]
    world = sources.millimetres(*key, frames[key])[:, sources.OF_32] / 1000.0
    rotation, center = sources.placement(int(subject[1:]), index)
    positions = np.zeros_like(world)
    for frame, joints in enumerate(world):
        for joint, point in enumerate(joints):
            for axis in range(3):
                for other in range(3):
                    moved = point[other] - center[other]
                    positions[frame, joint, axis] += rotation[axis][other] * moved
    return positions


def pixels(point, index):
    """Human3.6M's projection of one point, term by term."""
    fx, fy, cx, cy, k1, k2, k3, p1, p2 = sources.intrinsics(index)
    x, y = point[0] / point[2], point[1] / point[2]
    r2 = x * x + y * y
    radial = 1 + k1 * r2 + k2 * r2**2 + k3 * r2**3
    tangential = p1 * y + p2 * x
    return (
        fx * (x * (radial + tangential) + p2 * r2) + cx,
        fy * (y * (radial + tangential) + p1 * r2) + cy,
    )


def test_every_form_gives_known_points_by_camera_and_frame(found):
    assert {(s, t) for _, s, t, _ in found} == set(sources.TAKES)
    assert len(found) == 4 * len(sources.TAKES)
    for (_, subject, take, camera), view in found.items():
        index = sources.CAMERAS.index(camera)
        expected = in_camera(subject, take, index)
        np.testing.assert_allclose(view.positions, expected, atol=1e-5)
        projected = [[pixels(p, index) for p in joints] for joints in expected]
        np.testing.assert_allclose(view.keypoints, projected, atol=2e-3)
        np.testing.assert_allclose(view.intrinsics, sources.intrinsics(index))
        assert view.valid.all() and (view.confidence == 1).all() and view.fps == 50.0


def test_windows_hold_the_known_points(converted):
    root = skeletons.get("human36m_17").root
    batches = dgnet_tf.load_windows(converted, "test", frames=3, batch_size=4)
    windows = [
        (x, y)
        for keypoints, targets in batches.as_numpy_iterator()
        for x, y in zip(keypoints, targets["pose"], strict=True)
    ]
    # Views and frames in order: S11's Directions 1 and S9's Walking, cameras in order.
    start = 0
    for subject, take, frames in (("S11", "Directions 1", 21), ("S9", "Walking", 33)):
        for index in range(4):
            expected = in_camera(subject, take, index)
            height = (1002, 1000, 1000, 1002)[index]
            for window in range(frames // 3):
                x, y = windows[start + window]
                for t in range(3):
                    at = expected[3 * window + t]
                    np.testing.assert_allclose(y[t], at - at[root], atol=1e-5)
                    u, v = pixels(at[13], index)
                    screen = (x[t, 13, 0] + 1) * 500, x[t, 13, 1] * 500 + height / 2
                    assert screen == pytest.approx((u, v), abs=5e-3)
            start += frames // 3
    assert start == len(windows)


def test_splits_actions_takes_and_image_sizes_are_human36ms(found):
    people = {}
    for split, subject, _, _ in found:
        people.setdefault(split, set()).add(subject)
    assert people == {"train": {"S1"}, "validation": {"S8"}, "test": {"S9", "S11"}}
    actions = {(view.take, view.action) for view in found.values()}
    assert actions == {
        ("Photo 1", "Photo"), ("Directions", "Directions"), ("Sitting 2", "Sitting"),
        ("SittingDown", "SittingDown"), ("Walking", "Walking"),
        ("Directions 1", "Directions"),
    }  # fmt: skip
    assert {(camera, *view.image_size) for (*_, camera), view in found.items()} == {
        ("54138969", 1000, 1002), ("55011271", 1000, 1000),
        ("58860488", 1000, 1000), ("60457274", 1000, 1002),
    }  # fmt: skip


def test_s11_directions_is_left_out_for_every_camera_and_s1s_is_not(found):
    directions = [key for key in found if key[2] == "Directions"]
    assert {subject for _, subject, _, _ in directions} == {"S1"}
    assert len(directions) == 4


def test_all_roads_lead_to_the_same_bytes(tmp_path):
    digests = {}
    for form in FORMS:
        source = sources.write(tmp_path / form, form)
        out = convert(human36m.read(source), tmp_path / f"{form}_out")
        digests[form] = {
            path.name: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in sorted(out.glob("*.tfrecord"))
        }
    assert {name.split("-")[0] for name in digests["cdf"]} == set(manifest.SPLITS)
    assert digests["cdf"] == digests["mat"] == digests["h5"] == digests["npz"]


def test_positions_are_float32_metres_before_any_arithmetic(tmp_path):
    folder = sources.write(tmp_path, "cdf", [("S9", "Walking", 2)])
    view = human36m.read(folder).recordings[0].load()[2]
    metres = (sources.millimetres("S9", "Walking", 2) / 1000.0).astype(np.float32)
    rotation, center = sources.placement(9, 2)
    x, y, z = metres[1, 27].astype(float) - center
    expected = [r[0] * x + r[1] * y + r[2] * z for r in rotation]
    np.testing.assert_allclose(view.positions[1, 16], expected, rtol=2e-7)


def test_a_point_projected_by_hand(tmp_path):
    # Looks along the world's y; x stays right, z is up. Focal 1000, centre (500, 400).
    numbers = sources.numbers()
    numbers[6 * 8 : 6 * 9] = [math.pi / 2, 0, 0, 0, -4000, 1000]
    numbers[264:273] = [1000, 1000, 500, 400, 0.1, 0, 0, 0.02, 0.3]
    folder = sources.write(tmp_path, "npz", [("S9", "Walking", 1)])
    sources.write_metadata(folder / "metadata.xml", numbers)
    metres = np.zeros((1, 32, 3), np.float32)
    metres[0, 15] = [2.0, 0.0, 0.0]  # The head: 2 right, 1 down, 4 ahead.
    sources.community_files.write(
        folder / "data_3d_h36m.npz", positions_3d={"S9": {"Walking": metres}}
    )
    view = human36m.read(folder).recordings[0].load()[0]
    np.testing.assert_allclose(view.positions[0, 10], [2.0, 1.0, 4.0], atol=1e-6)
    # x = 1/2, y = 1/4, r2 = 5/16; factor 1 + 1/32 + 0.02/4 + 0.3/2 = 1.18625;
    # x: 0.593125 + 0.3 * 0.3125 = 0.686875; y: 0.2965625 + 0.02 * 0.3125 = 0.3028125.
    np.testing.assert_allclose(view.keypoints[0, 10], [1186.875, 702.8125], atol=1e-3)


def test_16_joints_are_the_17_without_the_neck(npz):
    full = human36m.read(npz).recordings[2].load()[1]
    dataset = human36m.read(npz, skeleton="human36m_16")
    reduced = dataset.recordings[2].load()[1]
    kept = [j for j in range(17) if j != 9]
    assert dataset.skeleton == "human36m_16"
    np.testing.assert_array_equal(reduced.positions, full.positions[:, kept])
    np.testing.assert_array_equal(reduced.keypoints, full.keypoints[:, kept])
    with pytest.raises(ValueError, match="`skeleton` must be .*got 'coco_17'"):
        human36m.read(npz, skeleton="coco_17")


def test_a_source_may_hold_people_whom_nobody_asked_for(tmp_path):
    extra = [*sources.SEQUENCES, ("S2", "Walking", 5)]
    for form in ("cdf", "npz"):
        source = sources.write(tmp_path / form, form, extra)
        found = {r.subject for r in human36m.read(source).recordings}
        assert found == {"S1", "S8", "S9", "S11"}


def test_the_order_of_a_folders_files_does_not_matter(tmp_path, monkeypatch):
    import pathlib

    source = sources.write(tmp_path, "cdf")
    names = [(r.subject, r.take) for r in human36m.read(source).recordings]
    glob = pathlib.Path.glob
    monkeypatch.setattr(
        pathlib.Path, "glob", lambda self, pattern: reversed(list(glob(self, pattern)))
    )
    assert [(r.subject, r.take) for r in human36m.read(source).recordings] == names


def test_files_that_a_mac_adds_are_no_sequences(tmp_path):
    source = sources.write(tmp_path, "cdf")
    folder = source / "S9" / "MyPoseFeatures" / "D3_Positions"
    (folder / "._Walking.cdf").write_bytes(b"junk")
    assert len(human36m.read(source).recordings) == len(sources.TAKES)


def test_what_is_missing_of_the_full_set_is_told(npz, capsys):
    human36m.read(npz)
    text = capsys.readouterr().err
    assert text == (
        "Human3.6M: 6 of 209 sequences; missing: of S1 28; all of S5; all of S6; all "
        "of S7; of S8 28; of S9 29; of S11 28\n"
    )


def test_frames_are_compared_with_the_full_sets(npz, tmp_path):
    lines = []
    pipeline.convert(human36m.read(npz), tmp_path / "out", show=lines.append)
    people = "S1, S5, S6, S7, S8: 476 frames"
    assert any(people in line and "has 1,559,752" in line for line in lines)
    assert any("S9, S11: 216 frames" in line and "543,344" in line for line in lines)
    assert sum(line.startswith("warning") for line in lines) == 2


def test_sources_and_detections_are_written_down(npz):
    dataset = human36m.read(npz)
    assert set(dataset.sources) == {"data_3d_h36m.npz", "metadata.xml"}
    assert dataset.options == {"detections": None}
    assert dataset.fps == 50.0


def test_missing_files_are_named(tmp_path):
    with pytest.raises(
        MissingSource, match="none: --source must be Human3.6M's folder"
    ):
        human36m.read(tmp_path / "none")
    with pytest.raises(
        MissingSource, match=r"looked for S1/MyPoseF.*data_3d_h36m\.npz"
    ):
        human36m.read(tmp_path)


def test_a_source_of_other_people_alone_is_a_missing_source(tmp_path):
    for form, other in (
        ("npz", ("S2", "Walking", 5)),
        ("cdf", ("S11", "Directions", 5)),
    ):
        source = sources.write(tmp_path / form, form, [other])
        with pytest.raises(MissingSource, match="has no sequence of S1, S5"):
            human36m.read(source)


def test_without_metadata_xml_the_error_says_what_is_needed(tmp_path):
    source = sources.write(tmp_path / "a", "npz")
    metadata = (source / "metadata.xml").rename(tmp_path / "cameras.xml")
    with pytest.raises(
        MissingSource, match="metadata.xml: not found.*cameras.*--metadata"
    ):
        human36m.read(source)
    dataset = human36m.read(source, metadata=metadata)
    assert set(dataset.sources) == {"data_3d_h36m.npz", "cameras.xml"}


def test_a_joint_behind_a_camera_is_refused_by_name(npz, tmp_path):
    # S9's second camera, turned around.
    numbers, at = sources.numbers(), 6 * (11 + 8)
    right, down, forward = sources.placement(9, 1)[0]
    numbers[at : at + 3] = sources.angles([-right, down, -forward])
    path = tmp_path / "metadata.xml"
    sources.write_metadata(path, numbers)
    dataset = human36m.read(npz, metadata=path)
    (walking,) = [r for r in dataset.recordings if r.subject == "S9"]
    with pytest.raises(
        UserError, match="S9/Walking, camera 55011271: in 33 of 33 frames"
    ):
        walking.load()
