import numpy as np
import pytest

from dgnet_tf.data.views import View
from preprocessing.conversion import view_records


def make_view(frames, joints=2):
    rng = np.random.default_rng(0)
    return View(
        subject="anna",
        action="walk",
        take="1",
        camera="c",
        keypoints=rng.normal(size=(frames, joints, 2)),
        confidence=rng.uniform(size=(frames, joints)),
        positions=rng.normal(size=(frames, joints, 3)),
        valid=np.arange(frames) % 3 > 0,
        intrinsics=np.arange(9.0),
        image_size=np.array([1000.0, 800.0]),
        fps=50.0,
    )


def test_records_start_at_multiples_of_the_step_and_reach_the_end():
    assert view_records.starts(128, 128, 32) == [0]
    assert view_records.starts(129, 128, 32) == [0, 96]
    assert view_records.starts(224, 128, 32) == [0, 96]
    assert view_records.starts(225, 128, 32) == [0, 96, 192]
    assert view_records.starts(1, 128, 32) == [0]


@pytest.mark.parametrize("overlap", range(8))
def test_every_window_that_fits_the_overlap_lies_in_one_record(overlap):
    length = 8
    for view_frames in range(1, 40):
        starts = view_records.starts(view_frames, length, overlap)
        spans = [set(range(s, min(s + length, view_frames))) for s in starts]
        assert set().union(*spans) == set(range(view_frames))
        for window in range(1, overlap + 2):
            for first in range(view_frames - window + 1):
                wanted = set(range(first, first + window))
                assert any(wanted <= span for span in spans)
        for before, after in zip(spans, spans[1:], strict=False):
            assert after - before, "a record without a new frame"
            assert len(before & after) == overlap


def test_records_hold_the_views_frames_and_pad_with_the_last_one():
    view = make_view(11)
    first, second = view_records.records(view, 8, 2)
    assert (first["first_frame"], first["frames"]) == (0, 8)
    assert (second["first_frame"], second["frames"]) == (6, 5)
    for name in ("keypoints", "confidence", "positions"):
        source = getattr(view, name)
        np.testing.assert_array_equal(first[name], source[:8])
        np.testing.assert_array_equal(second[name][:5], source[6:])
        for padded in second[name][5:]:
            np.testing.assert_array_equal(padded, source[10])
    assert second["valid"].tolist() == [0, 1, 1, 0, 1, 0, 0, 0]
    assert first["view_frames"] == second["view_frames"] == 11


@pytest.mark.parametrize("overlap", [-1, 8, 9])
def test_an_overlap_that_leaves_no_step_is_an_error(overlap):
    with pytest.raises(ValueError, match=f"`record_overlap`.*{overlap} and 8"):
        view_records.starts(20, 8, overlap)


def test_a_view_without_frames_is_an_error():
    with pytest.raises(ValueError, match="`view_frames` must be positive, got 0"):
        view_records.starts(0, 8, 2)
