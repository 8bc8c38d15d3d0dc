import subprocess
import sys

import numpy as np
import pytest
from support.datasets import pose_archives as made
from support.datasets import sample_wheels

from dgnet_tf.errors import UserError
from preprocessing import join
from preprocessing.datasets import mocap, sample


@pytest.fixture
def sources(tmp_path):
    """Two archives of other clips, as text."""
    first = made.write(tmp_path / "first.npz")
    motion = made.arrays()["pos/clip_b"][:9] + np.float32(0.5)
    second = tmp_path / "second.npz"
    np.savez(
        second,
        clips=np.array(["clip_d"]),
        subjects=np.array(["anna"]),
        actions=np.array(["jump"]),
        fps=np.float32(50),
        **{"pos/clip_d": motion},
    )
    return [str(first), str(second)]


def test_the_joined_archive_holds_the_clips_of_all(sources, tmp_path):
    assert join.join_archives(sources, tmp_path / "all.npz") == 4
    dataset = mocap.read(tmp_path / "all.npz")
    found = [(r.take, r.subject, r.action) for r in dataset.recordings]
    assert found == [clip[:3] for clip in made.CLIPS] + [("clip_d", "anna", "jump")]
    assert dataset.fps == 50.0
    for source in sources:
        with np.load(source) as content, np.load(tmp_path / "all.npz") as joined:
            for clip in content["clips"]:
                key = f"pos/{clip}"
                np.testing.assert_array_equal(joined[key], content[key])


def test_the_sample_is_joined_as_clips_of_two_people(sources, tmp_path):
    wheel = tmp_path / "fake.whl"
    digest = sample_wheels.write(wheel)
    clips = join.join_archives(
        [sources[1], "sample"], tmp_path / "all.npz", wheel, digest
    )
    assert clips == 6
    dataset = mocap.read(tmp_path / "all.npz")
    people = {r.take: r.subject for r in dataset.recordings}
    assert people == {
        "clip_d": "anna",
        "climb_0": "one",
        "climb_1": "one",
        "climb_2": "one",
        "climb_3": "one",
        "climb_4": "another",
    }
    np.testing.assert_allclose(
        mocap.read_clip(tmp_path / "all.npz", "climb_2"),
        sample.read_capture(str(wheel), "climb_2"),
        rtol=1e-6,
    )


def test_a_clip_of_one_name_in_two_archives_is_refused(sources, tmp_path):
    with pytest.raises(
        UserError, match="second.npz: has a clip 'clip_d', as .*second.npz does"
    ):
        join.join_archives([sources[1], sources[1]], tmp_path / "all.npz")
    assert not (tmp_path / "all.npz").exists()


def test_archives_of_other_frame_rates_are_refused(sources, tmp_path):
    slow = str(made.write(tmp_path / "slow.npz", {"fps": np.float64(25)}))
    with pytest.raises(UserError, match="slow.npz has 25, .*second.npz has 50"):
        join.join_archives([slow, sources[1]], tmp_path / "all.npz")
    assert not (tmp_path / "all.npz").exists()


def test_the_same_sources_give_the_same_bytes(sources, tmp_path):
    for name in ("a.npz", "b.npz"):
        join.join_archives(sources, tmp_path / name)
    assert (tmp_path / "a.npz").read_bytes() == (tmp_path / "b.npz").read_bytes()


def test_a_clip_that_is_no_motion_leaves_no_archive(sources, tmp_path):
    bad = made.arrays()["pos/clip_c"]
    bad[3, 2, 1] = np.nan
    broken = str(made.write(tmp_path / "broken.npz", {"pos/clip_c": bad}))
    with pytest.raises(UserError, match="broken.npz: clip 'clip_c'"):
        join.join_archives([sources[1], broken], tmp_path / "all.npz")
    left = sorted(path.name for path in tmp_path.iterdir())
    assert left == ["broken.npz", "first.npz", "second.npz"]


def test_from_the_command_line(sources, tmp_path):
    command = [sys.executable, "-m", "preprocessing.join"]
    run = subprocess.run(
        [*command, f"--sources={','.join(sources)}", f"--output={tmp_path / 'a.npz'}"],
        capture_output=True,
        text=True,
        check=True,
    )
    assert run.stdout == f"wrote 4 clips to {tmp_path / 'a.npz'}\n"
    run = subprocess.run(
        [*command, "--sources=", f"--output={tmp_path / 'b.npz'}"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 1
    assert "--sources is empty" in run.stderr
    assert "Traceback" not in run.stderr
