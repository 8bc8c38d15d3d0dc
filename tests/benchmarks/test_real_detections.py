"""The comparison with a triangulation, on a person and cameras that are made up."""

import hashlib
import json
import zipfile

import numpy as np
import pytest
from support.lifting.lifting_stand_ins import command_error, run_command, write_run
from support.synthetic_rig import rig, seen

from benchmarks import real_detections
from benchmarks.footage import pose2sim_demo, triangulation
from dgnet_tf import skeletons
from dgnet_tf.errors import UserError
from dgnet_tf.keypoints import layouts
from dgnet_tf.keypoints.tracks import Track

FRAMES = 6
SKELETON = skeletons.get("human36m_17")


def person():
    """The 25 keypoints of a person who moves: (F, 25, 3), metres."""
    rng = np.random.default_rng(0)
    body = rng.uniform([-0.4, -0.4, 0.1], [0.4, 0.4, 1.7], (25, 3))
    return body + np.linspace(0, 0.3, FRAMES)[:, None, None]


def tracks(cameras, points):
    pixels = seen(cameras, points)
    return [Track("1", 0, row, np.full(row.shape[:-1], 0.8)) for row in pixels]


def joints(points):
    return layouts.convert(
        points, np.ones(points.shape[:-1]), "openpose_25b", SKELETON.name
    )[0]


def calibration(cameras):
    """Qualisys' file: millimetres, 64ths of a pixel, cameras that look along -z."""
    rows = []
    for camera in cameras:
        turned = np.diag([1, -1, -1]) @ camera.rotation
        rotation = " ".join(
            f'r{i + 1}{j + 1}="{float(turned[i, j])}"'
            for i in range(3)
            for j in range(3)
        )
        x, y, z = (1000 * camera.center).tolist()
        fu, fv = (64 * camera.focal).tolist()
        cu, cv = (64 * camera.principal).tolist()
        k1, k2, p1, p2 = (64 * camera.distortion).tolist()
        rows.append(
            f'<camera serial="{camera.name}">'
            '<fov_video_max left="0" top="0" right="1087" bottom="1919"/>'
            f'<transform {rotation} x="{x}" y="{y}" z="{z}"/>'
            f'<intrinsic focalLengthU="{fu}" focalLengthV="{fv}" centerPointU="{cu}" '
            f'centerPointV="{cv}" radialDistortion1="{k1}" radialDistortion2="{k2}" '
            f'tangentalDistortion1="{p1}" tangentalDistortion2="{p2}"/></camera>'
        )
    return f"<calibration><cameras>{''.join(rows)}</cameras></calibration>".encode()


def wheel(path, cameras, points):
    """A file with the parts of the real one that are read."""
    root = "Pose2Sim/Demo/S00_Demo_Session"
    trial = f"{root}/S00_P00_Participant/S00_P00_T01_BalancingTrial/pose"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr(f"{root}/S00_Calibration/Calib.qca.txt", calibration(cameras))
        archive.writestr(f"{trial}/cam01_json/notes.txt", "x")
        for index, pixels in enumerate(seen(cameras, points), start=1):
            for frame, rows in enumerate(pixels):
                flat = np.concatenate([rows, np.full((25, 1), 0.8)], axis=1).ravel()
                content = {"people": [{"pose_keypoints_2d": flat.tolist()}]}
                name = f"cam{index:02d}_json/cam{index:02d}.{frame:04d}.json"
                archive.writestr(f"{trial}/{name}", json.dumps(content))
    return path


def test_qualisys_cameras_are_read_into_our_axes_and_units():
    for found, camera in zip(
        pose2sim_demo.cameras(calibration(rig())), rig(), strict=True
    ):
        assert (found.name, found.image_size) == (camera.name, (1088, 1920))
        np.testing.assert_allclose(
            triangulation.project(found, person()),
            triangulation.project(camera, person()),
            atol=1e-6,
        )


def test_another_file_than_the_published_wheel_is_refused(tmp_path):
    with pytest.raises(UserError, match="pip download --no-deps pose2sim==0.6.1"):
        pose2sim_demo.unpack(tmp_path / "a.whl", tmp_path)
    (tmp_path / "a.whl").write_bytes(b"x")
    with pytest.raises(UserError, match="a.whl: is not pose2sim-0.6.1-.*sha256"):
        pose2sim_demo.unpack(tmp_path / "a.whl", tmp_path)


def test_the_reference_has_the_skeletons_joints_where_they_are():
    reference = real_detections.triangulated(
        rig(), tracks(rig(), person()), "openpose_25b", SKELETON.name
    )
    np.testing.assert_allclose(reference.positions, joints(person()), atol=1e-8)
    assert reference.reprojection_px < 1e-6
    assert reference.left_out == 0


