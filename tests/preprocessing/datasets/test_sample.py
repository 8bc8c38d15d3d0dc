import subprocess

import numpy as np
import pytest
from support.datasets import sample_wheels

from dgnet_tf.errors import UserError
from preprocessing.cameras.camera_rig import Rig
from preprocessing.datasets import sample, wheels


@pytest.fixture
def wheel(tmp_path):
    path = tmp_path / "fake.whl"
    return path, sample_wheels.write(path)


def test_joints_are_mapped_by_meaning():
    mapped = sample.to_human36m_17(sample_wheels.capture(0))
    assert mapped.shape == (sample_wheels.FRAMES, 17, 3)
    expected = [0, 47, 48, 49, 43, 44, 45, 2, 3, 4, 4.8, 6, 7, 8, 25, 26, 27]
    np.testing.assert_allclose(mapped[5, :, 0], expected, rtol=1e-6)
    np.testing.assert_allclose(mapped[5, :, 1], np.array(expected) / 10, rtol=1e-6)


def test_the_wheel_gives_five_clips_with_one_held_out(wheel):
    path, digest = wheel
    dataset = sample.read(path, rig=Rig(2), sha256=digest)
    assert [r.subject for r in dataset.recordings] == [f"climb_{i}" for i in range(5)]
    assert dataset.test_subjects == ("climb_3",)
    assert dataset.validation_subjects == ("climb_1",)
    assert dataset.sources == {"fake.whl": digest}
    assert dataset.fps == 50.0


def test_clips_are_resampled_to_fifty_frames_a_second(wheel):
    path, digest = wheel
    views = sample.read(path, rig=Rig(2), sha256=digest).recordings[2].load()
    assert len(views) == 2
    view = views[0]
    assert (view.subject, view.action, view.take) == (
        "climb_2",
        "climb",
        "mocap_climb_seq_2",
    )
    assert view.positions.shape == (11, 17, 3) and view.fps == 50.0
    # All joints rise by 1 m/s: 2 cm a frame.
    steps = np.linalg.norm(np.diff(view.positions.astype(float), axis=0), axis=-1)
    np.testing.assert_allclose(steps, 0.02, atol=2e-5)


def test_another_file_is_refused_by_its_digest(wheel):
    path, digest = wheel
    with pytest.raises(UserError, match="fake.whl: has sha256 .*expected 3dcdcc06c67"):
        sample.read(path)
    path.write_bytes(path.read_bytes() + b"x")
    with pytest.raises(UserError, match=f"expected {digest}"):
        sample.read(path, sha256=digest)


def test_a_named_wheel_that_is_missing_is_not_downloaded(tmp_path, monkeypatch):
    monkeypatch.setattr(
        wheels.children, "completed", lambda *args, **kwargs: pytest.fail("ran")
    )
    with pytest.raises(UserError, match="none.whl: --source names a wheel"):
        sample.read(tmp_path / "none.whl")


def test_a_missing_clip_and_a_wrong_one_are_named(tmp_path):
    path = tmp_path / "fake.whl"
    digest = sample_wheels.write(path, {0: np.zeros((4, 52, 3), np.float32)})
    recordings = sample.read(path, sha256=digest).recordings
    with pytest.raises(UserError, match=r"seq_0.*has shape \(4, 52, 3\)"):
        recordings[0].load()
    with pytest.raises(UserError, match="cannot read .*mocap_climb_seq_1"):
        recordings[1].load()


def pip(returncode, captures=None, stderr=""):
    """Stands in for the pip process, as far as `fetch` looks at it."""

    def run(command, **kwargs):
        assert "holosoma-retargeting==0.1.0" in command and "--no-deps" in command
        folder = command[-1].removeprefix("--dest=")
        if captures:
            sample_wheels.write(sample.pathlib.Path(folder) / sample.WHEEL, captures)
        return subprocess.CompletedProcess(command, returncode, "", stderr)

    return run


def test_the_wheel_is_downloaded_once_and_checked(tmp_path, monkeypatch, wheel):
    digest = wheel[1]
    captures = {clip: sample_wheels.capture(clip) for clip in range(5)}
    monkeypatch.setattr(wheels.children, "completed", pip(0, captures))
    cache = tmp_path / "new" / "cache"
    path = sample.fetch(cache, digest)
    assert path == cache / sample.WHEEL and path.is_file()
    assert list(cache.iterdir()) == [path]
    monkeypatch.setattr(wheels.children, "completed", pip(1))
    assert sample.fetch(cache, digest) == path


def test_a_download_of_another_file_is_refused_and_removed(tmp_path, monkeypatch):
    monkeypatch.setattr(
        wheels.children, "completed", pip(0, {0: sample_wheels.capture(0)})
    )
    with pytest.raises(UserError, match="has sha256"):
        sample.fetch(tmp_path)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("stderr", ["ERROR: no route\n", "No module named pip", ""])
def test_without_pip_or_network_the_error_says_what_to_do(
    tmp_path, monkeypatch, stderr
):
    monkeypatch.setattr(wheels.children, "completed", pip(1, stderr=stderr))
    reason = stderr.strip() or "no reason given"
    with pytest.raises(UserError, match=rf"pip \({reason}\).*--dataset=synthetic"):
        sample.fetch(tmp_path)
    assert not list(tmp_path.iterdir())
