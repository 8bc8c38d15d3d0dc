"""Which inputs a flag names, and what their results are called."""

import pytest
from support.keypoints import detector_files, ultralytics_files
from support.keypoints.detector_files import walk

from dgnet_tf.errors import UserError
from dgnet_tf.jobs import inputs

OUTPUT = "/nowhere/results"


def clip(path):
    path.parent.mkdir(parents=True, exist_ok=True)
    return detector_files.coco(path, walk("coco_17", 3))


def names(text):
    return [one.name for one in inputs.keypoints(str(text), OUTPUT)]


def test_a_file_is_one_input_and_so_is_a_folder_of_frames(tmp_path):
    clip(tmp_path / "a.b.json")
    assert names(tmp_path / "a.b.json") == ["a.b"]
    frames = detector_files.openpose(tmp_path / "cam1", walk("openpose_25", 3))
    (one,) = inputs.keypoints(str(frames), OUTPUT)
    assert (one.name, one.path) == ("cam1", frames)
    assert [path.name for path in one.files] == sorted(p.name for p in frames.iterdir())
    labels = ultralytics_files.labels(tmp_path / "labels", walk("coco_17", 3))
    assert names(labels) == ["labels"]


def test_a_folder_stands_for_its_files_and_its_folders_of_frames(tmp_path):
    clip(tmp_path / "clip 1.json")
    clip(tmp_path / "clip 2.json")
    (tmp_path / "notes.txt").write_text("Anna walks.")
    (tmp_path / ".hidden.json").write_text("[]")
    (tmp_path / "empty").mkdir()
    detector_files.openpose(tmp_path / "cam1", walk("openpose_25", 3))
    ultralytics_files.labels(tmp_path / "yolo", walk("coco_17", 3))
    found = inputs.keypoints(str(tmp_path), OUTPUT)
    assert [one.name for one in found] == ["cam1", "clip 1", "clip 2", "yolo"]
    assert [one.video is not None for one in found] == [True, False, False, True]


def test_frames_of_several_videos_in_a_folder_are_as_many_inputs(tmp_path):
    one = detector_files.openpose(tmp_path / "f", walk("openpose_25", 3))
    for path in sorted(one.iterdir()):
        (one / f"b{path.name}").write_text(path.read_text())
    assert names(one) == ["bvideo_keypoints", "video_keypoints"]
    assert names(tmp_path) == ["f/bvideo_keypoints", "f/video_keypoints"]


def test_patterns_name_results_by_the_folders_that_they_stand_for(tmp_path):
    for name in ("s1/kp", "s2/kp", "s2/deep/kp", "other"):
        clip(tmp_path / "data" / f"{name}.json")
    assert names(tmp_path / "data" / "*" / "kp.json") == ["s1/kp", "s2/kp"]
    deep = names(tmp_path / "data" / "**" / "*.json")
    assert deep == ["other", "s1/kp", "s2/deep/kp", "s2/kp"]
    detector_files.openpose(tmp_path / "pose" / "cam1", walk("openpose_25", 3))
    detector_files.openpose(tmp_path / "pose" / "cam2", walk("openpose_25", 3))
    assert names(tmp_path / "pose" / "cam*") == ["cam1", "cam2"]
    with pytest.raises(UserError, match="nothing to lift was found"):
        inputs.keypoints(str(tmp_path / "data" / "*.npz"), OUTPUT)


def test_a_list_names_results_below_what_its_paths_share(tmp_path):
    paths = [clip(tmp_path / "data" / name) for name in ("s1/a.json", "s2/a.json")]
    missing = tmp_path / "data" / "s3" / "a.json"
    listing = tmp_path / "list.txt"
    listing.write_text("\n".join(map(str, [*paths, "", missing])))
    assert names(f"@{listing}") == ["s1/a", "s2/a", "s3/a"]
    listing.write_text(f"{paths[0]}\n")
    assert names(f"@{listing}") == ["a"]
    listing.write_text("\n")
    with pytest.raises(UserError, match="list.txt: lists no path"):
        names(f"@{listing}")
    with pytest.raises(UserError, match="none.txt: not found. After @"):
        names(f"@{tmp_path / 'none.txt'}")


def test_what_has_one_name_or_is_no_input_is_refused(tmp_path):
    clip(tmp_path / "a.json")
    (tmp_path / "a.npz").write_bytes(b"")
    with pytest.raises(UserError, match="a.json and .*a.npz would both be lifted to a"):
        names(tmp_path)
    with pytest.raises(UserError, match="none: not found"):
        names(tmp_path / "none")
    (tmp_path / "empty").mkdir()
    with pytest.raises(UserError, match="nothing to lift was found"):
        names(tmp_path / "empty")


def test_files_of_a_frame_each_are_named_by_their_folder(tmp_path):
    """Else each would be lifted as a video of one frame."""
    frames = detector_files.openpose(tmp_path / "cam1", walk("openpose_25", 3))
    with pytest.raises(
        UserError, match="hold a frame each, such as .*000000_key.*cam1"
    ):
        names(frames / "*.json")
    # Clips that are numbered are not frames.
    for number in range(3):
        clip(tmp_path / "clips" / f"{number}.json")
    assert names(tmp_path / "clips" / "*.json") == ["0", "1", "2"]


def test_results_are_no_inputs(tmp_path):
    for name in ("a", "b"):
        clip(tmp_path / "data" / f"{name}.json")
    results = tmp_path / "data" / "poses"
    clip(results / "a.json")
    for output in (results, tmp_path / "data"):
        with pytest.raises(UserError, match="--output lies in the folder of inputs"):
            inputs.keypoints(str(tmp_path / "data"), output)
    pattern = str(tmp_path / "data" / "**" / "*.json")
    found = inputs.keypoints(pattern, results)
    assert [one.name for one in found] == ["a", "b"]


def test_videos_go_by_their_endings(tmp_path):
    for name in ("b.MP4", "a.mov", "notes.txt", "sub/c.webm"):
        path = tmp_path / "v" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"")

    def found(text):
        return [one.name for one in inputs.videos(str(text), OUTPUT)]

    assert found(tmp_path / "v") == ["a", "b"]
    assert found(tmp_path / "v" / "*" / "*.webm") == ["sub/c"]
    assert found(tmp_path / "v" / "a.mov") == ["a"]


def test_shards_share_the_inputs(tmp_path):
    for number in range(7):
        clip(tmp_path / f"{number}.json")
    found = inputs.keypoints(str(tmp_path), OUTPUT)
    parts = [inputs.shard(found, f"{i}/3") for i in (1, 2, 3)]
    assert [[one.name for one in part] for part in parts] == [
        *(["0", "3", "6"], ["1", "4"], ["2", "5"])
    ]
    assert inputs.shard(found, "8/8") == []
    for wrong in ("0/3", "4/3", "1", "a/b", "-1/3", "1/3/4"):
        with pytest.raises(UserError, match="--shard must be i/n"):
            inputs.shard(found, wrong)