def test_a_detection_far_off_is_left_out_of_the_reference():
    found = tracks(rig(), person())
    found[1].keypoints[2, 8] += 300.0
    reference = real_detections.triangulated(
        rig(), found, "openpose_25b", SKELETON.name
    )
    np.testing.assert_allclose(reference.positions, joints(person()), atol=1e-6)
    assert reference.left_out == pytest.approx(1 / (4 * FRAMES * 25))


def test_a_perfect_pose_scores_zero_in_every_cameras_axes():
    turned = []
    for camera in rig():
        target = triangulation.rooted(camera, joints(person()), SKELETON.root)
        np.testing.assert_allclose(
            np.linalg.norm(target[:, 3] - target[:, 0], axis=-1),
            np.linalg.norm(joints(person())[:, 3] - joints(person())[:, 0], axis=-1),
        )
        score = real_detections.score(target, target)
        assert score["frames"] == FRAMES
        assert max(score["mpjpe_mm"], score["p_mpjpe_mm"]) < 1e-6
        turned.append(target)
    assert np.abs(turned[0] - turned[1]).max() > 0.1
    assert real_detections.disagreement(rig(), turned) < 1e-6
    turned[0] = turned[0] + 0.04  # One of four: the mean moves by a quarter of it.
    shift = 0.04 * 3**0.5 * 1000
    expected = (0.75 * shift + 3 * 0.25 * shift) / 4
    assert real_detections.disagreement(rig(), turned) == pytest.approx(expected)


def test_frames_without_a_whole_reference_are_not_scored():
    target = np.zeros((3, 17, 3)) + np.arange(17)[:, None] / 10
    target[1, 4] = np.nan
    score = real_detections.score(np.nan_to_num(target) + 0.03, target)
    assert score["frames"] == 2
    assert score["mpjpe_mm"] == pytest.approx(30 * 3**0.5)
    assert score["p_mpjpe_mm"] == pytest.approx(0, abs=1e-6)


def test_a_refilmed_track_is_what_the_other_camera_sees():
    for camera, track in zip(rig(), tracks(rig(), person()), strict=True):
        aim = np.array([0.2, 0.1, 0.7])
        other = real_detections.trained(camera, aim)
        np.testing.assert_allclose(
            real_detections.refilmed(camera, track, other).keypoints,
            triangulation.project(other, person()),
            atol=1e-4,
        )
        np.testing.assert_allclose(triangulation.project(other, aim), [500, 500])
        above = triangulation.project(other, aim + [0, 0, 0.5])
        assert above[0] == pytest.approx(500) and above[1] < 400
        same = real_detections.trained(camera)
        np.testing.assert_array_equal(same.rotation, camera.rotation)


def test_the_surest_person_is_taken():
    people = [
        Track(str(i), 0, np.zeros((2, 25, 2)), np.full((2, 25), sure))
        for i, sure in enumerate((0.3, 0.9, 0.4))
    ]
    assert real_detections.surest(people).person == "1"


def test_a_person_who_is_seen_late_stays_in_step_with_the_other_cameras():
    found = tracks(rig(), person())
    late = found[1]
    found[1] = real_detections.surest(
        [Track("1", 2, late.keypoints[2:], late.confidence[2:])]
    )
    assert found[1].first_frame == 0 and not found[1].confidence[:2].any()
    reference = real_detections.triangulated(
        rig(), found, "openpose_25b", SKELETON.name
    )
    np.testing.assert_allclose(reference.positions, joints(person()), atol=1e-8)
    assert reference.left_out == 0


@pytest.mark.slow
def test_the_command_compares_every_camera(tmp_path, monkeypatch, capsys):
    path = wheel(tmp_path / "a.whl", rig(), person())
    run = write_run(tmp_path / "run")
    arguments = [f"--wheel={path}", f"--model={run}"]
    line = command_error(capsys, real_detections, *arguments)
    assert "is not pose2sim-0.6.1" in line
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    monkeypatch.setattr(pose2sim_demo, "SHA256", digest)
    out = tmp_path / "out"
    run_command(
        real_detections,
        *arguments,
        f"--figure={out / 'a.png'}",
        f"--output={out / 'a.json'}",
    )
    assert "cam_04" in capsys.readouterr().out
    content = json.loads((out / "a.json").read_text())
    assert content["reference"]["reprojection_px"] < 1e-4
    assert [row["frames"] for row in content["rows"]] == 12 * [FRAMES]
    assert {row["keypoints"] for row in content["rows"]} == {
        "as filmed",
        "trained lens",
        "trained lens, level",
    }
    # An untrained network: its poses are far from the person.
    assert min(row["mpjpe_mm"] for row in content["rows"]) > 100
    assert (out / "a.png").read_bytes()[:4] == b"\x89PNG"
    assert len(list(out.iterdir())) == 2
