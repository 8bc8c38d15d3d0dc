import numpy as np
import pytest
from support import record_sets
from support.record_sets import Take, takes

from dgnet_tf.data import records, views
from dgnet_tf.errors import UserError


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize("overlap", [0, 6])
def test_views_come_back_whole_and_in_order(tmp_path, split, overlap):
    written = [Take(1, 40, (3, 12)), *takes(1, 1, 16, 17)[1:]]
    record_sets.write(tmp_path, {split: written}, record_overlap=overlap)
    loaded = list(views.load_views(tmp_path, split))
    assert [view.subject for view in loaded] == ["S001", "S002", "S003", "S004"]
    for take, view in zip(written, loaded, strict=True):
        expected = take.arrays(17)
        for name in ("keypoints", "confidence", "positions"):
            np.testing.assert_array_equal(getattr(view, name), expected[name])
        assert view.valid.dtype == bool
        np.testing.assert_array_equal(view.valid, expected["valid"] == 1)
        assert (view.action, view.take, view.camera) == ("Walking", "1", "c0")
        assert tuple(view.image_size) == record_sets.IMAGE_SIZE
        assert view.intrinsics[0] == 1100 and view.fps == 50


@pytest.mark.parametrize("split", ["train", "test"])
@pytest.mark.parametrize(
    "first_frame, message",
    [
        (0, "S002/Walking/1/c0: the record at frame 0 is missing; found frame 10"),
        (10, "S002/Walking/1/c0: the record at frame 10 is missing; found frame 20"),
        (30, "S002/Walking/1/c0: its last record is missing; .* 36 of 40"),
    ],
)
def test_a_missing_record_is_refused(tmp_path, split, first_frame, message):
    def left_out(record):
        return record["subject"] == "S002" and record["first_frame"] == first_frame

    record_sets.write(tmp_path, {split: takes(40, 40, 40)}, leave_out=left_out)
    with pytest.raises(UserError, match=message):
        list(views.load_views(tmp_path, split))


def test_a_missing_view_is_refused(tmp_path):
    record_sets.write(
        tmp_path,
        {"test": takes(40, 10)},
        leave_out=lambda record: record["subject"] == "S002",
    )
    message = "split 'test' has 1 views of 40 frames .* says 2 of 50"
    with pytest.raises(UserError, match=message):
        list(views.load_views(tmp_path, "test"))


def _rewrite(folder, change):
    """Lets `change` edit the list of records of the one test file."""
    record_sets.write(folder, {"test": takes(40)}, shards=1)
    (path,) = folder.glob("*.tfrecord")
    rows = list(records.of_file(str(path), 16, 17))
    change(rows)
    record_sets.write_file(path, rows, 16, 17)


def test_a_record_that_stands_twice_is_refused(tmp_path):
    _rewrite(tmp_path, lambda rows: rows.__setitem__(2, rows[1]))
    with pytest.raises(
        UserError, match="record at frame 20 is missing; found frame 10"
    ):
        list(views.load_views(tmp_path, "test", verify=False))


def test_records_that_differ_where_they_overlap_are_refused(tmp_path):
    def change(rows):
        rows[2]["keypoints"] = rows[2]["keypoints"].copy()
        rows[2]["keypoints"][3, 5, 0] += 1

    _rewrite(tmp_path, change)
    with pytest.raises(UserError, match="both sides of frame 20 differ"):
        list(views.load_views(tmp_path, "test", verify=False))


def test_changed_files_are_refused_before_the_first_view(tmp_path):
    _rewrite(tmp_path, lambda rows: rows[0].update(fps=25.0))
    with pytest.raises(UserError, match="sha256"):
        views.load_views(tmp_path, "test")
